//! Secrets in the fields that a person or a machine fills: refused where a name belongs, replaced
//! where a longer text becomes content.
//!
//! What it deliberately does not do: it does not look into what has a way of its own. Keys go into
//! fields that are marked secret; imports, captures and transcripts are cleaned where they are read;
//! inputs and texts of plans are what a person wants to run.
//! **Invariant:** every field of a command that takes words of somebody's own stands in this table,
//! and what it refuses is repeated in no message.

use std::borrow::Cow;
use std::collections::BTreeMap;

use krake_engine::secrets::{Cleaner, Known, in_words, redact};
use serde_json::{Map, Value};

use crate::command::Command;
use crate::context::{Core, Ctx};
use crate::error::{ApiError, Code};

/// What becomes of a secret in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    /// The call is refused: the field takes a name or a few words, and whoever wrote them can write
    /// them again.
    Refused,
    /// A token takes its place, as in an import, and the answer says so.
    Cleaned,
}

use Rule::{Cleaned, Refused};

/// One line for each command that takes words: what is refused, what is cleaned.
#[rustfmt::skip]
const FIELDS: &[(&str, &[(&str, Rule)])] = &[
    ("accounts.add", &[("name", Refused), ("account_name", Refused), ("email", Refused), ("account_email", Refused), ("plan", Refused), ("specialization", Refused), ("tags", Refused), ("base_url", Refused), ("model", Refused)]),
    ("accounts.change", &[("name", Refused), ("email", Refused), ("plan", Refused), ("specialization", Refused), ("tags", Refused), ("base_url", Refused), ("model", Refused)]),
    ("accounts.note_limit", &[("unit", Refused)]),
    ("accounts.set_price", &[("model", Refused)]),
    ("accounts.set_rules", &[("rules", Refused)]),
    ("approvals.reject", &[("reason", Refused)]),
    ("briefings.make", &[("goal", Refused), ("context", Cleaned)]),
    ("briefings.preview", &[("goal", Refused), ("context", Cleaned)]),
    ("briefings.save", &[("goal", Refused)]),
    ("briefings.write", &[("goal", Refused), ("context", Cleaned)]),
    ("compression.add", &[("subject", Refused)]),
    ("drafts.make_project", &[("name", Refused)]),
    ("drafts.reject", &[("reason", Refused)]),
    ("handoff.compress", &[("context", Cleaned)]),
    ("handoffs.create", &[("goal", Refused), ("context", Cleaned)]),
    ("handoffs.done", &[("note", Cleaned)]),
    ("handoffs.send", &[("goal", Refused)]),
    ("knowledge.add", &[("category", Refused), ("title", Refused), ("sources", Refused), ("text", Cleaned)]),
    ("knowledge.supersede", &[("category", Refused), ("title", Refused), ("sources", Refused), ("text", Cleaned)]),
    ("meaning.set", &[("model", Refused)]),
    ("projects.add", &[("name", Refused), ("description", Refused), ("objectives", Refused), ("pinned", Refused)]),
    ("projects.change", &[("name", Refused), ("description", Refused), ("objectives", Refused), ("pinned", Refused)]),
    ("projects.set_commit_rule", &[("branch", Refused)]),
    ("sessions.start", &[("session_type", Refused), ("title", Refused), ("objectives", Refused)]),
    ("sessions.change", &[("title", Refused), ("objectives", Refused)]),
    ("snapshots.create", &[("name", Refused)]),
];

/// What was put in the place of secrets, by kind.
pub type Replaced = BTreeMap<String, u32>;

/// The input without secrets, and what was replaced.
///
/// # Errors
/// [`Code::BadInput`] where a field that is refused one holds one.
pub async fn screen(
    command: &Command,
    ctx: &Ctx,
    mut input: Value,
) -> Result<(Value, Replaced), ApiError> {
    let (Some(rules), Some(fields)) = (rules(command.name), input.as_object_mut()) else {
        return Ok((input, Replaced::new()));
    };
    if !rules.iter().any(|(name, _)| has_words(fields, name)) {
        return Ok((input, Replaced::new()));
    }
    let known = known(ctx).await?;
    let replaced = apply(command, rules, fields, &known)?;
    Ok((input, replaced))
}

fn apply(
    command: &Command,
    rules: &[(&str, Rule)],
    fields: &mut Map<String, Value>,
    known: &Known,
) -> Result<Replaced, ApiError> {
    let mut cleaner = Cleaner::new(known);
    for (name, rule) in rules {
        let Some(value) = fields.get_mut(*name) else {
            continue;
        };
        match rule {
            Refused => {
                if let Some(kind) = found(value, known) {
                    return Err(refusal(command, name, kind));
                }
            }
            Cleaned => each_text(value, &mut |text| {
                if let Cow::Owned(clean) = cleaner.text(text) {
                    *text = clean;
                }
            }),
        }
    }
    Ok(cleaner.replaced)
}

/// The keys of accounts, where there is a data folder that could have some.
async fn known(ctx: &Ctx) -> Result<Known, ApiError> {
    match ctx.core() {
        Core::Owner(runtime) | Core::Reader(runtime) => Ok(runtime.known_keys().await?),
        Core::Bare(_) => Ok(Known::default()),
    }
}

fn rules(command: &str) -> Option<&'static [(&'static str, Rule)]> {
    let line = FIELDS.iter().find(|(name, _)| *name == command)?;
    Some(line.1)
}

fn has_words(fields: &mut Map<String, Value>, name: &str) -> bool {
    let mut any = false;
    if let Some(value) = fields.get_mut(name) {
        each_text(value, &mut |text| any |= !text.trim().is_empty());
    }
    any
}

/// The kind of the first secret in a value.
fn found(value: &mut Value, known: &Known) -> Option<&'static str> {
    let mut first = None;
    each_text(value, &mut |text| {
        if first.is_none() {
            first = redact(text, known).1.first().map(|one| one.kind);
        }
    });
    first
}

/// Every text of a value, however deep: a list of objectives, a rule with its pattern, messages.
fn each_text(value: &mut Value, act: &mut impl FnMut(&mut String)) {
    match value {
        Value::String(text) => act(text),
        Value::Array(items) => items.iter_mut().for_each(|item| each_text(item, act)),
        Value::Object(fields) => fields.values_mut().for_each(|field| each_text(field, act)),
        _ => {}
    }
}

fn refusal(command: &Command, field: &str, kind: &str) -> ApiError {
    let belongs = if command.name.starts_with("accounts.") {
        "a key belongs into the field `key`"
    } else {
        "leave it out: a key belongs to an account, and `krake accounts add` asks for it"
    };
    ApiError::new(
        Code::BadInput,
        format!(
            "field `{field}`: this looks like {}, and was kept nowhere",
            in_words(kind)
        ),
    )
    .hint(format!(
        "{belongs}; if it was shown to anybody on the way, make a new one where it came from"
    ))
}

#[cfg(test)]
#[path = "screen_test.rs"]
mod tests;
