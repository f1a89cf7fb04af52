//! A plan: a graph of steps, as written by a person or a planner.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The name of a step, unique in its plan: letters, digits, `-` and `_`, at most 64 of them. What a
/// `for_each` step does for its item number 3 is a step of its own, with the name `b[3]`.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct StepId(String);

/// A text that names no step.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not the name of a step")]
pub struct NotAStep(String);

impl StepId {
    /// A step's name as a plan may give it, or none where the text is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (!text.is_empty() && text.len() <= 64 && text.chars().all(good))
            .then(|| Self(text.to_owned()))
    }

    /// The name of what this step does for the item of that number, from 0.
    #[must_use]
    pub fn instance(&self, number: usize) -> Self {
        Self(format!("{}[{number}]", self.0))
    }

    /// Whether it names what a `for_each` step does for one item.
    #[must_use]
    pub fn is_instance(&self) -> bool {
        self.0.ends_with(']')
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for StepId {
    type Error = NotAStep;

    fn try_from(text: String) -> Result<Self, NotAStep> {
        let instance = || {
            let (step, number) = text.strip_suffix(']')?.split_once('[')?;
            let number: u32 = number.parse().ok()?;
            StepId::parse(step).map(|step| step.instance(number as usize))
        };
        Self::parse(&text)
            .or_else(|| instance().filter(|id| id.0 == text))
            .ok_or_else(|| NotAStep(text.chars().take(80).collect()))
    }
}

impl From<StepId> for String {
    fn from(id: StepId) -> Self {
        id.0
    }
}

impl fmt::Display for StepId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for StepId {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A plan as it is kept in the journal: parsed, checked, and free of positions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Plan {
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Where a model wrote it, everything in it is text that others wrote.
    #[serde(default, skip_serializing_if = "Author::is_person")]
    pub planned_by: Author,
    /// Sentences that ask for this plan; the offline planner matches them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
    /// Input name → JSON Schema with `default` and `slot`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub inputs: Map<String, Value>,
    #[serde(default)]
    pub limits: Limits,
    pub steps: Vec<Step>,
    /// What the execution returns; references allowed. Absent: the outputs of the last steps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
}

/// Who wrote a plan. The mark lies in the plan itself, so that it stays where the plan is shown,
/// edited, kept as a playbook and run later.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Author {
    /// A person, or a person vouches for it.
    #[default]
    Person,
    /// A model: nobody has vouched for its names, its arguments and its addresses.
    Model,
}

impl Author {
    #[must_use]
    pub fn is_person(&self) -> bool {
        *self == Self::Person
    }
}

/// Caps on one execution. Each stops it in the state `stopped`, with the cap named, until somebody
/// allows as much again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Limits {
    /// Steps in the plan; at most [`Limits::MOST_STEPS`].
    pub steps: u32,
    /// Attempts of all steps together.
    pub attempts: u32,
    /// Wall time from start to end, waits for a person not counted, in seconds.
    pub time_s: u64,
    /// Steps that run at the same time.
    pub parallel: u32,
}

impl Limits {
    /// No plan can raise its own limit beyond this.
    pub const MOST_STEPS: u32 = 20_000;
    /// No plan can raise its own limit beyond this.
    pub const MOST_PARALLEL: u32 = 1_024;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 1_000,
            attempts: 10_000,
            time_s: 24 * 3_600,
            parallel: 64,
        }
    }
}

/// One step: a tool called once (with retries) when its needs are done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Step {
    pub id: StepId,
    /// A title for people; absent: the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub tool: String,
    /// Arguments of the tool; strings may hold `${{ … }}`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub args: Map<String, Value>,
    /// Steps that must have ended well before this one starts; references add to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<StepId>,
    /// A list, or references that give one: the step runs once for each item, which its arguments
    /// and its condition call `item`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_each: Option<Value>,
    /// The text inside `${{ … }}`; the step is skipped when it is false.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    #[serde(default)]
    pub approval: ApprovalMode,
    #[serde(default)]
    pub retry: Retry,
    /// Other calls for the same purpose, tried in this order when the one before has failed for
    /// good and certainly without an effect.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Alternative>,
    /// Absent: the tool's own time limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "OnError::is_usual")]
    pub on_error: OnError,
    /// JSON Schema that the output must match, beside the tool's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Value>,
}

/// A call that can stand in for the one of its step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Alternative {
    pub tool: String,
    /// Arguments of this tool; strings may hold `${{ … }}`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub args: Map<String, Value>,
}

/// When a person is asked before a step runs.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalMode {
    /// As the policy says for this tool and these arguments.
    #[default]
    Policy,
    /// Always, also where the policy would not ask.
    Always,
    /// Never: where the policy asks, the step fails instead of waiting.
    Never,
}

/// What a failed step means for the execution.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// The plan says nothing: as `fail`, but a person is asked where access was refused.
    #[default]
    Usual,
    /// What needs it is skipped and the execution ends as failed; independent branches go on.
    Fail,
    /// What needs it runs and sees `null` as its output.
    Continue,
    /// A person says whether it is tried again, left out, or fails.
    Ask,
}

impl OnError {
    /// Whether the plan says nothing about it.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::Usual
    }
}

/// How often and how fast a failed attempt is repeated, where repeating is safe and may help.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Retry {
    /// Attempts after the first.
    pub max: u32,
    /// Wait before the first repetition, in milliseconds.
    pub backoff_ms: u64,
    /// Each further wait is longer by this factor.
    pub factor: f64,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            max: 2,
            backoff_ms: 500,
            factor: 2.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_steps_and_of_their_instances_are_read() {
        let read = |text: &str| serde_json::from_value::<StepId>(Value::from(text));
        let id = StepId::parse("check-sites").unwrap().instance(12);
        assert_eq!(read("check-sites[12]").unwrap(), id);
        assert!(id.is_instance() && !read("b").unwrap().is_instance());
        assert_eq!(StepId::parse("b[1]"), None, "a plan cannot say it");
        for wrong in [
            "", "a b", "../b", "b[]", "b[-1]", "b[01]", "b[1][2]", "[1]", "b[1]x",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
