//! What briefings saved where there was nothing to save.

use serde_json::json;

use crate::world::World;

#[test]
fn a_briefing_that_is_longer_than_its_history_saved_nothing() {
    let world = World::new();
    world.write(
        "short.json",
        "[{ \"role\": \"user\", \"content\": \"Go.\" }]",
    );
    let made = world.json(&["handoff", "create", "--input", "short.json"]);
    let (history, briefing) = (
        made["history_tokens"].as_u64().unwrap(),
        made["tokens"].as_u64().unwrap(),
    );
    assert!(briefing >= history, "{made}");
    world.expect(0, &["accounts", "add", "Max", "--provider", "claude_app"]);
    let id = made["id"].as_str().unwrap();
    world.expect(0, &["handoff", "claim", id, "--by", "Max"]);
    let saved = world.json(&["insights", "saved"]);
    assert_eq!(
        (&saved["handoffs"], &saved["longer"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&saved["minutes"], &saved["tokens"]),
        (&json!(0.0), &json!(0))
    );
    assert_eq!(
        (&saved["usd"], &saved["credits"]),
        (&json!("0"), &json!(0.0))
    );
    let text = world.expect(0, &["insights", "saved"]).out;
    assert!(text.contains("1 handoff saved nothing"), "{text}");
    assert!(text.contains("\n0 minutes"), "{text}");
}
