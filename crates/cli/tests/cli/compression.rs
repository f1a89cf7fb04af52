//! `krake compression`: rules about what briefings keep, as they are typed and as the window has them.

use serde_json::{Value, json};

use crate::world::World;

/// A project with a session of two lines that a rule can tell apart.
fn shop(world: &World) {
    world.expect(0, &["projects", "add", "shop"]);
    world.expect(0, &["projects", "add", "blog"]);
    let said = |role: &str, text: &str| format!("{}\n", json!({ "role": role, "content": text }));
    let lines = [
        said("user", "Make the totals of the cart exact."),
        said(
            "assistant",
            "The rounding happens in round_line_total before the sum, so cents get lost.",
        ),
        said(
            "assistant",
            "The coupon table in src/legacy/coupons.rs has 4,711 rows and a typo.",
        ),
    ];
    world.write("talk.jsonl", &lines.concat());
    world.expect(0, &["import", "talk.jsonl", "--project", "shop"]);
}

fn brief(world: &World) -> String {
    world
        .expect(0, &["brief", "--project", "shop", "--budget", "500"])
        .out
}

#[test]
fn a_rule_that_is_typed_holds_in_briefings_until_it_is_taken_away() {
    let world = World::new();
    shop(&world);
    assert!(brief(&world).contains("coupons.rs"));
    let add = |args: &[&str]| {
        let added = world.expect(0, &[&["compression", "add"], args].concat());
        added.out.trim().to_owned()
    };
    let folder = add(&["--never", "src/legacy", "--by", "file", "--project", "shop"]);
    let ruled = brief(&world);
    assert!(
        !ruled.contains("coupons.rs") && ruled.contains("round_line_total"),
        "{ruled}"
    );
    let kept = add(&["--keep", "CENTS GET LOST"]);
    let document = world.json(&["brief", "--project", "shop", "--budget", "500"]);
    let items = document["items"].as_array().unwrap();
    assert!(
        items
            .iter()
            .any(|item| item["kind"] == "kept" && item["text"].to_string().contains("cents")),
        "{document}"
    );
    let section = add(&["--never", "error", "--by", "section", "--project", "blog"]);

    let listed = world.expect(0, &["compression", "list"]).out;
    for (id, words) in [
        (&folder, "never   shop          file src/legacy"),
        (&kept, "keep    all projects  text CENTS GET LOST"),
        (&section, "never   blog          section error"),
    ] {
        let line = listed.lines().find(|line| line.starts_with(id.as_str()));
        assert!(line.is_some_and(|line| line.ends_with(words)), "{listed}");
    }
    let of_shop = world.json(&["compression", "list", "--project", "shop"]);
    let ids: Vec<&Value> = of_shop["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rule| &rule["id"])
        .collect();
    assert_eq!(ids, [&json!(folder), &json!(kept)]);

    world.expect(0, &["compression", "remove", &folder]);
    assert!(brief(&world).contains("coupons.rs"));
    let again = world.expect(1, &["compression", "remove", &folder]);
    assert!(
        again.err.contains("there is no compression rule"),
        "{again:?}"
    );
}

#[test]
fn a_rule_that_cannot_hold_is_refused() {
    let world = World::new();
    shop(&world);
    let nowhere = ["compression", "add", "--keep", "x", "--project", "nowhere"];
    let refused = world.expect(1, &nowhere);
    assert!(
        refused.err.contains("there is no project `nowhere`"),
        "{refused:?}"
    );
    for wrong in [
        &["compression", "add"][..],
        &["compression", "add", "--keep", "a", "--never", "b"],
        &["compression", "add", "--keep", " "],
        &["compression", "add", "--never", "poem", "--by", "section"],
    ] {
        world.expect(2, wrong);
    }
    assert_eq!(
        world.expect(0, &["compression", "list"]).out.trim(),
        "no rules"
    );
}

/// The window reads the rules from the running core by the same command.
#[test]
fn a_rule_that_is_typed_beside_a_running_core_is_the_one_that_its_window_has() {
    let world = World::new();
    shop(&world);
    let served = world.serve();
    let add = ["compression", "add", "--keep", "cents", "--project", "shop"];
    let id = world.expect(0, &add).out.trim().to_owned();
    let address = served.said["open"].as_str().unwrap();
    let (origin, token) = address.split_once("/#token=").unwrap();
    let rules = crate::web::get(origin, "/api/compression-rules", token);
    assert_eq!(rules["items"][0]["id"], id.as_str(), "{rules}");
    assert_eq!(
        rules["items"][0]["subject"],
        json!({ "by": "pattern", "text": "cents" })
    );
}
