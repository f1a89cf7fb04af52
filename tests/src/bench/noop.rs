use std::sync::Arc;

use krake_domain::failure::Failure;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_tools::tool::{Call, Pending, Tool, harmless};
use serde_json::{Value, json};

/// A step that does nothing and returns a small JSON, so that only the engine is timed.
pub struct Noop(ToolSpec);

impl Noop {
    /// The tool as `bench.noop`.
    #[must_use]
    pub fn tool() -> Arc<dyn Tool> {
        Arc::new(Self(ToolSpec {
            name: "bench.noop".to_owned(),
            description: "Do nothing and return a small JSON.".to_owned(),
            args_schema: json!({ "type": "object" }),
            output_schema: json!({ "type": "object" }),
            class: EffectClass::Pure,
            asks: false,
            untrusted_output: false,
            timeout_ms: 10_000,
        }))
    }
}

impl Tool for Noop {
    fn spec(&self) -> &ToolSpec {
        &self.0
    }

    fn assess<'a>(&'a self, _: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async { Ok(harmless(EffectClass::Pure, "nothing", "do nothing")) })
    }

    fn run<'a>(&'a self, _: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async { Ok(json!({ "ok": true, "value": 42 })) })
    }
}
