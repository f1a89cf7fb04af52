//! What a model answers: events as they come, and the whole.

use serde_json::{Map, Value};

use crate::rate_limits::RateLimits;
use crate::usage::Usage;

/// One thing that became known while an answer arrived.
#[derive(Debug, Clone, PartialEq)]
pub enum AnswerEvent {
    /// What the headers said is left; comes first.
    Limits(RateLimits),
    /// The next piece of text.
    Text(String),
    /// What is known of the cost so far; replaces what came before.
    Usage(Usage),
    /// A whole call. Comes only after the end marker of an answer that was not cut: no call of an
    /// incomplete answer is ever seen outside.
    ToolCall(ToolCall),
    /// The answer is complete; comes last.
    Stop(StopReason),
}

/// A call that the model asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    pub arguments: Result<Map<String, Value>, BadCall>,
    /// What the provider wants to see again with this call, unchanged; says nothing to us.
    pub mark: Option<String>,
}

/// Why a call cannot be carried out. The model is told, and may try again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadCall {
    #[error("the arguments are not JSON: {why}")]
    NotJson {
        /// What the model wrote.
        text: String,
        why: String,
    },
    #[error("the arguments are {found}, expected an object")]
    NotAnObject { text: String, found: &'static str },
    #[error("there is no tool of that name")]
    NoSuchTool,
}

/// Why the model stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StopReason {
    /// It had said everything.
    End,
    /// It waits for the results of its calls.
    ToolUse,
    /// It had said as much as it was allowed to, or as fits: the answer is cut.
    Length,
    /// The provider interrupted it, and it goes on when it is handed its answer back.
    Paused,
    /// A word that this version does not know.
    Other(String),
}

impl StopReason {
    /// Whether the answer ended where the model wanted it to.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        matches!(self, Self::End | Self::ToolUse)
    }
}

/// A whole answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Answer {
    pub text: String,
    pub calls: Vec<ToolCall>,
    pub usage: Usage,
    pub limits: RateLimits,
    /// None while it is not complete.
    pub stop: Option<StopReason>,
}

impl Answer {
    /// Adds what became known.
    pub fn take(&mut self, event: AnswerEvent) {
        match event {
            AnswerEvent::Limits(limits) => self.limits = limits,
            AnswerEvent::Text(piece) => self.text.push_str(&piece),
            AnswerEvent::Usage(usage) => self.usage = usage,
            AnswerEvent::ToolCall(call) => self.calls.push(call),
            AnswerEvent::Stop(reason) => self.stop = Some(reason),
        }
    }
}
