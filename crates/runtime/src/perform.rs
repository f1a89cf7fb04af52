//! Effects: hands are put to work, and what they bring back is the next input.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::id::ExecutionId;
use krake_domain::output;
use krake_domain::tool::{EffectClass, Finding};
use krake_engine::execution::{Effect, Input};
use krake_tools::tool::{Call, Tool};
use serde_json::Value;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::actor::Message;
use crate::start::Deps;
use crate::workbench::Bench;

/// How long a hand may take to stop after it was told to.
const GRACE: Duration = Duration::from_secs(3);
const LONGEST_ASSESSMENT: Duration = Duration::from_secs(60);

impl Deps {
    /// Starts the effect in a task of its own; its result goes to `reply`.
    pub(crate) fn perform(
        self: &Arc<Self>,
        execution: ExecutionId,
        effect: Effect,
        cancel: CancellationToken,
        reply: mpsc::Sender<Message>,
    ) {
        let deps = self.clone();
        self.tasks.effect(async move {
            let input = match effect {
                Effect::Assess { step, tool, args } => {
                    let result = deps.assess(&tool, &args).await;
                    Input::Assessed { step, result }
                }
                Effect::Run {
                    step,
                    attempt,
                    tool,
                    args,
                    key,
                    class,
                    target_state,
                    timeout,
                } => {
                    let bench = Bench::new(&deps, execution, &step, attempt);
                    let call = Call {
                        args: Arc::unwrap_or_clone(args),
                        key,
                        target_state,
                        cancel,
                        workbench: Arc::new(bench),
                    };
                    let result = deps.run(&tool, &call, class, timeout).await.map(Arc::new);
                    Input::Finished {
                        step,
                        attempt,
                        result,
                    }
                }
                Effect::Look {
                    step,
                    attempt,
                    tool,
                    args,
                    key,
                    target_state,
                } => {
                    let bench = Bench::new(&deps, execution, &step, attempt);
                    let call = Call {
                        args: Arc::unwrap_or_clone(args),
                        key,
                        target_state,
                        cancel,
                        workbench: Arc::new(bench),
                    };
                    let finding = deps.look(&tool, &call).await;
                    Input::Looked {
                        step,
                        attempt,
                        finding,
                    }
                }
                Effect::SetTimer { .. } | Effect::CancelRun { .. } | Effect::Close => return,
            };
            // The actor has ended only where nobody wants the result any more.
            let _ = reply.send(Message::Input(input)).await;
        });
    }

    async fn assess(
        &self,
        tool: &str,
        args: &Value,
    ) -> Result<krake_domain::tool::Assessment, Failure> {
        let tool = self.tool(tool)?;
        let work = guarded(tool.assess(args), EffectClass::Read);
        tokio::time::timeout(LONGEST_ASSESSMENT, work)
            .await
            .unwrap_or_else(|_| {
                Err(Failure::new(
                    FailureClass::Timeout,
                    "looking at what the call would do took more than 60 s",
                ))
            })
    }

    async fn run(
        &self,
        tool: &str,
        call: &Call,
        class: EffectClass,
        timeout: Duration,
    ) -> Result<Value, Failure> {
        let tool = self.tool(tool)?;
        if !class.is_harmless() {
            self.store.quick_check().await.map_err(|error| {
                Failure::new(
                    FailureClass::Internal,
                    format!("nothing is changed while the database is in doubt: {error}"),
                )
            })?;
        }
        let _place = self
            .places
            .acquire()
            .await
            .map_err(|_| Failure::new(FailureClass::Cancelled, "Krake is stopping"))?;
        tracing::trace!(target: "krake::point", when = "before", point = "effect");
        let output = limited(&*tool, call, class, timeout).await;
        tracing::trace!(target: "krake::point", when = "after", point = "effect");
        output.and_then(within_cap)
    }

    async fn look(&self, tool: &str, call: &Call) -> Finding {
        let unclear = |failure: Failure| Finding::Unclear {
            because: failure.message,
        };
        match self.tool(tool) {
            Ok(tool) => guarded(tool.look(call), EffectClass::Read)
                .await
                .unwrap_or_else(unclear),
            Err(failure) => unclear(failure),
        }
    }

    fn tool(&self, name: &str) -> Result<Arc<dyn Tool>, Failure> {
        self.tools.get(name).cloned().ok_or_else(|| {
            Failure::new(
                FailureClass::NoAccess,
                format!("tool `{name}` is not in this version"),
            )
        })
    }
}

/// Runs until the end, the time limit or the cancellation; a hand that does not stop by itself is
/// dropped after a grace, and its children end with it.
async fn limited(
    tool: &dyn Tool,
    call: &Call,
    class: EffectClass,
    timeout: Duration,
) -> Result<Value, Failure> {
    let work = guarded(tool.run(call), class);
    tokio::pin!(work);
    let stopped = tokio::select! {
        biased;
        result = &mut work => return result,
        () = call.cancel.cancelled() => Failure::new(FailureClass::Cancelled, "cancelled"),
        () = sleep(timeout) => {
            call.cancel.cancel();
            Failure::new(FailureClass::Timeout, format!("no result within {} ms", timeout.as_millis()))
        }
    };
    match tokio::time::timeout(GRACE, work).await {
        // It ended well at the last moment: that is the outcome.
        Ok(Ok(output)) => Ok(output),
        _ => Err(stopped),
    }
}

async fn sleep(timeout: Duration) {
    // tokio panics on times that its clock cannot reach.
    tokio::time::sleep(timeout.min(Duration::from_secs(366 * 24 * 3_600))).await;
}

/// A panic of a hand is a failure of its step, not of the process.
async fn guarded<T>(
    work: impl Future<Output = Result<T, Failure>>,
    class: EffectClass,
) -> Result<T, Failure> {
    AssertUnwindSafe(work)
        .catch_unwind()
        .await
        .unwrap_or_else(|_| {
            let class = if class.is_harmless() {
                FailureClass::Internal
            } else {
                FailureClass::UnknownOutcome
            };
            Err(Failure::new(
                class,
                "the tool broke off; see the log of Krake",
            ))
        })
}

fn within_cap(output: Value) -> Result<Value, Failure> {
    let bytes = output::size(&output);
    if bytes > output::MOST_BYTES {
        let message = format!(
            "the output has about {bytes} bytes, and a step may return {}; ask for less, or write it to a file",
            output::MOST_BYTES
        );
        return Err(Failure::new(FailureClass::TooLarge, message));
    }
    Ok(output)
}
