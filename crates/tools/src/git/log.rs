//! `git.log`: what happened in a repository.

use std::collections::BTreeMap;
use std::iter::Peekable;

use krake_domain::failure::Failure;
use krake_domain::time::Timestamp;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::define::{MOST_OUTPUT, bad_input, define, to_output};
use crate::git::changes::Counted;
use crate::git::conventional::Conventional;
use crate::git::repository::{Repository, literal, revision, tokens};
use crate::size;
use crate::tool::{Call, Pending, Tool, harmless, parse_args};

const MOST_COMMITS: usize = 20_000;
const MOST_AUTHORS: usize = 100;
const MOST_FILES_EACH: usize = 500;
const MOST_BODY: usize = 8 * 1024;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder inside the work tree; `~` is the home folder.
    root: String,
    /// How many commits at most, newest first.
    #[serde(default = "default_max")]
    #[schemars(range(min = 1, max = 20_000))]
    max: usize,
    /// Only commits after this date, for example `2026-01-31` or `2 weeks ago`; empty is no limit.
    #[serde(default)]
    since: Option<String>,
    /// Only commits before this date; empty is no limit.
    #[serde(default)]
    until: Option<String>,
    /// Revision or range, for example `v1.0..HEAD`. Without it, or empty: the last commit and all before it.
    #[serde(default)]
    range: Option<String>,
    /// Only commits that touch these files and folders, relative to the root.
    #[serde(default)]
    paths: Vec<String>,
    /// Also tell merges.
    #[serde(default = "default_merges")]
    merges: bool,
    /// Also tell the changed files and lines of each commit.
    #[serde(default = "default_stat")]
    stat: bool,
}

impl Args {
    /// An input of a playbook that nobody gave is often an empty text.
    fn without_empty(mut self) -> Self {
        for text in [&mut self.since, &mut self.until, &mut self.range] {
            text.take_if(|text| text.is_empty());
        }
        self
    }
}

fn default_max() -> usize {
    200
}

fn default_merges() -> bool {
    true
}

fn default_stat() -> bool {
    true
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Output {
    /// Newest first.
    commits: Vec<Commit>,
    /// Commits up to the last one, whatever was asked for.
    total: u64,
    /// Commits that match what was asked for.
    matching: u64,
    /// Not all that match are listed, or a list within a commit was cut.
    truncated: bool,
    /// Of all that match, at most 100, most commits first.
    authors: Vec<Author>,
    /// RFC 3339; null without commits.
    first_at: Option<String>,
    last_at: Option<String>,
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Commit {
    hash: String,
    short: String,
    author: String,
    /// When it was written, RFC 3339 with the author's offset.
    at: String,
    subject: String,
    body: String,
    /// The subject read as Conventional Commits; null where it has another form.
    conventional: Option<Conventional>,
    /// Relative to the root.
    files: Vec<Touched>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Touched {
    path: String,
    /// Lines; null for a file that is no text.
    added: Option<u64>,
    removed: Option<u64>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Author {
    name: String,
    commits: u64,
}

pub struct GitLog {
    spec: ToolSpec,
}

impl GitLog {
    pub fn new() -> Self {
        let description = "Tell the commits of a repository, with their authors and changed files.";
        let spec = define::<Args, Output>("git.log", description, EffectClass::Read);
        Self {
            spec: ToolSpec {
                untrusted_output: true,
                timeout_ms: 60_000,
                ..spec
            },
        }
    }
}

impl Tool for GitLog {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            Ok(harmless(
                EffectClass::Read,
                args.root.clone(),
                format!("read the history of {}", args.root),
            ))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args::<Args>(&call.args)?.without_empty();
            let repository =
                Repository::open(&args.root, &call.cancel, self.spec.timeout_ms).await?;
            let selection = selection(&args)?;
            if args.range.is_none() && repository.find_commit("HEAD").await?.is_none() {
                return to_output(&Output::default());
            }
            to_output(&history(&args, &repository, &selection).await?)
        })
    }
}

/// Which commits, as arguments for `git log`.
fn selection(args: &Args) -> Result<Vec<String>, Failure> {
    if args.max == 0 {
        return Err(bad_input("`max` begins at 1"));
    }
    let mut selection = Vec::new();
    if !args.merges {
        selection.push("--no-merges".to_owned());
    }
    for (name, date) in [("since", &args.since), ("until", &args.until)] {
        if let Some(date) = date {
            if date.chars().any(char::is_control) {
                return Err(bad_input(format!("`{name}` is no date")));
            }
            selection.push(format!("--{name}={date}"));
        }
    }
    selection.push("--end-of-options".to_owned());
    selection.push(
        args.range
            .as_deref()
            .map_or_else(|| Ok("HEAD".to_owned()), |range| revision("range", range))?,
    );
    selection.push("--".to_owned());
    selection.extend(literal(&args.paths)?);
    Ok(selection)
}

async fn history(
    args: &Args,
    repository: &Repository,
    selection: &[String],
) -> Result<Output, Failure> {
    let max = args.max.min(MOST_COMMITS);
    let count = format!("--max-count={max}");
    let mut listing = vec![
        "log",
        "-z",
        "--no-color",
        "--encoding=UTF-8",
        "--format=%H%x00%h%x00%aN%x00%aI%x00%s%x00%b%x00",
        &count,
    ];
    if args.stat {
        listing.extend([
            "--numstat",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=all",
            "--relative",
            "--find-renames",
        ]);
    }
    let counting = [
        "log",
        "-z",
        "--no-color",
        "--encoding=UTF-8",
        "--format=%at%x00%aN",
    ];
    let (listed, counted) = tokio::join!(
        repository.read(&listing, selection),
        repository.read(&counting, selection)
    );
    let (listed, counted) = (listed?, counted?);
    let mut output = Output {
        truncated: listed.is_cut() || counted.is_cut(),
        ..Output::default()
    };
    summarize(tokens(&counted), &mut output);
    let restricted = args.range.is_some()
        || args.since.is_some()
        || args.until.is_some()
        || !args.merges
        || !args.paths.is_empty();
    output.total = if restricted {
        total(repository).await?
    } else {
        output.matching
    };
    collect(&mut tokens(&listed).peekable(), &mut output);
    if listed.is_cut() {
        // The last one may lack some of its files.
        output.commits.pop();
    }
    output.truncated |= (output.commits.len() as u64) < output.matching;
    Ok(output)
}

async fn total(repository: &Repository) -> Result<u64, Failure> {
    if repository.find_commit("HEAD").await?.is_none() {
        return Ok(0);
    }
    let counted = repository
        .read(&["rev-list", "--count", "HEAD"], &[])
        .await?;
    Ok(String::from_utf8_lossy(&counted.head)
        .trim()
        .parse()
        .unwrap_or_default())
}

fn summarize(mut tokens: impl Iterator<Item = String>, output: &mut Output) {
    let mut authors: BTreeMap<String, u64> = BTreeMap::new();
    let (mut first, mut last) = (i64::MAX, i64::MIN);
    while let (Some(at), Some(name)) = (tokens.next(), tokens.next()) {
        let at = at.parse::<i64>().unwrap_or_default();
        (first, last) = (first.min(at), last.max(at));
        *authors.entry(name).or_default() += 1;
        output.matching += 1;
    }
    if output.matching > 0 {
        let shown = |seconds: i64| Timestamp(seconds.saturating_mul(1000)).to_rfc3339();
        (output.first_at, output.last_at) = (Some(shown(first)), Some(shown(last)));
    }
    output.authors = authors
        .into_iter()
        .map(|(name, commits)| Author { name, commits })
        .collect();
    // The sort keeps the order of names among those with as many commits.
    output
        .authors
        .sort_by_key(|author| std::cmp::Reverse(author.commits));
    output.authors.truncate(MOST_AUTHORS);
}

/// Reads commits until the tokens end or the output is as large as it may be.
fn collect(tokens: &mut Peekable<impl Iterator<Item = String>>, output: &mut Output) {
    let mut room = MOST_OUTPUT / 2;
    while let Some(mut commit) = next_commit(tokens) {
        output.truncated |= commit.files.len() > MOST_FILES_EACH || commit.body.len() > MOST_BODY;
        commit.files.truncate(MOST_FILES_EACH);
        commit
            .body
            .truncate(size::head(&commit.body, MOST_BODY).len());
        let named: usize = commit.files.iter().map(|file| file.path.len() + 60).sum();
        let takes =
            350 + commit.author.len() + 2 * commit.subject.len() + commit.body.len() + named;
        let Some(left) = room.checked_sub(takes) else {
            return;
        };
        room = left;
        output.commits.push(commit);
    }
}

/// A commit is six fields; what follows is empty or a file with its counts, until the next id.
fn next_commit(tokens: &mut Peekable<impl Iterator<Item = String>>) -> Option<Commit> {
    while tokens.next_if(String::is_empty).is_some() {}
    let mut field = || tokens.next();
    let mut commit = Commit {
        hash: field()?,
        short: field()?,
        author: field()?,
        at: field()?,
        subject: field()?,
        body: field()?.trim_end().to_owned(),
        conventional: None,
        files: Vec::new(),
    };
    commit.conventional = Conventional::parse(&commit.subject, &commit.body);
    while let Some(token) =
        tokens.next_if(|token| token.is_empty() || Counted::parse(token).is_some())
    {
        if let Some(counted) = Counted::parse(&token) {
            let (path, added, removed) = counted.finish(tokens);
            commit.files.push(Touched {
                path,
                added,
                removed,
            });
        }
    }
    Some(commit)
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
