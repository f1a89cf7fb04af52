//! A briefing in the form that its receiver takes.

use krake_domain::briefing::{Briefing, Form};
use krake_domain::loss::Loss;
use serde_json::json;

use super::block::Marks;
use super::estimate::tokens;
use super::loss::measure_items;
use super::repair::repair;
use super::sessions::Legend;
use super::wanted::with_wanted;
use super::{Request, brief};

/// Around a briefing in a file such as `AGENTS.md`.
pub const BRIEFING: Marks = Marks {
    begins: "<!-- krake:briefing begin -->",
    ends: "<!-- krake:briefing end -->",
};
/// Tries to make a form fit: what it adds to the lines is about proportional to them.
const TRIES: u32 = 8;

/// The briefing with its text in that form, within the budget in that form, and what it lost.
#[must_use]
pub fn brief_as(request: &Request<'_>, form: Form) -> Briefing {
    fitting(request, form, |request| {
        let briefing = brief(request);
        let loss = measure_items(request, &briefing.items);
        (briefing, loss)
    })
}

/// The same with what scored as lost put back.
#[must_use]
pub fn brief_repaired(request: &Request<'_>, form: Form) -> Briefing {
    fitting(request, form, |request| repair(request, brief(request)))
}

/// The same with what a person picked out of what is lost after that, as far as it fits.
#[must_use]
pub fn brief_wanted(request: &Request<'_>, form: Form, wanted: &[String]) -> Briefing {
    fitting(request, form, |request| {
        with_wanted(request, repair(request, brief(request)), wanted)
    })
}

pub(super) fn fitting(
    request: &Request<'_>,
    form: Form,
    make: impl Fn(&Request<'_>) -> (Briefing, Loss),
) -> Briefing {
    let legend = Legend::of(request.sessions);
    let mut budget = request.budget;
    for _ in 0..TRIES {
        let (mut briefing, loss) = make(&Request {
            budget: budget - legend.reserve(budget),
            ..*request
        });
        legend.add(&mut briefing, budget);
        briefing.text = written(&briefing, form);
        briefing.tokens = tokens(&briefing.text);
        briefing.budget = request.budget;
        if briefing.tokens <= request.budget {
            briefing.coverage.loss = Some(loss);
            return briefing;
        }
        let over = briefing.tokens - request.budget;
        let shrunk = budget.saturating_mul(request.budget) / briefing.tokens.max(1);
        budget = shrunk
            .min(budget.saturating_sub(over.min(40)))
            .saturating_sub(1);
    }
    let (mut empty, loss) = make(&Request {
        budget: 0,
        ..*request
    });
    empty.budget = request.budget;
    empty.coverage.loss = Some(loss);
    empty
}

fn written(briefing: &Briefing, form: Form) -> String {
    if briefing.items.is_empty() {
        return String::new();
    }
    match form {
        Form::Markdown => briefing.text.clone(),
        Form::Json => json!({ "items": briefing.items, "coverage": briefing.coverage }).to_string(),
        Form::AgentsMd => format!("{}\n{}{}\n", BRIEFING.begins, briefing.text, BRIEFING.ends),
        Form::Messages => json!([{ "role": "user", "content": briefing.text }]).to_string(),
    }
}
