//! Models: how they are asked, how their answers are read, what their errors mean.
//!
//! What it deliberately does not do: it keeps nothing, decides nothing and knows no plan; it never
//! falls back to another provider, because the request would go to somebody else.
//! **Invariant:** whatever a provider sends, no tool call of an incomplete answer is seen outside,
//! and no key is in any message.
//!
//! Reading order: what is asked (`request`), what is answered (`answer`, `usage`, `rate_limits`),
//! what goes wrong (`error`); the formats (`wire`) and how bytes become events (`assemble`, with
//! `caps`); which model there is (`setting`, `account`, `ollama`), and how it
//! is asked (`probe`, `model`, `retry`), also for what texts mean (`embed`).

mod request;
pub use request::{Message, Offer, Request, ToolChoice, ToolResult};

mod answer;
pub use answer::{Answer, AnswerEvent, BadCall, StopReason, ToolCall};
mod rate_limits;
pub use rate_limits::{RateLimits, Window};
mod usage;
pub use usage::Usage;

mod error;
pub use error::ModelError;

mod head;
pub use head::Head;
mod wait;

pub mod wire;
pub use wire::Wire;

mod caps;
pub use caps::Caps;
mod calls;
mod lines;

mod assemble;
pub use assemble::Assembler;

mod setting;
pub use setting::{BadSetting, Setting, setting};
mod account;
mod ollama;
mod retry;

mod probe;
pub use probe::{Probed, probe};

mod model;
pub use model::Model;

mod embed;
pub use embed::{Embedded, MOST_TEXT_BYTES, MOST_TEXTS, Side};
