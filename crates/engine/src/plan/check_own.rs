//! What the engine's own tools, `wait` and `ask.user`, leave no room for.

use krake_domain::plan::{ApprovalMode, Step};

use crate::execution::ASK_USER;

/// The key of the step, what is wrong with it, and what is expected there.
type Fault = (&'static str, &'static str, &'static str);

/// Settings of this step that its tool would not heed. `alternative` is the number of the call that
/// is looked at, where it is not the step's own: what stands on the step was judged with that.
pub(super) fn faults(step: &Step, tool: &str, alternative: Option<usize>) -> Vec<Fault> {
    let limited = alternative.is_none() && step.timeout_ms.is_some();
    let mut faults = Vec::new();
    if tool == "wait" {
        if step.approval == ApprovalMode::Always {
            faults.push((
                "approval",
                "`wait` has nothing to approve",
                "an approval on the step that acts",
            ));
        }
        if limited {
            faults.push((
                "timeout_ms",
                "`wait` ends when its `ms` are over, and no time limit ends it sooner",
                "a smaller `ms`, and no `timeout_ms`",
            ));
        }
    }
    if tool == ASK_USER {
        if step.approval != ApprovalMode::Policy {
            faults.push((
                "approval",
                "`ask.user` asks by itself",
                "no `approval` here",
            ));
        }
        if limited {
            faults.push((
                "timeout_ms",
                "`ask.user` waits for a person, and no time limit of a plan ends that",
                "no `timeout_ms` here",
            ));
        }
    }
    faults
}
