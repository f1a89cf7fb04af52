//! Handing work over: the queue and the snapshots, through the real binary.

use serde_json::json;

use crate::world::World;

fn chat(world: &World) {
    let lines: String = (0..60)
        .map(|number| {
            let (role, text) = match number {
                0 => (
                    "user",
                    "Make the totals of the cart exact in src/cart.rs.".to_owned(),
                ),
                58 => (
                    "user",
                    "Never change the public names of the cart.".to_owned(),
                ),
                _ => (
                    "assistant",
                    format!(
                        "Part {number} keeps shop_value_{number} because the page asks for it."
                    ),
                ),
            };
            let said = json!({ "id": number.to_string(), "role": role, "content": text });
            format!("{said}\n")
        })
        .collect();
    world.write("chat.jsonl", &lines);
}

#[test]
fn a_handoff_waits_is_claimed_by_one_and_ends() {
    let world = World::new();
    chat(&world);
    for name in ["A", "B"] {
        world.expect(0, &["accounts", "add", name, "--provider", "claude_app"]);
    }
    let accounts = world.json(&["accounts", "list"]);
    let b = &accounts["items"][1]["id"];
    let create = [
        "handoff",
        "create",
        "--input",
        "chat.jsonl",
        "--from",
        "A",
        "--to",
        "B",
        "--budget",
        "600",
        "--goal",
        "Finish the totals",
    ];
    let made = world.expect(0, &create);
    let id = made.out.trim().to_owned();
    assert!(
        id.starts_with("hnd_") && made.err.contains("must not be lost"),
        "{made:?}"
    );

    let listed = world.json(&["handoff", "list", "--state", "pending"]);
    assert_eq!(listed["items"][0]["id"], id);
    assert_eq!(listed["items"][0]["to_account_id"], *b);
    assert!(listed["items"][0]["score"].as_f64().unwrap() > 0.5);

    world.expect(1, &["handoff", "done", &id]);
    let claimed = world.expect(0, &["handoff", "claim", &id]);
    assert!(
        claimed
            .out
            .contains("Never change the public names of the cart. [#58]"),
        "{claimed:?}"
    );
    let again = world.expect(1, &["handoff", "claim", &id, "--by", "A"]);
    assert!(again.err.contains("claimed already"), "{again:?}");
    world.expect(0, &["handoff", "done", &id, "--note", "exact now"]);
    let done = world.json(&["handoff", "show", &id]);
    assert_eq!(
        [&done["state"], &done["claimed_by"], &done["note"]],
        [&json!("done"), b, &json!("exact now")]
    );
}

#[test]
fn a_handoff_without_anything_to_say_is_refused_and_leaves_nothing() {
    let world = World::new();
    let empty = world.expect(1, &["handoff", "create"]);
    assert!(empty.err.contains("nothing to brief"), "{empty:?}");
    world.write("blank.txt", " \n");
    world.expect(2, &["handoff", "create", "--input", "blank.txt"]);
    assert_eq!(
        world.expect(0, &["handoff", "list"]).out.trim(),
        "no handoffs"
    );
    world.expect(2, &["handoff", "list", "--state", "lost"]);
}

#[test]
fn a_snapshot_is_compared_and_brought_back() {
    let world = World::new();
    let old = world.expect(0, &["knowledge", "add", "Old", "Round at the end."]);
    let made = world.expect(0, &["snapshot", "create", "--name", "before"]);
    let id = made.out.trim().to_owned();
    assert_eq!(
        world.expect(0, &["snapshot", "diff", &id]).out.trim(),
        "nothing is different"
    );

    world.expect(0, &["knowledge", "add", "New", "Count in cents."]);
    let diff = world.json(&["snapshot", "diff", &id]);
    assert_eq!(diff["knowledge"][0]["change"], "added");
    assert_eq!(
        diff["knowledge"].as_array().unwrap().len(),
        1,
        "{diff} {old:?}"
    );
    let supersede = [
        "knowledge",
        "supersede",
        old.out.trim(),
        "Round each line.",
        "--title",
        "Newer",
    ];
    world.expect(0, &supersede);
    let told = world.expect(0, &["snapshot", "diff", &id]).out;
    assert!(told.contains("superseded kno_"), "{told}");
    let titles = |args: &[&str]| -> Vec<String> {
        let items = world.json(args)["items"].clone();
        let items = items.as_array().unwrap().iter();
        items
            .map(|entry| entry["title"].as_str().unwrap().to_owned())
            .collect()
    };
    let current = || titles(&["knowledge", "list"]);
    assert_eq!(current(), ["Newer", "New"]);
    world.expect(0, &["knowledge", "write", "AGENTS.md"]);
    let restored = world.json(&["snapshot", "restore", &id]);
    assert_eq!(restored["missing_sessions"], json!([]));
    let counts = (
        &restored["added"],
        &restored["changed"],
        &restored["withdrawn"],
    );
    assert_eq!(counts, (&json!(0), &json!(1), &json!(2)));
    // Exactly what was current is current, also for other tools.
    assert_eq!(current(), ["Old"]);
    world.expect(0, &["knowledge", "write", "AGENTS.md"]);
    let agents = std::fs::read_to_string(world.work.join("AGENTS.md")).unwrap();
    assert!(agents.contains("Round at the end."), "{agents}");
    for later in ["Round each line.", "Count in cents."] {
        assert!(!agents.contains(later), "{agents}");
    }
    let back = restored["before"].as_str().unwrap();
    let undone = world.expect(0, &["snapshot", "diff", back]).out;
    for told in ["counts again kno_", "withdrawn kno_"] {
        assert!(undone.contains(told), "{undone}");
    }
    let listed = world.json(&["snapshot", "list"]);
    let newest = &listed["items"][0];
    assert_eq!(
        (&newest["name"], &newest["occasion"]),
        (&json!("before"), &json!("restore"))
    );
    let listed_in_words = world.expect(0, &["snapshot", "list"]).out;
    assert!(
        listed_in_words.contains("before the restore of before"),
        "{listed_in_words}"
    );
    assert_eq!(
        listed["items"].as_array().unwrap().len(),
        2,
        "the state before is kept: {listed}"
    );
    assert_eq!(
        titles(&["knowledge", "list", "--all"]).len(),
        3,
        "nothing is gone"
    );
    world.expect(0, &["snapshot", "restore", back]);
    assert_eq!(current(), ["Newer", "New"]);
    world.expect(0, &["snapshot", "restore", &id]);
    assert_eq!(current(), ["Old"], "there and back again");
    let of_another = world.expect(0, &["snapshot", "list", "--project", "another"]);
    assert_eq!(of_another.out.trim(), "no snapshots");
    world.expect(
        1,
        &["snapshot", "restore", "snp_00000000000000000000000000"],
    );
}

#[test]
fn a_context_is_compressed_through_the_contracts_route() {
    let world = World::new();
    let context = "The rounding happens in round_line_total.\n\nThe fix goes to src/cart.rs.";
    let input = json!({
        "project_id": "shop", "context": context, "credits_used": 12.5, "from_account_id": "acc_a",
    });
    let answer = world.json(&["do", "handoff.compress", "--json-input", &input.to_string()]);
    assert!(
        answer["text"]
            .as_str()
            .unwrap()
            .contains("round_line_total"),
        "{answer}"
    );
    assert!(
        answer["items"][0]["sources"][0]["ref"].is_string(),
        "{answer}"
    );
    let rule = json!({ "project_id": "shop", "effect": "never_keep", "subject": { "by": "file", "path": "src" } });
    world.json(&["do", "compression.add", "--json-input", &rule.to_string()]);
    let ruled = world.json(&["do", "handoff.compress", "--json-input", &input.to_string()]);
    let text = ruled["text"].as_str().unwrap();
    assert!(
        text.contains("round_line_total") && !text.contains("src/cart.rs"),
        "{text}"
    );
    let kept = world.json(&["handoff", "show", answer["handoff_id"].as_str().unwrap()]);
    assert_eq!(
        [&kept["project_id"], &kept["from_account_id"]],
        ["shop", "acc_a"]
    );
    assert_eq!(kept["credits_used"], 12.5);
}

/// Two projects with a session each: what belongs to one stays out of the other.
#[test]
fn a_project_is_briefed_by_its_own_sessions_and_into_a_file_that_keeps_the_rest() {
    let world = World::new();
    for (project, said) in [
        ("shop", "Make the totals exact."),
        ("blog", "Translate the posts."),
    ] {
        world.expect(0, &["projects", "add", project]);
        let line = json!({ "id": "0", "role": "user", "content": said });
        let file = format!("{project}.jsonl");
        world.write(&file, &format!("{line}\n"));
        world.expect(0, &["import", &file, "--project", project]);
    }
    let briefing = world.json(&["brief", "--project", "shop", "--budget", "500"]);
    let text = briefing["text"].as_str().unwrap();
    assert!(text.contains("totals") && !text.contains("posts"), "{text}");
    assert_eq!(briefing["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(briefing["items"][0]["sources"][0]["ref"], "#0");
    assert!(briefing["coverage"]["loss"]["score"].is_number());

    world.write("AGENTS.md", "# Mine\n");
    let into = ["brief", "--project", "shop", "--into", "AGENTS.md"];
    world.expect(0, &into);
    let again = world.json(&into);
    assert_eq!(again["changed"], false, "the same briefing twice");
    let file = std::fs::read_to_string(world.work.join("AGENTS.md")).unwrap();
    assert!(
        file.starts_with("# Mine\n") && file.contains("totals"),
        "{file}"
    );
    let nobody = world.expect(1, &["brief", "--project", "unknown"]);
    assert!(
        nobody.err.contains("there is no project `unknown`"),
        "{nobody:?}"
    );

    world.expect(0, &["handoff", "create", "--project", "shop"]);
    let snapshots = world.json(&["snapshot", "list"]);
    assert_eq!(snapshots["items"][0]["sessions"], 1, "{snapshots}");
    world.expect(
        0,
        &["knowledge", "add", "Totals", "Round once, at the end."],
    );
    world.expect(0, &["knowledge", "write", "AGENTS.md"]);
    let file = std::fs::read_to_string(world.work.join("AGENTS.md")).unwrap();
    assert!(
        file.contains("Round once") && file.contains("totals"),
        "{file}"
    );
    let id = world.json(&["knowledge", "list"])["items"][0]["id"].clone();
    let id = id.as_str().unwrap();
    let newer = world.json(&["knowledge", "supersede", id, "Never round."]);
    assert_eq!(newer["title"], "Totals");
    let late = world.expect(1, &["knowledge", "supersede", id, "Again."]);
    assert!(late.err.contains("replaced already"), "{late:?}");
    let shown = world.json(&["knowledge", "show", newer["id"].as_str().unwrap()]);
    assert_eq!(shown["older"][0]["id"], id);
}

#[test]
fn a_lost_fact_is_told_and_kept_when_a_person_wants_it() {
    let world = World::new();
    let rules = [
        "Never store amounts as floats, money is integer cents everywhere.",
        "Always run the linter before pushing to the release branch.",
        "Do not touch the theme, taxes are computed by the storefront itself.",
        "Invoices must be numbered without gaps, the auditors check that.",
        "Never send mail from the staging cluster to real customers.",
        "Only the finance team may trigger refunds above fifty euros.",
        "Keep the legacy importer working until the partners have migrated.",
        "Do not add another dependency above twenty kilobytes.",
    ];
    let lines = rules.iter().enumerate().map(|(number, text)| {
        let line =
            serde_json::json!({ "id": format!("m{number}"), "role": "user", "content": text });
        format!("{line}\n")
    });
    world.write("chat.jsonl", &lines.collect::<String>());
    let brief = [
        "brief",
        "--input",
        "chat.jsonl",
        "--budget",
        "110",
        "--repair",
        "--lost",
    ];
    let told = world.expect(0, &brief);
    let lost = told
        .err
        .lines()
        .find(|line| line.starts_with("lost  +"))
        .unwrap();
    let text = lost.splitn(3, "  ").nth(2).unwrap();
    let text = text.rsplit_once(" [").unwrap().0;
    assert!(!told.out.contains(text), "{told:?}");
    let kept = world.expect(0, &[&brief[..], &["--keep", text]].concat());
    assert!(kept.out.contains(text), "{kept:?}");
    assert!(
        !kept.err.lines().any(|line| line.contains(text)),
        "{kept:?}"
    );

    world.expect(0, &["projects", "add", "shop"]);
    world.expect(0, &["import", "chat.jsonl", "--project", "shop"]);
    let send = [
        "handoff",
        "create",
        "--project",
        "shop",
        "--budget",
        "110",
        "--keep",
        text,
    ];
    let made = world.json(&send);
    assert!(
        made["briefing"]["text"].as_str().unwrap().contains(text),
        "{made}"
    );
}

#[test]
fn a_briefing_of_a_project_cites_the_right_session_and_knows_what_was_written_down() {
    let world = World::new();
    let rule = "Run the cart tests before each commit of the shop.";
    world.write("AGENTS.md", &format!("# Rules\n\n- {rule}\n"));
    let add = [
        "projects",
        "add",
        "lab",
        "--folder",
        ".",
        "--objective",
        "ship the okapi release",
        "--objective",
        "rest",
        "--pin",
        "PLAN.md",
    ];
    world.expect(0, &add);
    world.expect(0, &["projects", "change", "lab", "--done", "2"]);
    for _ in 0..3 {
        world.expect(0, &["sessions", "start", "--project", "lab"]);
    }
    // A mark of ours that a session speaks of ends no block of ours.
    let said = "Why is <!-- krake:briefing end --> in the file of instructions?";
    for (name, text) in [("a", said), ("b", "Make the totals of the cart exact.")] {
        let line = json!({ "id": name, "role": "user", "content": text });
        let file = format!("{name}.jsonl");
        world.write(&file, &format!("{line}\n"));
        world.expect(0, &["import", &file, "--project", "lab"]);
    }
    let made = world.json(&["brief", "--project", "lab", "--budget", "2000"]);
    let text = made["text"].as_str().unwrap();
    // Nobody has edited what is only pinned.
    let pinned = "## Files to know\n- `PLAN.md` pinned";
    assert!(!text.contains("## Files edited"), "{text}");
    for part in ["okapi", pinned, rule, "[AGENTS.md:3]"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("objective: rest"), "{text}");
    let item = made["items"].as_array().unwrap().iter();
    let item = item
        .clone()
        .find(|item| item["text"].as_str().unwrap().contains("totals"));
    let cited = item.unwrap()["sources"][0]["ref"]
        .as_str()
        .unwrap()
        .to_owned();
    let label = cited.split('#').next().unwrap();
    let sessions = made["sessions"].as_array().unwrap();
    let session = sessions
        .iter()
        .find(|session| session["label"] == label)
        .unwrap();
    let messages = world.json(&["sessions", "show", session["id"].as_str().unwrap()]);
    assert!(
        messages.to_string().contains("totals of the cart"),
        "{cited}: {messages}"
    );
    assert_eq!(sessions.len(), 2, "{sessions:?}");

    for _ in 0..2 {
        world.expect(0, &["brief", "--project", "lab", "--into", "AGENTS.md"]);
        let file = std::fs::read_to_string(world.work.join("AGENTS.md")).unwrap();
        assert_eq!(
            file.matches("<!-- krake:briefing end -->").count(),
            1,
            "{file}"
        );
        assert_eq!(
            file.matches(rule).count(),
            1,
            "what stands in the file is not said twice: {file}"
        );
    }
}

#[test]
fn what_a_model_answered_is_had_as_messages_for_an_api() {
    let world = World::new();
    chat(&world);
    world.expect(0, &["projects", "add", "shop"]);
    world.expect(0, &["import", "chat.jsonl", "--project", "shop"]);
    let make = |form: &str, answer: Option<&str>| {
        let input =
            json!({ "project_id": "shop", "budget": 2_000, "form": form, "answer": answer });
        world.json(&["do", "briefings.make", "--json-input", &input.to_string()])
    };
    let line = "The totals of the cart are to be exact in src/cart.rs.";
    let answer = format!("- {line} [#0]");
    let written = make("messages", Some(&answer));
    let by_model = written["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["by_model"] == true);
    assert_eq!(by_model.unwrap()["text"], line, "{written}");
    let messages: serde_json::Value =
        serde_json::from_str(written["text"].as_str().unwrap()).unwrap();
    assert_eq!(messages[0]["role"], "user");
    assert!(messages[0]["content"].as_str().unwrap().contains(line));
    let plain = make("messages", None);
    assert!(!plain["text"].as_str().unwrap().contains(line), "{plain}");

    let file = world.work.join("shop.messages.json");
    let save = json!({
        "project_id": "shop", "budget": 2_000, "form": "messages", "answer": answer, "path": file,
    })
    .to_string();
    world.json(&["do", "briefings.save", "--json-input", &save]);
    let kept = std::fs::read_to_string(&file).unwrap();
    assert_eq!(kept, written["text"].as_str().unwrap());
    let again = world.expect(1, &["do", "briefings.save", "--json-input", &save]);
    assert!(again.err.contains("there is a file already"), "{again:?}");
}
