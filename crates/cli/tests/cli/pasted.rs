//! A key that was pasted into a field for words: refused in a name, replaced in a text, kept nowhere.

use std::fs;

use crate::world::World;

/// Put together here, so that no scanner takes this file for a leak.
fn token() -> String {
    format!("ghp_{}", "Q7fK2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi")
}

#[test]
fn a_key_in_a_name_is_refused_with_the_field_and_its_kind() {
    let (world, token) = (World::new(), token());
    world.expect(0, &["projects", "add", "shop"]);
    let about = format!("use {token}");
    for (field, args) in [
        ("name", vec!["projects", "add", &token]),
        (
            "objectives",
            vec!["projects", "add", "two", "--objective", &about],
        ),
        ("title", vec!["knowledge", "add", &token, "a text"]),
        (
            "category",
            vec!["knowledge", "add", "Title", "a text", "--category", &token],
        ),
        ("name", vec!["snapshot", "create", "--name", &token]),
        (
            "goal",
            vec!["handoff", "create", "--project", "shop", "--goal", &about],
        ),
        (
            "title",
            vec!["sessions", "start", "--project", "shop", "--title", &token],
        ),
        ("goal", vec!["brief", "--project", "shop", "--goal", &about]),
    ] {
        let refused = world.expect(2, &args);
        let said = format!("field `{field}`: this looks like a GitHub token, and was kept nowhere");
        assert!(refused.err.contains(&said), "{args:?}: {refused:?}");
        assert!(!refused.err.contains(&token), "{args:?}: {refused:?}");
    }
    assert!(!world.keeps(&token));
    let projects = world.json(&["projects", "list"]);
    assert_eq!(projects["items"].as_array().unwrap().len(), 1, "{projects}");
}

#[test]
fn a_key_in_a_text_that_is_kept_is_replaced_and_told_and_goes_into_no_file() {
    let (world, token) = (World::new(), token());
    let text = format!("Deploy with {token}, twice.");
    let added = world.expect(0, &["knowledge", "add", "Deploy", &text]);
    let said = "secrets replaced by tokens: 1 github token";
    assert!(added.err.contains(said), "{added:?}");
    let id = added.out.trim();
    let other = format!("Deploy with {token} and PASSWORD=Rv7#kLm2x.");
    let corrected = world.json(&["knowledge", "supersede", id, &other]);
    assert_eq!(corrected["redactions"]["github_token"], 1, "{corrected}");
    assert_eq!(corrected["redactions"]["password"], 1, "{corrected}");
    let file = world.work.join("AGENTS.md");
    world.expect(0, &["knowledge", "write", file.to_str().unwrap()]);
    let written = fs::read_to_string(&file).unwrap();
    assert!(
        written.contains("(secret:github\\_token:") || written.contains("secret:github_token:"),
        "{written}"
    );
    assert!(
        !written.contains(&token) && !written.contains("Rv7#kLm2x"),
        "{written}"
    );

    world.write(
        "chat.txt",
        &format!("We called it with {token}.\n\nThen it worked.\n"),
    );
    let made = world.json(&[
        "handoff", "create", "--input", "chat.txt", "--goal", "go on",
    ]);
    assert_eq!(made["redactions"]["github_token"], 1, "{made}");
    let id = made["id"].as_str().unwrap();
    world.expect(0, &["handoff", "claim", id]);
    let done = world.expect(0, &["handoff", "done", id, "--note", &text]);
    assert!(done.err.contains(said), "{done:?}");
    assert!(!world.keeps(&token));
}
