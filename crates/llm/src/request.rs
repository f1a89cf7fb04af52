//! What a model is asked, in no provider's words.

use serde_json::{Map, Value};

use crate::answer::ToolCall;

/// One question with everything that the model may know and do.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub system: String,
    /// From the oldest; the last one is the person's, or the results of tools.
    pub messages: Vec<Message>,
    pub tools: Vec<Offer>,
    pub choice: ToolChoice,
    /// The longest answer, in tokens.
    pub max_tokens: u32,
    /// Absent: the provider's default. Some models take no other.
    pub temperature: Option<f64>,
}

/// A turn of the talk.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    User(String),
    /// What the model said, handed back as it was.
    Assistant {
        text: String,
        calls: Vec<ToolCall>,
    },
    /// One for every call of the turn before, in its order.
    Results(Vec<ToolResult>),
}

/// What a call brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolResult {
    /// The id of the call.
    pub id: String,
    /// The name of the tool that was called.
    pub name: String,
    pub text: String,
    pub is_error: bool,
}

/// A tool that the model may call.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// Letters, digits, `_` and `-`: what every provider takes.
    pub name: String,
    pub description: String,
    /// JSON Schema of an object.
    pub schema: Map<String, Value>,
}

/// Whether the model must call a tool. A wish: not every provider obeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ToolChoice {
    Auto,
    /// One of them, whichever.
    Any,
    Named(String),
    None,
}
