//! The tools of the tests: one for each effect class, and two that ask.

use std::sync::{Arc, LazyLock};

use krake_domain::tool::{Catalog, EffectClass, ToolSpec};
use serde_json::json;

use super::{Schemas, ask_user_spec, wait_spec};

/// Compiled once: every story has the same tools.
pub static SCHEMAS: LazyLock<Arc<Schemas>> = LazyLock::new(|| Arc::new(Schemas::new(&catalog())));

pub fn catalog() -> Catalog {
    let classes = [
        ("t.pure", EffectClass::Pure),
        ("t.read", EffectClass::Read),
        ("t.keyed", EffectClass::Keyed),
        ("t.check", EffectClass::Checkable),
        ("t.unsafe", EffectClass::Unsafe),
        ("t.asks", EffectClass::Checkable),
        ("t.strict", EffectClass::Checkable),
    ];
    let specs = classes.map(|(name, class)| ToolSpec {
        name: name.to_owned(),
        description: "A hand of the tests.".to_owned(),
        args_schema: if name == "t.strict" {
            json!({ "type": "object", "properties": { "to": { "type": "string" } }, "additionalProperties": false })
        } else {
            json!({ "type": "object" })
        },
        output_schema: json!({}),
        class,
        asks: matches!(name, "t.asks" | "t.strict"),
        untrusted_output: class == EffectClass::Read,
        timeout_ms: 1_000,
    });
    Catalog::new(
        specs.into_iter().chain([wait_spec(), ask_user_spec()]),
        &["shell.run"],
    )
}
