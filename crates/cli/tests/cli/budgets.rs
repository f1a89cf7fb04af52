//! Budgets and what they refused, and accounts that are changed, by the real binary.

use krake_scripted_provider::Provider;
use krake_scripted_provider::streams::{Format, Say};
use serde_json::{Value, json};

use crate::world::World;

fn listed(world: &World) -> Vec<Value> {
    let page = world.json(&["budgets", "list"]);
    page["items"].as_array().unwrap().clone()
}

#[test]
fn a_budget_is_changed_counts_by_name_and_shows_what_it_refused() {
    let world = World::new();
    let server = Provider::always(Format::OpenAi.reply(&[Say::text("nothing fits")]));
    world.expect(0, &["projects", "add", "Shop", "--folder", "."]);
    let url = server.url();
    let gateway = [
        "accounts",
        "add",
        "Gateway",
        "--provider",
        "openai_compatible",
        "--base-url",
        &url,
        "--model",
        "m",
        "--no-key",
        "--no-test",
    ];
    world.expect(0, &gateway);
    let id = world
        .expect(0, &["budgets", "add", "5"])
        .out
        .trim()
        .to_owned();
    // Only an owner asks accounts, because a call is written down first.
    let mut serve = world.command(&["--json", "serve", "--port", "0"]);
    serve.env_remove("KRAKE_PLANNER");
    let _owner = world.serve_as(serve);
    // What costs nobody knows what is not asked, and a person finds out why.
    world.expect(1, &["plan", "bake me a cake"]);
    assert_eq!(server.seen().len(), 0);
    let refused = world.json(&["budgets", "refused"])["items"].clone();
    assert_eq!(refused.as_array().unwrap().len(), 1, "{refused}");
    let call = &refused[0];
    assert_eq!(
        (&call["reason"], &call["account"], &call["purpose"]),
        (
            &json!("price_unknown"),
            &json!("Gateway"),
            &json!("planner")
        )
    );
    let text = world.expect(0, &["budgets", "refused", &id]).out;
    assert!(text.contains("the price of m is not known"), "{text}");
    assert_eq!(listed(&world)[0]["refused"]["id"], call["id"]);

    // The same budget in tokens: what was spent counts, what is left is said.
    let change = [
        "budgets", "change", &id, "--unit", "tokens", "--cap", "100000",
    ];
    assert!(world.expect(0, &change).out.contains("100000 tokens"));
    world.expect(1, &["plan", "bake me a cake"]);
    let asked = server.seen().len();
    assert!(asked > 0);
    let budget = listed(&world)[0].clone();
    let amount = |name: &str| budget[name].as_str().unwrap().parse::<u64>().unwrap();
    assert!(amount("spent") > 0);
    assert_eq!(amount("spent") + amount("left"), 100_000);
    assert_eq!(budget["reserved"], "0");
    assert!(
        budget["starts_anew"]
            .as_str()
            .unwrap()
            .ends_with("T00:00:00.000Z")
    );
    // Less than a call can cost, and then less than is spent: the first is refused when it is
    // reserved, the second before anybody is chosen.
    let least = (amount("spent") + 1).to_string();
    world.expect(0, &["budgets", "change", &id, "--cap", &least]);
    world.expect(1, &["plan", "bake me a cake"]);
    world.expect(0, &["budgets", "change", &id, "--cap", "1"]);
    world.expect(1, &["plan", "bake me a cake"]);
    assert_eq!(server.seen().len(), asked, "a refused call is not sent");
    let refused = world.json(&["budgets", "refused"])["items"].clone();
    let wanted: Vec<bool> = refused
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["wanted"].is_string())
        .collect();
    assert_eq!(wanted, [false, true, false], "{refused}");

    world.expect(
        0,
        &[
            "budgets",
            "change",
            &id,
            "--project",
            "Shop",
            "--per",
            "month",
        ],
    );
    let budget = &listed(&world)[0];
    assert_eq!(
        (&budget["name"], &budget["period"]),
        (&json!("Shop"), &json!("month"))
    );
    world.expect(1, &["budgets", "change", &id, "--project", "Nowhere"]);
    world.expect(2, &["budgets", "change", &id, "--cap", "0"]);
    world.expect(
        2,
        &["budgets", "change", &id, "--project", "Shop", "--each-run"],
    );
    world.expect(0, &["budgets", "remove", &id]);
    world.expect(1, &["budgets", "change", &id, "--cap", "2"]);
    // What it refused stays, so that nobody wonders.
    assert_eq!(world.json(&["budgets", "refused"])["items"], refused);
}

#[test]
fn what_is_known_of_an_account_is_changed_and_taken_away() {
    let world = World::new();
    world.expect(
        0,
        &[
            "accounts",
            "add",
            "Max",
            "--provider",
            "claude_app",
            "--plan",
            "Pro",
        ],
    );
    let change = [
        "accounts",
        "change",
        "Max",
        "--name",
        "Claude Max",
        "--plan",
        "",
        "--tag",
        "code",
        "--tag",
        "law",
        "--status",
        "paused",
    ];
    world.expect(0, &change);
    let shown = world.json(&["accounts", "show", "Claude Max"]);
    assert_eq!(
        (&shown["plan"], &shown["status"]),
        (&Value::Null, &json!("paused"))
    );
    assert_eq!(shown["tags"], json!(["code", "law"]));
    world.expect(0, &["accounts", "change", "Claude Max", "--no-tags"]);
    assert_eq!(
        world.json(&["accounts", "show", "Claude Max"])["tags"],
        json!([])
    );
    world.expect(2, &["accounts", "change", "Claude Max"]);
    world.expect(1, &["accounts", "change", "Nobody", "--plan", "Pro"]);
    world.expect(0, &["accounts", "add", "Two", "--provider", "claude_app"]);
    let taken = world.expect(1, &["accounts", "change", "Two", "--name", "Claude Max"]);
    assert!(taken.err.contains("field `name`"), "{taken:?}");
}

#[test]
fn a_price_that_a_person_says_lets_a_budget_in_money_count_an_account_at_an_own_address() {
    let world = World::new();
    let server = Provider::always(Format::OpenAi.reply(&[Say::text("nothing fits")]));
    let url = server.url();
    let gateway = [
        "accounts",
        "add",
        "Own box",
        "--provider",
        "openai_compatible",
        "--base-url",
        &url,
        "--model",
        "m",
        "--no-key",
        "--no-test",
    ];
    world.expect(0, &gateway);
    world.expect(0, &["budgets", "add", "5"]);
    let unknown = world.expect(0, &["accounts", "price", "Own box"]).out;
    assert!(unknown.contains("not known"), "{unknown}");
    assert_eq!(
        world.json(&["accounts", "show", "Own box"])["price"],
        Value::Null
    );
    let mut serve = world.command(&["--json", "serve", "--port", "0"]);
    serve.env_remove("KRAKE_PLANNER");
    let _owner = world.serve_as(serve);
    let refused = world.expect(1, &["plan", "bake me a cake"]);
    assert!(refused.err.contains("krake accounts price"), "{refused:?}");
    assert_eq!(server.seen().len(), 0);

    // Of another model: that of this one stays unknown.
    let say = |input: &str, output: &str, more: &[&str]| {
        let args = [
            "accounts", "price", "Own box", "--input", input, "--output", output,
        ];
        world.expect(0, &[&args, more].concat()).out
    };
    say("7", "7", &["--model", "other"]);
    world.expect(1, &["plan", "bake me a cake"]);
    assert_eq!(server.seen().len(), 0);
    let said = say("0.5", "1.5", &["--model", "m"]);
    assert!(
        said.contains("0.5 in, 1.5 out, USD for a million tokens of m (set by hand, "),
        "{said}"
    );
    world.expect(1, &["plan", "bake me a cake"]);
    assert!(
        !server.seen().is_empty(),
        "its calls are counted, and so they are made"
    );
    let spent = || {
        let budget = listed(&world)[0].clone();
        budget["spent"].as_str().unwrap().parse::<f64>().unwrap()
    };
    let paid = spent();
    assert!(paid > 0.0);
    let shown = world.json(&["accounts", "show", "Own box"]);
    assert_eq!(shown["price"]["source"], "by_hand");
    assert_eq!(shown["prices"].as_array().unwrap().len(), 2, "{shown}");
    assert!(shown["price"]["since"].is_string(), "{shown}");

    // On hardware of one's own a call costs nothing, and that is known; what was paid stays paid.
    say("0", "0", &["--model", "m"]);
    let asked = server.seen().len();
    world.expect(1, &["plan", "bake me a cake"]);
    assert!(server.seen().len() > asked);
    assert_eq!(spent(), paid);
    // What is forgotten is unknown again, and not 0.
    world.expect(
        0,
        &["accounts", "price", "Own box", "--model", "m", "--forget"],
    );
    let asked = server.seen().len();
    world.expect(1, &["plan", "bake me a cake"]);
    assert_eq!(server.seen().len(), asked);
    world.expect(
        1,
        &["accounts", "price", "Own box", "--model", "m", "--forget"],
    );

    for wrong in [
        &["--input", "-1", "--output", "0"][..],
        &["--input", "1"],
        &["--input", "x", "--output", "0"],
        &["--input", "1", "--output", "1", "--forget"],
    ] {
        let args = ["accounts", "price", "Own box"];
        world.expect(2, &[&args, wrong].concat());
    }
    world.expect(0, &["accounts", "add", "Max", "--provider", "claude_app"]);
    let app = ["accounts", "price", "Max", "--input", "0", "--output", "0"];
    world.expect(2, &app);
}
