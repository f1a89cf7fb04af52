//! An approval: the exact bytes that will run, readable.

use krake_domain::approval::{ApprovalKind, ApprovalStatus, Verdict};
use krake_domain::id::{ApprovalId, ExecutionId};
use krake_domain::plan::StepId;
use krake_domain::principal::Principal;
use krake_domain::question::{Question, QuestionKind};
use krake_domain::rule::Scope;
use krake_domain::tool::EffectClass;
use krake_store::ApprovalRow;
use serde::Serialize;

use super::moment::Moment;
use super::step::FailureView;
use crate::visible::{visible, visible_json, visible_line};

/// What a person is asked, and what was answered.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ApprovalView {
    pub id: ApprovalId,
    pub execution_id: ExecutionId,
    pub execution_name: String,
    pub step: StepId,
    pub kind: ApprovalKind,
    pub tool: String,
    /// JSON text of the arguments, keys sorted: these bytes run, hidden characters as JSON escapes.
    pub args: String,
    /// What will be touched: a path, a branch, an address.
    pub target: String,
    /// One sentence that says what will happen, written by the tool's code.
    pub summary: String,
    /// Unified diff against now, where the target is text.
    pub diff: Option<String>,
    pub class: EffectClass,
    pub reversible: bool,
    /// The rule that asks, in plain words.
    pub because: String,
    /// What is asked, where the answer is a word.
    pub question: Option<QuestionView>,
    /// What went wrong, where a step failed.
    pub failure: Option<FailureView>,
    /// How far a yes may reach beyond this call.
    pub scopes: Vec<Scope>,
    pub status: ApprovalStatus,
    pub asked_at: Moment,
    pub expires_at: Moment,
    pub answer: Option<AnswerView>,
}

/// A question of the plan; hidden characters are written out.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct QuestionView {
    pub text: String,
    pub kind: QuestionKind,
    /// The answers of a choice and of a confirmation; suggestions for a text.
    pub choices: Vec<String>,
    /// What an empty answer means.
    pub default: Option<String>,
}

/// Who answered what, and when.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AnswerView {
    pub verdict: Verdict,
    pub by: Principal,
    pub at: Moment,
}

impl ApprovalView {
    /// The view of a row; the name is the execution's.
    #[must_use]
    pub fn of(row: &ApprovalRow, execution_name: &str) -> Self {
        let (asked, call) = (&row.approval, &row.approval.assessment);
        Self {
            id: asked.id,
            execution_id: asked.execution,
            execution_name: visible_line(execution_name),
            step: asked.step.clone(),
            kind: asked.kind,
            tool: asked.tool.clone(),
            args: visible_json(&asked.args).into_owned(),
            target: visible_line(&call.target),
            summary: visible_line(&call.summary),
            diff: call.diff.as_deref().map(|text| visible(text).into_owned()),
            class: call.class,
            reversible: call.reversible,
            because: visible(&asked.because).into_owned(),
            question: asked.question.as_ref().map(QuestionView::from),
            failure: asked.failure.as_ref().map(FailureView::from),
            scopes: asked.scopes.clone(),
            status: row.status,
            asked_at: asked.asked_at.into(),
            expires_at: asked.expires_at.into(),
            answer: row.answer.as_ref().map(|answer| AnswerView {
                verdict: shown(&answer.verdict),
                by: answer.by.clone(),
                at: answer.at.into(),
            }),
        }
    }
}

impl From<&Question> for QuestionView {
    fn from(question: &Question) -> Self {
        Self {
            text: visible(&question.text).into_owned(),
            kind: question.kind,
            choices: question
                .choices
                .iter()
                .map(|choice| visible_line(choice))
                .collect(),
            default: question.default.as_deref().map(visible_line),
        }
    }
}

/// The verdict with its words made visible.
fn shown(verdict: &Verdict) -> Verdict {
    match verdict {
        Verdict::Answer { text } => Verdict::Answer {
            text: visible(text).into_owned(),
        },
        other => other.clone(),
    }
}
