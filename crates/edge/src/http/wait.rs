//! Every wait of a call ends: by its own limit, by the limit of the whole, or by a cancellation.

use std::future::Future;
use std::time::Duration;

use krake_domain::origin::Origin;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::http::{HttpError, Limits, Phase};

#[derive(Clone)]
pub(super) struct Waits {
    begun: Instant,
    limits: Limits,
    cancel: CancellationToken,
}

impl Waits {
    pub(super) fn new(limits: &Limits, cancel: &CancellationToken) -> Self {
        Self {
            begun: Instant::now(),
            limits: *limits,
            cancel: cancel.clone(),
        }
    }

    /// What is left of the whole.
    pub(super) fn left(&self) -> Duration {
        self.limits.total.saturating_sub(self.begun.elapsed())
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Waits for `work`. `sent` says whether the request can be on its way by then.
    pub(super) async fn within<T>(
        &self,
        phase: Phase,
        sent: bool,
        origin: &Origin,
        work: impl Future<Output = T>,
    ) -> Result<T, HttpError> {
        let (limit, left) = (self.limit(phase), self.left());
        let (phase, wait, after) = if limit < left {
            (phase, limit, limit)
        } else {
            (Phase::Total, left, self.limits.total)
        };
        let origin = || origin.to_string();
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(HttpError::Cancelled { origin: origin(), sent }),
            done = work => Ok(done),
            () = tokio::time::sleep(wait) => {
                Err(HttpError::Timeout { origin: origin(), phase, after, sent })
            }
        }
    }

    fn limit(&self, phase: Phase) -> Duration {
        match phase {
            Phase::Lookup | Phase::Connect => self.limits.connect,
            // The connection has a limit of its own, which runs first.
            Phase::Answer => self.limits.connect + self.limits.answer,
            Phase::Idle => self.limits.idle,
            Phase::Total => self.limits.total,
        }
    }
}
