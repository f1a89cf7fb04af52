//! `context.brief`: what the next account needs to know, from imported sessions and what other tools
//! found in the folder.

use krake_domain::briefing::Form;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::id::SessionId;
use krake_domain::session::Transcript;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_engine::context::{Request, SessionInput, brief_as};
use krake_store::{SessionRow, Store};
use krake_tools::define::{bad_input, blocking, define, to_output};
use krake_tools::tool::{Call, Pending, Tool, harmless, parse_args};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::form::{MOST_BUDGET, Output};
use super::{facts, from_store};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder of the project, for the title; paths in the briefing are relative to it.
    #[serde(default)]
    root: Option<String>,
    /// Sessions of the store, each by its id or as `context.import` lists it.
    #[serde(default)]
    sessions: Vec<SessionRef>,
    /// Output of `git.log`.
    #[serde(default)]
    commits: Value,
    /// Output of `git.diff` or `git.status`.
    #[serde(default)]
    changes: Value,
    /// Output of `fs.search` for open TODOs.
    #[serde(default)]
    todos: Value,
    /// The most tokens of the text.
    #[serde(default = "default_budget")]
    #[schemars(range(min = 0, max = 200_000))]
    budget: u64,
    /// What the next account is to do; empty or absent where the sessions say it.
    #[serde(default)]
    goal: Option<String>,
    /// How the text is written.
    #[serde(default)]
    format: Form,
}

/// A session: its id, or an object that holds it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
enum SessionRef {
    Id(String),
    Listed { id: String },
}

impl SessionRef {
    fn id(&self) -> Result<SessionId, Failure> {
        let (Self::Id(text) | Self::Listed { id: text }) = self;
        text.parse()
            .map_err(|error| bad_input(format!("`sessions`: {error}")))
    }
}

fn default_budget() -> u64 {
    4_000
}

pub struct ContextBrief {
    spec: ToolSpec,
    store: Store,
}

pub fn spec() -> ToolSpec {
    let description = "Write a briefing with a source for each line, within a token budget.";
    ToolSpec {
        untrusted_output: true,
        timeout_ms: 120_000,
        ..define::<Args, Output>("context.brief", description, EffectClass::Read)
    }
}

impl ContextBrief {
    pub fn new(store: Store) -> Self {
        Self {
            spec: spec(),
            store,
        }
    }

    /// The sessions in the order in which they began.
    async fn load(&self, wanted: &[SessionRef]) -> Result<Vec<Transcript>, Failure> {
        let rows = self
            .store
            .list_sessions(None)
            .await
            .map_err(|error| from_store(&error))?;
        let mut found: Vec<SessionRow> = Vec::new();
        for reference in wanted {
            let id = reference.id()?;
            let row = rows.iter().find(|row| row.id == id);
            let row = row.ok_or_else(|| {
                Failure::new(
                    FailureClass::NotFound,
                    format!("there is no session {id}; context.import brings them in"),
                )
            })?;
            if found.iter().all(|known| known.id != id) {
                found.push(row.clone());
            }
        }
        transcripts(&self.store, found).await
    }
}

/// In the order in which they began, which is that of their labels.
pub(crate) fn in_order(rows: &mut [SessionRow]) {
    rows.sort_by_key(|row| (row.started_at, row.id));
}

/// Stored sessions with their messages, in the order in which they began.
pub(crate) async fn transcripts(
    store: &Store,
    mut rows: Vec<SessionRow>,
) -> Result<Vec<Transcript>, Failure> {
    in_order(&mut rows);
    let mut transcripts = Vec::with_capacity(rows.len());
    for row in rows {
        transcripts.push(Transcript {
            messages: store
                .load_messages(row.id)
                .await
                .map_err(|error| from_store(&error))?,
            format: row.source,
            native_id: Some(row.native_id),
            title: row.title,
            cwd: row.cwd,
            broken_lines: row.broken_lines,
            usage: row.usage,
            ..Transcript::default()
        });
    }
    Ok(transcripts)
}

impl Tool for ContextBrief {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            let summary = format!(
                "brief from {} sessions within {} tokens",
                args.sessions.len(),
                args.budget
            );
            Ok(harmless(
                EffectClass::Read,
                args.root.unwrap_or_default(),
                summary,
            ))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            if args.budget > MOST_BUDGET {
                return Err(bad_input(format!(
                    "`budget` is {}, at most {MOST_BUDGET}",
                    args.budget
                )));
            }
            let transcripts = self.load(&args.sessions).await?;
            let output = blocking(move || Ok(write(&args, &transcripts))).await?;
            if output.items.is_empty() {
                return Err(nothing_said(&output));
            }
            to_output(&output)
        })
    }
}

/// A briefing without a line is no briefing: whoever asked must hear why before it is written anywhere.
fn nothing_said(output: &Output) -> Failure {
    let message = if output.coverage.candidates == 0 {
        "there is nothing to brief: no commit, no changed file, no open TODO and no session"
            .to_owned()
    } else {
        format!("nothing fits into a budget of {} tokens", output.budget)
    };
    Failure::new(FailureClass::NotFound, message)
}

fn write(args: &Args, transcripts: &[Transcript]) -> Output {
    let sessions: Vec<SessionInput<'_>> = transcripts
        .iter()
        .map(|transcript| SessionInput {
            label: "",
            transcript,
        })
        .collect();
    let mut facts = facts::todos(&args.todos);
    facts.extend(facts::changes(&args.changes));
    facts.extend(facts::commits(&args.commits));
    let request = Request {
        sessions: &sessions,
        facts: &facts,
        budget: args.budget,
        goal: args.goal.as_deref().filter(|goal| !goal.trim().is_empty()),
        rules: &[],
    };
    let messages = transcripts
        .iter()
        .map(|transcript| transcript.messages.len())
        .sum();
    Output::of(brief_as(&request, args.format), messages, transcripts.len())
}
