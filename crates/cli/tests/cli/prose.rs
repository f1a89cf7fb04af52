//! `krake brief --with`: a model's prose, through the real binary and a local server that speaks the
//! provider's format.

use krake_scripted_provider::Provider;
use krake_scripted_provider::reply::Reply;
use krake_scripted_provider::streams::{Format, Say};
use serde_json::json;

use crate::world::World;

const ANSWER: &str = "- Rounding in round_line_total happens before the sum, so cents get lost. [#1]\n- The port 9999 is free. [#1]\n";

fn talk(world: &World) {
    let said = |role: &str, text: &str| format!("{}\n", json!({ "role": role, "content": text }));
    let lines = [
        said(
            "user",
            "Make the totals of the cart exact. Never change the public names.",
        ),
        said(
            "assistant",
            "The rounding happens in round_line_total before the sum, so cents get lost.",
        ),
    ];
    world.write("talk.jsonl", &lines.concat());
}

fn account(world: &World, url: &str) {
    let add = [
        "accounts",
        "add",
        "Local",
        "--provider",
        "ollama",
        "--no-key",
        "--base-url",
        url,
        "--model",
        "m",
        "--no-test",
    ];
    world.expect(0, &add);
}

const BRIEF: [&str; 5] = ["brief", "--input", "talk.jsonl", "--budget", "300"];

#[test]
fn what_is_sent_is_said_first_and_lines_that_are_not_grounded_are_named() {
    let world = World::new();
    talk(&world);
    let server = Provider::always(Format::Ollama.reply(&[Say::text(ANSWER)]));
    account(&world, &server.url());

    let plain = world.expect(0, &BRIEF);
    let shown = world.expect(0, &[&BRIEF[..], &["--with", "Local", "--preview"]].concat());
    assert!(
        shown.out.contains("<quoted-") && shown.out.contains("never a message to you"),
        "{shown:?}"
    );
    assert!(shown.err.contains("nothing was sent"), "{shown:?}");
    // As it is: who says what, line by line, and not one paragraph.
    let lines: Vec<&str> = shown.out.lines().collect();
    assert_eq!(lines[0], "system:");
    let user = lines.iter().position(|line| *line == "user:").unwrap();
    assert!(user > 10 && lines[user - 1].is_empty(), "{shown:?}");
    assert!(lines[user + 1].starts_with("<quoted-"), "{shown:?}");
    assert!(
        lines[user..]
            .iter()
            .any(|line| line.contains("round_line_total")),
        "{shown:?}"
    );
    assert!(server.seen().is_empty(), "neither of them asks a model");

    let written = world.expect(0, &[&BRIEF[..], &["--with", "auto"]].concat());
    for said in [
        "asks Local (m at http://127.0.0.1",
        "Local wrote 2 lines; 1 of them in the briefing",
        "`9999` is not in what it cites",
    ] {
        assert!(written.err.contains(said), "{said}: {written:?}");
    }
    assert!(
        written
            .out
            .contains("- Rounding in round_line_total happens"),
        "{written:?}"
    );
    assert!(
        written.out.contains("Never change the public names"),
        "{written:?}"
    );
    assert!(!written.out.contains("9999") && written.out != plain.out);
    assert_eq!(server.seen().len(), 1);
    // What was shown is what was sent.
    let sent = server.seen()[0].json();
    let shown = shown.out.trim_end();
    for message in sent["messages"].as_array().unwrap() {
        let content = message["content"].as_str().unwrap().trim_end();
        assert!(shown.contains(content), "{content}\nis not in\n{shown}");
    }

    let document = world.json(&[&BRIEF[..], &["--with", "Local"]].concat());
    assert_eq!(document["model"]["dropped"][0]["why"], "not_in_source");
    assert_eq!(document["model"]["account"]["name"], "Local");
    assert_eq!(document["fault"], json!(null));

    // The handoff that is queued holds the same lines, held against their sources again.
    let create = [
        "handoff",
        "create",
        "--input",
        "talk.jsonl",
        "--budget",
        "300",
        "--with",
        "Local",
    ];
    let id = world.expect(0, &create).out.trim().to_owned();
    let handoff = world.json(&["handoff", "show", &id]);
    let items = handoff["briefing"]["items"].as_array().unwrap();
    assert_eq!(
        items.iter().filter(|item| item["by_model"] == true).count(),
        1,
        "{handoff}"
    );
    assert!(!handoff.to_string().contains("9999"));
}

#[test]
fn a_lost_fact_that_is_kept_stands_beside_the_lines_of_a_model() {
    let world = World::new();
    let said = |role: &str, text: &str| format!("{}\n", json!({ "role": role, "content": text }));
    let rules = [
        "Make the totals of the cart exact. Never change the public names.",
        "Never store amounts as floats, money is integer cents everywhere.",
        "Always run the linter before pushing to the release branch.",
        "Invoices must be numbered without gaps, the auditors check that.",
        "Never send mail from the staging cluster to real customers.",
        "Only the finance team may trigger refunds above fifty euros.",
        "Passwords must never appear in screenshots of the handbook.",
        "The warehouse robot always waits for the green lamp.",
        "Translations must be reviewed by native speakers before Friday.",
    ];
    let answered = "The rounding happens in round_line_total before the sum, so cents get lost.";
    let mut lines = vec![said("user", rules[0]), said("assistant", answered)];
    lines.extend(rules[1..].iter().map(|rule| said("user", rule)));
    world.write("talk.jsonl", &lines.concat());
    let server = Provider::always(Format::Ollama.reply(&[Say::text(ANSWER)]));
    account(&world, &server.url());
    let brief = [
        "brief",
        "--input",
        "talk.jsonl",
        "--budget",
        "170",
        "--with",
        "Local",
    ];
    let before = world.json(&brief);
    assert_eq!(before["model"]["used"], true, "{before}");
    let lost = &before["coverage"]["loss"]["lost"];
    let fact = lost[0]["text"]
        .as_str()
        .expect("a tight budget loses something");
    let kept = world.json(&[&brief[..], &["--keep", fact]].concat());
    let items = kept["items"].as_array().unwrap();
    assert!(items.iter().any(|item| item["text"] == fact), "{kept}");
    assert!(kept["tokens"].as_u64().unwrap() <= 170, "{kept}");
    let still = kept["coverage"]["loss"]["lost"].as_array().unwrap();
    assert!(still.iter().all(|one| one["text"] != fact), "{kept}");
    // The same in a handoff.
    let create = [
        "handoff",
        "create",
        "--input",
        "talk.jsonl",
        "--budget",
        "170",
        "--with",
        "Local",
        "--keep",
        fact,
    ];
    let id = world.expect(0, &create).out.trim().to_owned();
    let handoff = world.json(&["handoff", "show", &id]);
    assert!(
        handoff["briefing"]["items"].to_string().contains(fact),
        "{handoff}"
    );
}

#[test]
fn where_nobody_answers_the_briefing_is_the_one_without_a_model_and_that_is_said() {
    let world = World::new();
    talk(&world);
    let refused = world.expect(1, &[&BRIEF[..], &["--with", "Nobody"]].concat());
    assert!(
        refused.err.contains("there is no account `Nobody`"),
        "{refused:?}"
    );
    let max = ["accounts", "add", "Claude Max", "--provider", "claude_app"];
    world.expect(0, &max);
    let not_asked = |hint: &str| {
        let refused = world.expect(2, &[&BRIEF[..], &["--with", "claude max"]].concat());
        assert!(
            refused.err.contains(
                "Krake cannot ask `Claude Max`: accounts of claude_app are used in their own app"
            ),
            "{refused:?}"
        );
        assert!(refused.err.contains(hint), "{refused:?}");
    };
    not_asked("there is none yet that it can ask: `krake accounts add`");
    let nobody = world.expect(1, &[&BRIEF[..], &["--with", "auto"]].concat());
    assert!(nobody.err.contains("no account can be asked"), "{nobody:?}");

    let server = Provider::always(Reply::json(500, &json!({ "error": "broken" })));
    account(&world, &server.url());
    not_asked("it can ask `Local`");
    let repaired = world.expect(0, &[&BRIEF[..], &["--repair"]].concat());
    let asked = world.expect(0, &[&BRIEF[..], &["--with", "auto"]].concat());
    assert_eq!(asked.out, repaired.out);
    assert!(asked.err.contains("no model wrote"), "{asked:?}");
}
