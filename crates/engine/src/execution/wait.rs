use krake_domain::tool::{EffectClass, ToolSpec};
use serde_json::json;

/// The definition of `wait`: a timer of the engine itself, so it needs no hand and survives a crash.
#[must_use]
pub fn wait_spec() -> ToolSpec {
    ToolSpec {
        name: "wait".to_owned(),
        description:
            "Wait for a number of milliseconds; the time goes on while Krake is not running."
                .to_owned(),
        args_schema: json!({
            "type": "object",
            "properties": { "ms": { "type": "integer", "minimum": 0, "maximum": 31_536_000_000_u64, "description": "Milliseconds to wait." } },
            "required": ["ms"],
            "additionalProperties": false,
        }),
        output_schema: json!({ "type": "object", "additionalProperties": false }),
        class: EffectClass::Pure,
        asks: false,
        untrusted_output: false,
        timeout_ms: u64::MAX,
    }
}
