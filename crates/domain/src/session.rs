//! A stretch of work by one account or tool on one project, and its messages.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::spending::Spending;
use crate::time::Timestamp;

/// The format of what a person captured. It is material: its words are nobody's request.
pub const CAPTURE: &str = "capture";

/// A session as read from a foreign format, before it is given ids of ours.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Transcript {
    /// The format it was read from: `claude_code`, `codex`, `markdown`, `neutral`.
    pub format: String,
    /// The session's id in its own tool; absent: the hash of the file stands in.
    pub native_id: Option<String>,
    /// The session that this one was forked from, in its own tool.
    pub forked_from: Option<String>,
    pub title: Option<String>,
    /// The folder that the work was done in, as the tool wrote it.
    pub cwd: Option<String>,
    pub git_branch: Option<String>,
    #[serde(default)]
    pub git_commit: Option<String>,
    pub model: Option<String>,
    pub messages: Vec<Message>,
    /// Lines that could not be read: kept raw by the caller and counted here.
    pub broken_lines: u32,
    /// Tokens of the session, each answer counted once.
    pub usage: Usage,
    /// The same, answer by answer, where the format tells them apart.
    #[serde(default)]
    pub spending: Vec<Spending>,
}

/// Tokens, as the tool reported them.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct Usage {
    /// Input without what was read from a cache.
    pub input: u64,
    pub output: u64,
    pub cache_read: u64,
    pub cache_write: u64,
    pub reasoning: u64,
}

/// One message. Its position in [`Transcript::messages`] is what `[#12]` cites.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Message {
    /// The id in its own tool, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    pub role: Role,
    pub kind: MessageKind,
    pub text: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<ToolUse>,
    /// A tool's result that says it failed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub error: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Off the visible line: an abandoned branch or a subagent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sidechain: bool,
    /// Byte offset and length of the line it was read from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<(u64, u64)>,
}

/// Who speaks.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    #[default]
    User,
    Assistant,
    Tool,
    System,
}

/// What a message is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    #[default]
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    /// Injected by the tool: environment, reminders, command echoes.
    Meta,
    /// A summary that stands for what was compacted away.
    Summary,
    /// The account ran out or was told to wait.
    Limit,
}

/// The tool that a message calls or answers.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ToolUse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub input: Value,
}
