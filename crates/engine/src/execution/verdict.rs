//! Which answer fits which question.

use krake_domain::approval::{Approval, ApprovalKind, Verdict};

use super::input::Refusal;

/// The verdict as it is written down, if it answers what was asked.
pub(super) fn fitting(asked: &Approval, verdict: Verdict) -> Result<Verdict, Refusal> {
    use ApprovalKind as Kind;
    match (asked.kind, verdict) {
        (Kind::UnknownOutcome, Verdict::Happened) => Ok(Verdict::Happened),
        (_, Verdict::Happened) => Err(Refusal::BadVerdict(
            "`happened` answers only a question about an unknown outcome",
        )),
        (_, Verdict::Allow { scope }) => match asked.scopes.contains(&scope) {
            true => Ok(Verdict::Allow { scope }),
            false => Err(Refusal::BadVerdict(
                "a yes to this cannot reach so far: see its `scopes`",
            )),
        },
        (Kind::Question, Verdict::Approve) => Err(Refusal::BadVerdict(
            "the plan asks a question: it wants an answer, not an approval",
        )),
        (_, Verdict::Answer { text }) => match &asked.question {
            Some(question) => question
                .read(&text)
                .map(|text| Verdict::Answer { text })
                .map_err(Refusal::BadAnswer),
            None => Err(Refusal::BadVerdict(
                "only a question takes an answer: approve or reject this",
            )),
        },
        (Kind::Failed, Verdict::Skip) => Ok(Verdict::Skip),
        (_, Verdict::Skip) => Err(Refusal::BadVerdict(
            "only a failed step can be left out: approve or reject this",
        )),
        (_, verdict @ (Verdict::Approve | Verdict::Reject { .. })) => Ok(verdict),
    }
}
