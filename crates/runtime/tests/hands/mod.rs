//! Hands of every bad habit.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_tools::tool::{Call, Pending, Tool};
use serde_json::{Value, json};
use tokio::sync::Semaphore;

static TOLD: Semaphore = Semaphore::const_new(0);
static COUNT: AtomicUsize = AtomicUsize::new(0);

#[derive(Clone, Copy)]
pub enum Behaviour {
    UntilTold,
    Deaf,
    Panics,
    Floods,
    Silent,
    Counts,
    Slow,
    Talks,
}

pub struct Hand(ToolSpec, Behaviour);

impl Hand {
    pub fn all() -> Vec<Arc<dyn Tool>> {
        let hands = [
            ("hand.until_told", Behaviour::UntilTold, EffectClass::Read),
            ("hand.deaf", Behaviour::Deaf, EffectClass::Keyed),
            ("hand.panics", Behaviour::Panics, EffectClass::Read),
            ("hand.floods", Behaviour::Floods, EffectClass::Read),
            ("hand.silent", Behaviour::Silent, EffectClass::Read),
            ("hand.counts", Behaviour::Counts, EffectClass::Unsafe),
            ("hand.slow", Behaviour::Slow, EffectClass::Read),
            ("hand.talks", Behaviour::Talks, EffectClass::Read),
        ];
        let hand = |(name, behaviour, class): (&str, Behaviour, EffectClass)| -> Arc<dyn Tool> {
            let spec = ToolSpec {
                name: name.to_owned(),
                description: String::new(),
                args_schema: json!({ "type": "object" }),
                output_schema: json!({}),
                class,
                asks: false,
                untrusted_output: false,
                timeout_ms: 60_000,
            };
            Arc::new(Self(spec, behaviour))
        };
        hands.into_iter().map(hand).collect()
    }

    /// Lets one `hand.until_told` go on.
    pub fn tell() {
        TOLD.add_permits(1);
    }

    /// How often `hand.counts` was really done.
    pub fn count() -> usize {
        COUNT.load(Ordering::SeqCst)
    }
}

impl Tool for Hand {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    fn assess<'a>(&'a self, _: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            Ok(Assessment {
                class: self.0.class,
                target: "t".to_owned(),
                summary: "do it".to_owned(),
                reversible: true,
                writes_under: None,
                reaches: None,
                target_state: None,
                diff: None,
            })
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async move {
            match self.1 {
                Behaviour::UntilTold => TOLD
                    .acquire()
                    .await
                    .map_err(|_| Failure::new(FailureClass::Internal, "closed"))?
                    .forget(),
                Behaviour::Deaf => std::future::pending().await,
                Behaviour::Panics => panic!("a bad day"),
                Behaviour::Floods => return Ok(json!({ "text": "x".repeat(9 << 20) })),
                Behaviour::Silent => call.cancel.cancelled().await,
                Behaviour::Counts => {
                    COUNT.fetch_add(1, Ordering::SeqCst);
                }
                Behaviour::Slow => tokio::time::sleep(Duration::from_millis(300)).await,
                Behaviour::Talks => {
                    call.workbench.log("first line");
                    call.workbench.log("second\nline");
                    return Ok(json!({}));
                }
            }
            if call.cancel.is_cancelled() {
                Err(Failure::new(FailureClass::Cancelled, "cancelled"))
            } else {
                Ok(json!({}))
            }
        })
    }
}

/// Waits until a condition holds.
pub async fn until<F: Future<Output = bool>>(mut holds: impl FnMut() -> F) {
    let wait = async {
        while !holds().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait)
        .await
        .expect("the condition holds in time");
}
