//! `context.compress`: a given text or list of messages, within a token budget.

use krake_domain::briefing::Form;
use krake_domain::failure::Failure;
use krake_domain::session::{Message, MessageKind, Role, Transcript};
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_engine::context::{Request, SessionInput, brief_as};
use krake_engine::secrets::{Cleaner, Known, redact};
use krake_tools::define::{bad_input, blocking, define, to_output};
use krake_tools::tool::{Call, Pending, Tool, harmless, parse_args};
use krake_transcripts::{Format, recognise};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::form::{MOST_BUDGET, Output};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// A transcript in any known format, or a plain text.
    #[serde(default)]
    text: Option<String>,
    /// Messages as `{role, content}` instead of a text.
    #[serde(default)]
    messages: Option<Vec<Value>>,
    /// The most tokens of the answer.
    #[schemars(range(min = 0, max = 200_000))]
    budget: u64,
    /// What the next account is to do.
    #[serde(default)]
    goal: Option<String>,
    /// How the answer is written.
    #[serde(default)]
    format: Form,
}

pub struct ContextCompress {
    spec: ToolSpec,
}

pub fn spec() -> ToolSpec {
    let description = "Shorten a text or messages to a token budget, with a source for each line.";
    ToolSpec {
        untrusted_output: true,
        timeout_ms: 120_000,
        ..define::<Args, Output>("context.compress", description, EffectClass::Pure)
    }
}

impl ContextCompress {
    pub fn new() -> Self {
        Self { spec: spec() }
    }
}

impl Tool for ContextCompress {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            Ok(harmless(
                EffectClass::Pure,
                "",
                format!("shorten what is given to {} tokens", args.budget),
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
            let output = blocking(move || {
                let transcript = transcript(&args)?;
                let sessions = [SessionInput {
                    label: "",
                    transcript: &transcript,
                }];
                let goal = args.goal.as_deref().filter(|goal| !goal.trim().is_empty());
                let request = Request {
                    sessions: &sessions,
                    facts: &[],
                    budget: args.budget,
                    goal,
                    rules: &[],
                };
                Ok(Output::of(
                    brief_as(&request, args.format),
                    transcript.messages.len(),
                    1,
                ))
            })
            .await?;
            to_output(&output)
        })
    }
}

fn transcript(args: &Args) -> Result<Transcript, Failure> {
    match (&args.text, &args.messages) {
        (Some(text), None) => of_text(text),
        (None, Some(messages)) => of_messages(messages.clone()),
        _ => Err(bad_input("give either `text` or `messages`")),
    }
}

/// A transcript in any known format, or a plain text.
pub(crate) fn of_text(text: &str) -> Result<Transcript, Failure> {
    match recognise(text.as_bytes()) {
        Some(format) => read(text.as_bytes(), format),
        None => Ok(plain(&redact(text, &Known::default()).0)),
    }
}

/// Messages as `{role, content}`.
pub(crate) fn of_messages(messages: Vec<Value>) -> Result<Transcript, Failure> {
    let list = Value::Array(messages).to_string();
    read(list.as_bytes(), Format::MessageArray)
}

/// The transcript without what has the shape of a secret: it is made to be given away.
fn read(bytes: &[u8], format: Format) -> Result<Transcript, Failure> {
    let read = krake_transcripts::read(bytes, Some(format));
    let mut transcript = read.map_err(|error| bad_input(error.to_string()))?;
    Cleaner::new(&Known::default()).transcript(&mut transcript);
    Ok(transcript)
}

/// A text that is no chat: each paragraph is a message, so that a citation says where a line is from.
fn plain(text: &str) -> Transcript {
    let paragraphs = text
        .split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty());
    let messages = paragraphs
        .map(|paragraph| Message {
            role: Role::Assistant,
            kind: MessageKind::Text,
            text: paragraph.trim().to_owned(),
            ..Message::default()
        })
        .collect();
    Transcript {
        format: "text".to_owned(),
        messages,
        ..Transcript::default()
    }
}
