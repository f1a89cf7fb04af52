//! `context.import`: the transcripts that other tools keep of a folder, into our store.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::time::Timestamp;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_edge::home::expand_home;
use krake_edge::root::Root;
use krake_store::Store;
use krake_tools::define::{bad_input, blocking, define, to_output};
use krake_tools::tool::{Call, Pending, Tool, harmless, parse_args};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::from_store;
use super::places::{Candidate, Places, Skipped};
use crate::accounts::known::KnownKeys;
use crate::import::{Found, ImportError, Report, Wish, import_in_order};

/// What one import reads at most, newest first.
const TOTAL_CAP: u64 = 1 << 30;
/// Files that are named as left out one by one; the rest is counted.
const MOST_NAMED: usize = 100;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder whose sessions are wanted, with the folders inside it; `~` is the home folder.
    root: String,
    /// Only files that changed since: RFC 3339, or a date such as `2026-01-31`.
    #[serde(default)]
    since: Option<String>,
    /// How many sessions at most, the latest first.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 5_000))]
    limit: usize,
}

fn default_limit() -> usize {
    200
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Output {
    /// The latest first.
    sessions: Vec<Session>,
    /// Messages of these sessions.
    messages: u64,
    /// Those that were not in the store before.
    new_messages: u64,
    broken_lines: u64,
    /// What was found and not imported.
    skipped: Vec<Left>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Session {
    id: String,
    /// The format: `claude_code`, `codex`, `markdown`.
    tool: String,
    title: Option<String>,
    messages: u64,
    /// RFC 3339, as the messages say.
    started_at: Option<String>,
    ended_at: Option<String>,
    broken_lines: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Left {
    path: String,
    why: String,
}

pub struct ContextImport {
    spec: ToolSpec,
    store: Store,
    known_keys: KnownKeys,
    /// Absent: as the user's environment says at the time of the call.
    places: Option<Places>,
}

pub fn spec() -> ToolSpec {
    let description = "Import the sessions that AI tools on this machine keep of a folder.";
    ToolSpec {
        untrusted_output: true,
        timeout_ms: 300_000,
        ..define::<Args, Output>("context.import", description, EffectClass::Keyed)
    }
}

impl ContextImport {
    pub fn new(store: Store, known_keys: KnownKeys) -> Self {
        Self {
            spec: spec(),
            store,
            known_keys,
            places: None,
        }
    }

    #[cfg(test)]
    pub fn at(store: Store, known_keys: KnownKeys, places: Places) -> Self {
        Self {
            places: Some(places),
            ..Self::new(store, known_keys)
        }
    }
}

impl Tool for ContextImport {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            let summary = format!(
                "read the AI sessions of {} into Krake's own store",
                args.root
            );
            Ok(harmless(EffectClass::Keyed, args.root, summary))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let since = args.since.as_deref().map(moment).transpose()?;
            if args.limit == 0 {
                return Err(bad_input("`limit` begins at 1"));
            }
            let places = self.places.clone().unwrap_or_else(Places::of_user);
            let root = args.root.clone();
            let (found, skipped) = blocking(move || find(&places, &root)).await?;
            let wish = self.known_keys.wish(None).await;
            let import = Import {
                store: &self.store,
                call,
                wish: wish.map_err(|error| from_store(&error))?,
                limit: args.limit,
            };
            to_output(&import.all(found, skipped, since).await?)
        })
    }
}

fn find(places: &Places, root: &str) -> Result<(Vec<Candidate>, Vec<Skipped>), Failure> {
    let folder = Arc::new(Root::open_written(root).map_err(Failure::from)?);
    let named: PathBuf = expand_home(root).map_err(Failure::from)?;
    let named = std::path::absolute(&named).unwrap_or(named);
    let (mut found, skipped) = places.find(&folder, &named);
    found.sort_by(|a, b| {
        b.modified
            .cmp(&a.modified)
            .then_with(|| a.path.cmp(&b.path))
    });
    Ok((found, skipped))
}

struct Import<'a> {
    store: &'a Store,
    call: &'a Call,
    wish: Wish,
    /// How many sessions at most.
    limit: usize,
}

impl Import<'_> {
    async fn all(
        self,
        found: Vec<Candidate>,
        skipped: Vec<Skipped>,
        since: Option<SystemTime>,
    ) -> Result<Output, Failure> {
        // A file without a moment cannot be older than one.
        let is_new = |candidate: &Candidate| {
            since.is_none_or(|since| candidate.modified.is_none_or(|modified| modified >= since))
        };
        let found: Vec<Found> = found.into_iter().filter(is_new).map(file).collect();
        let mut output = Output::default();
        let mut report = Report::default();
        let told = |found: &Found, report: &mut Report| {
            self.note(&mut output, found, report);
            match output.sessions.len() >= self.limit || report.bytes >= TOTAL_CAP {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let cancel = &self.call.cancel;
        let older = import_in_order(self.store, &found, &self.wish, cancel, &mut report, told)
            .await
            .map_err(failed)?;
        let why = match output.sessions.len() >= self.limit {
            true => format!("older than the {} sessions that `limit` allows", self.limit),
            false => "older than the first gigabyte of sessions, which is what one import reads"
                .to_owned(),
        };
        let skipped = skipped.into_iter().map(|one| (one.path, one.why));
        let refused = report.skipped.into_iter().map(|one| (one.path, one.why));
        let older = older.iter().map(|one| (one.shown.clone(), why.clone()));
        let left = skipped.chain(refused).chain(older);
        let left = left.map(|(path, why)| Left { path, why }).collect();
        output.skipped = named(left, report.more_skipped);
        Ok(output)
    }

    /// Takes what the report says of this file.
    fn note(&self, output: &mut Output, found: &Found, report: &mut Report) {
        if let Some(why) = report.lost_because.take() {
            let lost = std::mem::take(&mut report.lost_secrets);
            self.call.workbench.log(&format!(
                "{}: {lost} secrets could not be kept and were dropped: {why}",
                found.shown
            ));
        }
        for session in report.sessions.drain(..) {
            self.call.workbench.log(&format!(
                "{}: {} messages, {} new",
                found.shown, session.messages, session.new_messages
            ));
            output.messages += session.messages;
            output.new_messages += session.new_messages;
            output.broken_lines += u64::from(session.broken_lines);
            output.sessions.push(Session {
                id: session.id.to_string(),
                tool: session.source,
                title: session.title,
                messages: session.messages,
                started_at: session.started_at.map(Timestamp::to_rfc3339),
                ended_at: session.ended_at.map(Timestamp::to_rfc3339),
                broken_lines: session.broken_lines,
            });
        }
    }
}

fn file(candidate: Candidate) -> Found {
    Found {
        shown: candidate.root.shown(&candidate.path),
        root: candidate.root,
        path: candidate.path,
        format: Some(candidate.format),
        is_passing: false,
    }
}

fn failed(error: ImportError) -> Failure {
    match error {
        ImportError::Store(error) => from_store(&error),
        ImportError::Edge(error) => Failure::from(error),
        ImportError::Cancelled => Failure::new(FailureClass::Cancelled, error.to_string()),
    }
}

/// The first of them, and how many there are beside those and `unnamed` ones.
fn named(mut left: Vec<Left>, unnamed: u64) -> Vec<Left> {
    let more = unnamed + left.len().saturating_sub(MOST_NAMED) as u64;
    if more > 0 {
        left.truncate(MOST_NAMED);
        left.push(Left {
            path: String::new(),
            why: format!("{more} more files were left out"),
        });
    }
    left
}

fn moment(text: &str) -> Result<SystemTime, Failure> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let at = Timestamp::from_rfc3339(&whole).ok_or_else(|| {
        bad_input(format!(
            "`since` is `{}`: expected RFC 3339 or a date such as 2026-01-31",
            text.escape_debug()
        ))
    })?;
    let ms = u64::try_from(at.0).unwrap_or(0);
    Ok(SystemTime::UNIX_EPOCH + Duration::from_millis(ms))
}
