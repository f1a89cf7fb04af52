//! Whether a failed call is made once more, and after which wait. Nothing ever goes to another
//! provider instead: the request would reach somebody whom nobody chose.

use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::ModelError;

/// Calls after the first.
const MOST: u32 = 2;
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Whoever asks for a longer wait is not waited for: a person sits there.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The calls of one question, within the time that they may take together.
pub(crate) struct Attempts {
    begun: Instant,
    total: Duration,
    made: u32,
}

impl Attempts {
    /// None was made yet.
    pub fn within(total: Duration) -> Self {
        Self {
            begun: Instant::now(),
            total,
            made: 0,
        }
    }

    /// The time that is left.
    pub fn left(&self) -> Duration {
        self.total.saturating_sub(self.begun.elapsed())
    }

    /// Waits until the call that failed so may be made once more.
    ///
    /// # Errors
    /// That one, where it is not to be made again; or it is not wanted any more.
    pub async fn again(
        &mut self,
        error: ModelError,
        cancel: &CancellationToken,
    ) -> Result<(), ModelError> {
        self.made += 1;
        let Some(wait) = wait(&error, self.made, self.left(), chance()) else {
            return Err(error);
        };
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(()),
            () = cancel.cancelled() => Err(ModelError::Cancelled),
        }
    }
}

/// The wait before the next call, or none where there is to be none. `made` counts calls so far,
/// `left` is the time that the whole may still take, `chance` lies between 0 and 1.
fn wait(error: &ModelError, made: u32, left: Duration, chance: f64) -> Option<Duration> {
    let may_pass = matches!(
        error,
        ModelError::RateLimited { .. }
            | ModelError::Overloaded { .. }
            | ModelError::Unavailable { .. }
    );
    if !may_pass || made > MOST {
        return None;
    }
    let usual = FIRST_WAIT * 2_u32.saturating_pow(made.saturating_sub(1));
    let wait = match error.retry_after() {
        // Never sooner than told; a little later, so that not everybody comes back at once.
        Some(told) => told.mul_f64(1.0 + chance / 10.0),
        None => usual.mul_f64(0.5 + chance / 2.0),
    };
    (wait <= LONGEST_WAIT && wait < left).then_some(wait)
}

/// A number between 0 and 1. Without randomness everybody waits equally long, which is no fault.
fn chance() -> f64 {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    f64::from(byte[0]) / 255.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEFT: Duration = Duration::from_secs(100);

    fn limited(seconds: Option<u64>) -> ModelError {
        ModelError::RateLimited {
            retry_after: seconds.map(Duration::from_secs),
            said: String::new(),
        }
    }

    #[test]
    fn waits_grow_are_told_and_end() {
        let ms = |error: &ModelError, made, chance| {
            wait(error, made, LEFT, chance).map(|wait| wait.as_millis())
        };
        assert_eq!(ms(&limited(None), 1, 0.0), Some(250));
        assert_eq!(ms(&limited(None), 1, 1.0), Some(500));
        assert_eq!(ms(&limited(None), 2, 1.0), Some(1_000));
        assert_eq!(ms(&limited(None), 3, 1.0), None);
        assert_eq!(ms(&limited(Some(3)), 1, 0.0), Some(3_000));
        assert_eq!(ms(&limited(Some(3)), 1, 1.0), Some(3_300));
        assert_eq!(ms(&limited(Some(21)), 1, 0.0), None);
        assert_eq!(
            wait(&limited(Some(3)), 1, Duration::from_secs(2), 0.0),
            None
        );
    }

    #[test]
    fn what_waiting_does_not_mend_is_not_repeated() {
        let said = String::new;
        for error in [
            ModelError::OutOfCredit { said: said() },
            ModelError::NoAccess { said: said() },
            ModelError::BadRequest { said: said() },
            ModelError::Refused { said: said() },
            ModelError::Incomplete { why: said() },
            ModelError::BadAnswer { why: said() },
            ModelError::Cancelled,
        ] {
            assert_eq!(wait(&error, 1, LEFT, 0.0), None, "{error}");
        }
    }
}
