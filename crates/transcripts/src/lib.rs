//! Readers of foreign transcripts: bytes in, messages out.
//!
//! What it deliberately does not do: it opens no files, knows no database and no clock, and decides
//! nothing about what a message is worth. Text is kept as it was written, control characters and
//! all; whoever shows it escapes it.
//! **Invariant:** no input makes it panic, and what cannot be read is counted, never dropped in silence.

mod blocks;
mod calls;
mod chatgpt;
mod claude_ai;
mod claude_code;
mod codex;
mod conversations;
mod cursor;
mod format;
mod gemini_cli;
mod gemini_parts;
mod goose;
mod ids;
mod limits;
mod lines;
mod markdown;
mod message_array;
mod neutral;
mod places;
mod reader;
mod shelf;
mod verdict;
mod words;

pub use conversations::each_conversation;
pub use format::{Format, recognise};
pub use limits::{Tool, limits_in, reset_in_words};
pub use lines::LINE_CAP;
pub use places::Places;
pub use reader::{Reader, TranscriptError, is_one_document, read, read_all, title_from, title_of};
pub use shelf::{Aside, Shelf};
pub use verdict::Verdict;
