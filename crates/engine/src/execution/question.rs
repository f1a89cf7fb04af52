//! `ask.user`: a person is asked for a word, and the word is the step's output. No hand is needed;
//! it waits in the journal like every other question.

use std::sync::Arc;

use krake_domain::approval::ApprovalKind;
use krake_domain::event::Event;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_domain::plan::Author;
use krake_domain::question::{Question, QuestionKind, YES_NO};
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use serde_json::{Value, json};

use super::ask::{Wanted, ask};
use super::begin::{idempotency_key, reads_taint};
use super::input::Refusal;
use super::state::{Gate, State};
use super::{Env, Turn, schemas};
use crate::expr::Template;

/// The tool's name.
pub(crate) const ASK_USER: &str = "ask.user";
/// What of the question stands in lists, in characters.
const SHORT: usize = 200;

/// The definition of `ask.user`.
#[must_use]
pub fn ask_user_spec() -> ToolSpec {
    ToolSpec {
        name: ASK_USER.to_owned(),
        description: "Ask a person and return the answer.".to_owned(),
        args_schema: json!({
            "type": "object",
            "properties": {
                "question": { "type": "string", "minLength": 1, "maxLength": 4_000, "description": "What is asked." },
                "kind": { "type": "string", "enum": ["text", "choice", "confirm"], "description": "`text`: anything. `choice`: one of `choices`. `confirm`: `yes` or `no`. Absent: `choice` where there are choices, else `text`." },
                "choices": {
                    "type": "array", "minItems": 1, "maxItems": 50, "uniqueItems": true,
                    "items": { "type": "string", "minLength": 1, "maxLength": 200, "pattern": "^\\S(.*\\S)?$" },
                    "description": "The answers of a choice; suggestions for a text."
                },
                "default": { "type": "string", "maxLength": 4_000, "description": "What an empty answer means." },
            },
            "required": ["question"],
            "additionalProperties": false,
        }),
        output_schema: json!({
            "type": "object",
            "properties": { "answer": { "type": "string", "description": "What the person said; `yes` or `no` for a confirmation." } },
            "required": ["answer"],
            "additionalProperties": false,
        }),
        class: EffectClass::Read,
        asks: false,
        untrusted_output: false,
        timeout_ms: u64::MAX,
    }
}

/// The question that checked arguments hold.
///
/// # Errors
/// They do not fit each other.
fn question(args: &Value) -> Result<Question, Failure> {
    let text = |name: &str| args.get(name).and_then(Value::as_str);
    let listed: Vec<String> = args
        .get("choices")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|choice| choice.as_str().map(str::to_owned))
        .collect();
    let bad = |message: &str| Failure::new(FailureClass::BadInput, format!("args.{message}"));
    let kind = match text("kind") {
        Some("confirm") => QuestionKind::Confirm,
        Some("choice") => QuestionKind::Choice,
        Some(_) => QuestionKind::Text,
        None if listed.is_empty() => QuestionKind::Text,
        None => QuestionKind::Choice,
    };
    let choices = match kind {
        QuestionKind::Choice if listed.is_empty() => {
            return Err(bad("choices: a choice needs at least one"));
        }
        QuestionKind::Confirm if !listed.is_empty() => {
            return Err(bad("choices: a confirmation has `yes` and `no`"));
        }
        QuestionKind::Confirm => YES_NO.map(str::to_owned).to_vec(),
        QuestionKind::Choice | QuestionKind::Text => listed,
    };
    let question = Question {
        text: text("question").unwrap_or_default().to_owned(),
        kind,
        choices,
        default: text("default").map(str::to_owned),
    };
    match &question.default {
        Some(default) if question.read(default).as_ref() != Ok(default) => Err(bad(
            "default: it is not one of the answers that the question takes",
        )),
        _ => Ok(question),
    }
}

/// Asks; the step waits from here on.
///
/// # Errors
/// The arguments do not fit each other.
pub(super) fn ask_user(
    state: &State,
    place: usize,
    args: &Value,
    env: &Env<'_>,
    turn: &mut Turn,
) -> Result<(), Failure> {
    let question = question(args)?;
    let mut because = "the plan asks".to_owned();
    if reads_taint(state, place) {
        because.push_str("; the question holds text that others wrote");
    }
    let wanted = Wanted {
        assessment: Assessment {
            class: EffectClass::Read,
            target: "a person".to_owned(),
            summary: question.text.chars().take(SHORT).collect(),
            reversible: true,
            writes_under: None,
            reaches: None,
            target_state: None,
            diff: None,
        },
        because,
        question: Some(question),
        ..Wanted::of(ApprovalKind::Question)
    };
    ask(state, place, args, wanted, env, turn);
    Ok(())
}

/// The person's word becomes the output, in the turn of the answer. It is a person's own, whatever
/// the question was made of, so it taints nothing; but what others wrote and a person only picked
/// stays theirs.
///
/// # Errors
/// The output would not be what the plan says of it; the question stays.
pub(super) fn answered(
    state: &State,
    gate: &Gate,
    text: String,
    env: &Env<'_>,
    turn: &mut Turn,
) -> Result<(), Refusal> {
    let asked = &gate.approval;
    let offered = asked.question.as_ref().is_some_and(|question| {
        question.kind != QuestionKind::Confirm
            && (question.choices.contains(&text) || question.default.as_ref() == Some(&text))
    });
    let tainted = offered && offers_taint(state, gate.place);
    let output = json!({ "answer": text });
    if let Some(schema) = &state.as_written(gate.place).output {
        schemas::check(schema, &output, "output").map_err(Refusal::BadAnswer)?;
    }
    let attempt = state.steps[gate.place]
        .attempt()
        .map_or(0, |attempt| attempt.number)
        + 1;
    turn.events.push(Event::AttemptStarted {
        step: asked.step.clone(),
        attempt,
        epoch: env.epoch,
        args_hash: Hash::of(asked.args.as_bytes()),
        definition: asked.definition,
        key: idempotency_key(state, gate.place),
        class: EffectClass::Read,
        approval: Some(asked.id),
        allowed_by: None,
        target_state: None,
        wakes_at: None,
    });
    turn.events.push(Event::AttemptSucceeded {
        step: asked.step.clone(),
        attempt,
        output: Arc::new(output),
        tainted,
    });
    Ok(())
}

/// Whether the choices or the default hold text that others wrote.
fn offers_taint(state: &State, place: usize) -> bool {
    if !reads_taint(state, place) {
        return false;
    }
    let Template::Object(fields) = state.call_of(place).args else {
        return state.plan.planned_by == Author::Model;
    };
    let mut tainted = state.plan.planned_by == Author::Model;
    for (_, offered) in fields
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "choices" | "default"))
    {
        offered.each_expr(&mut |expr| {
            // An item comes from a list that was read.
            tainted |= expr.names_item();
            expr.each_step(&mut |step| {
                let place = state.graph.find(step);
                tainted |= place.is_some_and(|place| state.steps[place].tainted);
            });
        });
    }
    tainted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_that_contradict_each_other_are_refused() {
        for (args, wanted) in [
            (json!({"question": "?", "kind": "choice"}), "choices"),
            (
                json!({"question": "?", "kind": "confirm", "choices": ["a"]}),
                "choices",
            ),
            (
                json!({"question": "?", "choices": ["a"], "default": "b"}),
                "default",
            ),
        ] {
            let failure = question(&args).unwrap_err();
            assert!(failure.message.contains(wanted), "{failure}");
        }
        let confirm = question(&json!({"question": "?", "kind": "confirm"})).unwrap();
        assert_eq!(confirm.choices, ["yes", "no"]);
        let suggested =
            question(&json!({"question": "?", "kind": "text", "choices": ["a"]})).unwrap();
        assert_eq!(suggested.read("b"), Ok("b".to_owned()));
    }
}
