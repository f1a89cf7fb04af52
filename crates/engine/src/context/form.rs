//! A briefing in the form that its receiver takes.

use krake_domain::briefing::Briefing;
use serde_json::json;

use super::estimate::tokens;
use super::{Request, brief};

/// How the text of a briefing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Headed sections, to paste or to keep as a file.
    #[default]
    Markdown,
    /// The items as one JSON document.
    Json,
    /// A block between markers, so that it can be replaced inside `AGENTS.md` and leave the rest alone.
    AgentsMd,
    /// A message array with the briefing as the user's message.
    Messages,
}

/// The marker above the block in an `AGENTS.md`.
pub const BLOCK_BEGINS: &str = "<!-- krake:briefing begin -->";
/// The marker below it.
pub const BLOCK_ENDS: &str = "<!-- krake:briefing end -->";
/// Tries to make a form fit: what it adds to the lines is about proportional to them.
const TRIES: u32 = 8;

/// The briefing with its text in that form, within the budget in that form.
#[must_use]
pub fn brief_as(request: &Request<'_>, form: Form) -> Briefing {
    let mut budget = request.budget;
    for _ in 0..TRIES {
        let mut briefing = brief(&Request { budget, ..*request });
        briefing.text = written(&briefing, form);
        briefing.tokens = tokens(&briefing.text);
        briefing.budget = request.budget;
        if briefing.tokens <= request.budget {
            return briefing;
        }
        let over = briefing.tokens - request.budget;
        let shrunk = budget.saturating_mul(request.budget) / briefing.tokens.max(1);
        budget = shrunk
            .min(budget.saturating_sub(over.min(40)))
            .saturating_sub(1);
    }
    let mut empty = brief(&Request {
        budget: 0,
        ..*request
    });
    empty.budget = request.budget;
    empty
}

fn written(briefing: &Briefing, form: Form) -> String {
    if briefing.items.is_empty() {
        return String::new();
    }
    match form {
        Form::Markdown => briefing.text.clone(),
        Form::Json => json!({ "items": briefing.items, "coverage": briefing.coverage }).to_string(),
        Form::AgentsMd => format!("{BLOCK_BEGINS}\n{}{BLOCK_ENDS}\n", briefing.text),
        Form::Messages => json!([{ "role": "user", "content": briefing.text }]).to_string(),
    }
}
