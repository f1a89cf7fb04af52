//! A commit that a hook refuses: what was to go out with it stays here, and a later try goes out.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};

use crate::limits::{git, repository, transcript};
use crate::world::World;

/// A shop with a session that edited a file, the next account, and a hook that says no.
fn refused(world: &World) {
    repository(world);
    world.expect(0, &["projects", "add", "Shop", "--folder", "."]);
    for (name, provider) in [("Claude Max", "claude_app"), ("ChatGPT Pro", "chatgpt_app")] {
        world.expect(0, &["accounts", "add", name, "--provider", provider]);
    }
    world.write("s1.jsonl", &transcript(world, "s1", 10));
    world.expect(0, &["import", "s1.jsonl"]);
    let hook = world.work.join(".git/hooks/pre-commit");
    std::fs::write(&hook, "#!/bin/sh\necho the tests fail >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(hook, std::fs::Permissions::from_mode(0o755)).unwrap();
}

fn states(world: &World) -> Vec<Value> {
    let listed = world.json(&["handoff", "list"])["items"].clone();
    let items = listed.as_array().unwrap().iter();
    items.map(|item| item["state"].clone()).collect()
}

#[test]
fn a_handoff_whose_commit_a_hook_refuses_is_not_sent_and_goes_out_without_it_or_once_it_is_mended()
{
    let world = World::new();
    refused(&world);
    let thread = world.json(&["inbox", "list"])["items"][0].clone();
    let id = thread["id"].as_str().unwrap();
    let send = ["handoff", "send", "--project", "Shop"];
    for args in [
        &[&send[..], &["--commit"]].concat()[..],
        &["inbox", "hand-over", id, "--commit"],
    ] {
        let told = world.expect(1, args);
        for part in ["nothing was handed over", "the tests fail", "--no-commit"] {
            assert!(told.err.contains(part), "{part}: {told:?}");
        }
        assert_eq!(told.out, "");
    }
    assert_eq!(states(&world), ["not_sent", "not_sent"]);
    let listed = world.json(&["handoff", "list"])["items"][0].clone();
    let tried = listed["id"].as_str().unwrap();
    let shown = world.expect(0, &["handoff", "show", tried]).err;
    assert!(shown.contains("commit   failed: "), "{shown}");
    world.expect(1, &["handoff", "claim", tried]);
    world.expect(1, &["handoff", "withdraw", tried]);
    assert!(!world.work.join("AGENTS.md").exists());
    assert_eq!(git(&world, &["rev-list", "--all", "--count"]), "1");
    assert_eq!(world.json(&["snapshot", "list"])["items"], json!([]));
    // The work waits as before.
    let waits = world.json(&["inbox", "list"])["items"].clone();
    assert_eq!(
        (waits.as_array().unwrap().len(), &waits[0]["id"]),
        (1, &thread["id"])
    );

    // A rule that commits always is asked for as well.
    world.expect(0, &["projects", "commit-rule", "Shop", "always"]);
    world.expect(1, &["inbox", "hand-over", id]);
    let sent = world.json(&["inbox", "hand-over", id, "--no-commit"]);
    assert_eq!(sent["state"], "pending");
    world.expect(0, &["handoff", "withdraw", sent["id"].as_str().unwrap()]);
    std::fs::remove_file(world.work.join(".git/hooks/pre-commit")).unwrap();
    let sent = world.json(&["inbox", "hand-over", id]);
    assert_eq!(sent["state"], "pending");
    assert_eq!(git(&world, &["rev-list", "--all", "--count"]), "2");
}
