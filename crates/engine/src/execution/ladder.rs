//! The recovery ladder: what a failed attempt is answered with, by the class of the failure and of
//! the effect. Always with the reason, which people are shown.

use std::time::Duration;

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::plan::Retry;
use krake_domain::tool::EffectClass;

const SHORTEST_WAIT: Duration = Duration::from_millis(100);
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);
/// How often a changed target is looked at again before the step fails.
const MOST_LOOKS: u32 = 3;

/// The next rung.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rung {
    Retry {
        wait: Duration,
        because: String,
    },
    /// Ask the world whether it happened.
    Look,
    /// Ask a person whether to do it again.
    AskUnknown {
        because: String,
    },
    /// The target changed: assess, and ask if needed, from the start.
    AssessAgain,
    Fail,
}

/// `failed` counts the attempts so far, this one included.
pub(super) fn next(failure: &Failure, effect: EffectClass, failed: u32, retry: &Retry) -> Rung {
    use FailureClass as F;
    match (failure.class, effect) {
        (F::Timeout | F::UnknownOutcome, EffectClass::Checkable) => Rung::Look,
        (F::Timeout | F::UnknownOutcome, EffectClass::Unsafe) => Rung::AskUnknown {
            because: format!("it may have happened: {}", failure.message),
        },
        (F::TargetChanged, _) if failed < MOST_LOOKS => Rung::AssessAgain,
        (F::RateLimited | F::Timeout | F::Unavailable | F::UnknownOutcome, _)
            if failed <= retry.max =>
        {
            let wait = failure
                .retry_after_ms
                .map_or_else(|| backoff(retry, failed), Duration::from_millis)
                .clamp(SHORTEST_WAIT, LONGEST_WAIT);
            Rung::Retry {
                wait,
                because: because(failure, failed, retry),
            }
        }
        _ => Rung::Fail,
    }
}

fn backoff(retry: &Retry, failed: u32) -> Duration {
    let exponent = i32::try_from(failed.saturating_sub(1)).unwrap_or(i32::MAX);
    let factor = retry.factor.max(1.0).powi(exponent);
    let millis = Duration::from_millis(retry.backoff_ms).as_secs_f64() * factor;
    if millis.is_finite() {
        Duration::from_secs_f64(millis.min(LONGEST_WAIT.as_secs_f64()))
    } else {
        LONGEST_WAIT
    }
}

fn because(failure: &Failure, failed: u32, retry: &Retry) -> String {
    let what = match failure.class {
        FailureClass::RateLimited if failure.retry_after_ms.is_some() => "told to wait",
        FailureClass::RateLimited => "too many calls",
        FailureClass::Timeout => "no answer in time",
        _ => "not available",
    };
    format!(
        "{what}; attempt {} of {} follows",
        failed + 1,
        retry.max + 1
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ambiguous_effects_are_never_repeated_blindly() {
        for class in [FailureClass::Timeout, FailureClass::UnknownOutcome] {
            let failure = Failure::new(class, "x");
            assert_eq!(
                next(&failure, EffectClass::Checkable, 1, &Retry::default()),
                Rung::Look
            );
            assert!(matches!(
                next(&failure, EffectClass::Unsafe, 1, &Retry::default()),
                Rung::AskUnknown { .. }
            ));
            assert!(matches!(
                next(&failure, EffectClass::Keyed, 1, &Retry::default()),
                Rung::Retry { .. }
            ));
        }
    }

    #[test]
    fn waits_grow_as_told_and_end() {
        let retry = Retry {
            max: 3,
            backoff_ms: 500,
            factor: 2.0,
        };
        let failure = Failure::new(FailureClass::Unavailable, "x");
        let waits: Vec<_> = (1..=4)
            .map(
                |failed| match next(&failure, EffectClass::Read, failed, &retry) {
                    Rung::Retry { wait, .. } => Some(wait.as_millis()),
                    _ => None,
                },
            )
            .collect();
        assert_eq!(waits, [Some(500), Some(1_000), Some(2_000), None]);
        let told = Failure {
            retry_after_ms: Some(99_999_999),
            ..Failure::new(FailureClass::RateLimited, "x")
        };
        assert!(matches!(
            next(&told, EffectClass::Read, 1, &retry),
            Rung::Retry {
                wait: LONGEST_WAIT,
                ..
            }
        ));
    }

    #[test]
    fn what_repeating_cannot_mend_fails_at_once() {
        for class in [
            FailureClass::BadInput,
            FailureClass::NoAccess,
            FailureClass::NotFound,
            FailureClass::TooLarge,
            FailureClass::DiskFull,
            FailureClass::Rejected,
        ] {
            assert_eq!(
                next(
                    &Failure::new(class, "x"),
                    EffectClass::Read,
                    1,
                    &Retry::default()
                ),
                Rung::Fail,
                "{class:?}"
            );
        }
    }
}
