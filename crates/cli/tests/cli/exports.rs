//! `krake brief` and `krake handoff create` of what `krake import` takes: the archive of an export, and
//! one of its conversations.

use std::io::Cursor;

use krake_edge::archive_write::ArchiveWriter;
use serde_json::{Value, json};

use crate::world::{World, ended};

/// An export as the service packs it.
fn export(world: &World, name: &str, conversations: &Value) {
    let mut archive = ArchiveWriter::new(Cursor::new(Vec::new()));
    for (name, text) in [
        ("users.json", "[]".to_owned()),
        ("picture.png", "no text".to_owned()),
        ("conversations.json", conversations.to_string()),
    ] {
        archive.begin(name).unwrap();
        archive.write(text.as_bytes()).unwrap();
        archive.end().unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    std::fs::write(world.work.join(name), bytes).unwrap();
}

fn claude_ai(title: &str, day: u32, request: &str) -> Value {
    let at = format!("2026-03-{day:02}T10:00:00Z");
    let said = |id: &str, sender: &str, text: &str| {
        json!({
            "uuid": format!("{title}-{id}"), "sender": sender, "text": text, "created_at": at,
        })
    };
    json!({
        "uuid": title, "name": title, "created_at": at,
        "chat_messages": [said("a", "human", request), said("b", "assistant", "Done.")],
    })
}

fn chatgpt(title: &str, at: u32, request: &str) -> Value {
    let node = |id: &str, parent: Option<&str>, children: &[&str], message: Value| json!({ "id": id, "parent": parent, "children": children, "message": message });
    let said = |id: &str, role: &str, text: &str| {
        json!({
            "id": id, "author": { "role": role }, "create_time": at,
            "content": { "content_type": "text", "parts": [text] },
        })
    };
    json!({
        "title": title, "conversation_id": title, "create_time": at, "current_node": "b",
        "mapping": {
            "root": node("root", None, &["a"], Value::Null),
            "a": node("a", Some("root"), &["b"], said("a", "user", request)),
            "b": node("b", Some("a"), &[], said("b", "assistant", "Done.")),
        },
    })
}

#[test]
fn an_export_is_briefed_by_its_newest_conversation_or_the_one_that_is_named() {
    let world = World::new();
    let (cart, tax, post) = (
        "Never round the totals of the cart.",
        "Compute the tax of each line.",
        "Write a post about whales.",
    );
    let of_claude = json!([
        claude_ai("Cart", 2, cart),
        claude_ai("A post", 9, post),
        claude_ai("Tax", 5, tax),
    ]);
    let of_chatgpt = json!([
        chatgpt("Cart", 1_772_445_600, cart),
        chatgpt("A post", 1_773_050_400, post),
        chatgpt("Tax", 1_772_704_800, tax),
    ]);
    for (name, conversations) in [("claude.zip", of_claude), ("chatgpt.zip", of_chatgpt)] {
        export(&world, name, &conversations);
        world.write("conversations.json", &conversations.to_string());
        for file in [name, "conversations.json"] {
            let brief = |session: &[&str]| {
                world.expect(0, &[&["brief", "--input", file][..], session].concat())
            };
            let newest = brief(&[]);
            assert!(newest.out.contains(post), "{newest:?}");
            for other in [cart, tax] {
                assert!(!newest.out.contains(other), "{newest:?}");
            }
            let said = "3 conversations; this is the newest, `A post` of 2026-03-09; --session 2";
            assert!(newest.err.contains(said), "{newest:?}");
            for (session, wanted) in [("2", tax), ("cart", cart), ("post", post)] {
                let one = brief(&["--session", session]);
                assert!(one.out.contains(wanted), "{one:?}");
                assert!(!one.err.contains("conversations"), "{one:?}");
            }
        }
        let input = ["brief", "--input", name, "--session"];
        let none = world.expect(2, &[&input[..], &["whale"]].concat());
        for part in ["called like `whale`", "1 `A post`", "2 `Tax`", "3 `Cart`"] {
            assert!(none.err.contains(part), "{part}: {none:?}");
        }
        let several = world.expect(2, &[&input[..], &["a"]].concat());
        assert!(several.err.contains("several conversations"), "{several:?}");
    }
    let stored = world.json(&["import", "claude.zip"])["sessions"].clone();
    let stored = stored.as_array().unwrap().iter();
    let tax_id = stored
        .clone()
        .find(|session| session["title"] == "Tax")
        .unwrap();
    let one = world.expect(0, &["brief", "--session", tax_id["id"].as_str().unwrap()]);
    assert!(one.out.contains(tax) && !one.out.contains(cart), "{one:?}");

    world.write("note.zip", "PK\u{3}\u{4} and no more");
    let broken = world.expect(2, &["brief", "--input", "note.zip"]);
    assert!(broken.err.contains("no readable ZIP archive"), "{broken:?}");
    export(&world, "empty.zip", &json!([]));
    let empty = world.expect(2, &["brief", "--input", "empty.zip"]);
    assert!(empty.err.contains("no transcript"), "{empty:?}");
}

#[test]
fn an_export_is_handed_over_by_its_newest_conversation_or_the_one_that_is_named() {
    let world = World::new();
    let (tax, post) = (
        "Compute the tax of each line.",
        "Write a post about whales.",
    );
    let conversations = json!([claude_ai("A post", 9, post), claude_ai("Tax", 5, tax)]);
    export(&world, "claude.zip", &conversations);
    let create = ["handoff", "create", "--input", "claude.zip"];
    for (session, wanted, other) in [(&[][..], post, tax), (&["--session", "tax"], tax, post)] {
        let made = world.expect(0, &[&create[..], session].concat());
        assert_eq!(
            made.err
                .contains("2 conversations; this is the newest, `A post`"),
            session.is_empty(),
            "{made:?}"
        );
        let briefing = world.expect(0, &["handoff", "show", made.out.trim()]).out;
        assert!(
            briefing.contains(wanted) && !briefing.contains(other),
            "{briefing}"
        );
    }
    let mut piped = world.command(&["handoff", "create", "--input", "-"]);
    piped.stdin(std::fs::File::open(world.work.join("claude.zip")).unwrap());
    let piped = ended(piped.spawn().unwrap());
    assert_eq!(piped.code, Some(0), "{piped:?}");

    let none = world.expect(2, &[&create[..], &["--session", "whale"]].concat());
    assert!(none.err.contains("called like `whale`"), "{none:?}");
    world.write("note.zip", "PK\u{3}\u{4} and no more");
    let broken = world.expect(2, &["handoff", "create", "--input", "note.zip"]);
    assert!(broken.err.contains("no readable ZIP archive"), "{broken:?}");
    assert_eq!(
        world.json(&["handoff", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
}
