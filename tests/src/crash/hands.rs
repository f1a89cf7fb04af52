use std::sync::Arc;

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_domain::tool::{Assessment, EffectClass, Finding, ToolSpec};
use krake_tools::tool::{Call, Pending, Tool};
use serde_json::{Value, json};

use super::ledger::tell;

/// A hand of one effect class that enters its call in the ledger.
pub struct Hand {
    spec: ToolSpec,
    ledger: u16,
    /// Sabotage: a new key for each sending.
    forgets_keys: bool,
}

/// One hand for each class.
pub fn all(ledger: u16, forgets_keys: bool) -> Vec<Arc<dyn Tool>> {
    let classes = [
        ("ledger.read", EffectClass::Read),
        ("ledger.keyed", EffectClass::Keyed),
        ("ledger.check", EffectClass::Checkable),
        ("ledger.unsafe", EffectClass::Unsafe),
    ];
    let hand = |(name, class): (&str, EffectClass)| -> Arc<dyn Tool> {
        let spec = ToolSpec {
            name: name.to_owned(),
            description: "Enter a line in the ledger.".to_owned(),
            args_schema: json!({ "type": "object", "properties": { "name": { "type": "string" } }, "required": ["name"], "additionalProperties": false }),
            output_schema: json!({ "type": "object", "properties": { "name": { "type": "string" } } }),
            class,
            asks: false,
            untrusted_output: false,
            timeout_ms: 10_000,
        };
        Arc::new(Hand {
            spec,
            ledger,
            forgets_keys,
        })
    };
    classes.into_iter().map(hand).collect()
}

impl Tool for Hand {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async move {
            let name = args["name"].as_str().unwrap_or_default();
            Ok(Assessment {
                class: self.spec.class,
                target: name.to_owned(),
                summary: format!("enter {name}"),
                reversible: true,
                writes_under: None,
                reaches: None,
                target_state: Some(Hash::of(b"absent")),
                diff: None,
            })
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async move {
            let name = call.args["name"].as_str().unwrap_or_default();
            let key = if self.forgets_keys {
                format!("{:?}", std::time::Instant::now()).replace(' ', "")
            } else {
                call.key.clone()
            };
            tell(self.ledger, &format!("do {name} {key}"))
                .await
                .map_err(|error| Failure::new(FailureClass::UnknownOutcome, error.to_string()))?;
            Ok(json!({ "name": name }))
        })
    }

    fn look<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Finding, Failure>> {
        Box::pin(async move {
            let name = call.args["name"].as_str().unwrap_or_default();
            let count = tell(self.ledger, &format!("ask {name}"))
                .await
                .map_err(|error| Failure::new(FailureClass::Unavailable, error.to_string()))?;
            Ok(if count > 0 {
                Finding::Happened {
                    output: json!({ "name": name }),
                }
            } else {
                Finding::NotHappened
            })
        })
    }
}
