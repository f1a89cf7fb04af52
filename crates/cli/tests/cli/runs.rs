//! `run`: results, exit codes, inputs, and what a crash leaves.

use serde_json::{Value, json};

use crate::world::{GATED, LONG, Running, UNEVEN, World};

fn step<'a>(shown: &'a Value, id: &str) -> &'a Value {
    shown["steps"]
        .as_array()
        .unwrap()
        .iter()
        .find(|step| step["id"] == id)
        .unwrap()
}

#[test]
fn the_uneven_plan_starts_each_step_as_soon_as_its_own_needs_are_done() {
    let world = World::new();
    world.write("uneven.yaml", UNEVEN);
    let ran = world.expect(0, &["--json", "run", "uneven.yaml"]).json();
    assert_eq!(ran["status"], "done");
    let shown = world.json(&["executions", "show", ran["execution_id"].as_str().unwrap()]);
    let time = |id: &str, field: &str| step(&shown, id)[field].as_str().unwrap().to_owned();
    // Level batches would wait for b before they start c.
    assert!(time("c", "started_at") < time("b", "ended_at"), "{shown}");
    assert!(time("e", "started_at") >= time("c", "ended_at"), "{shown}");
    // Both ways through the plan take equally long.
    let path = shown["critical_path"].to_string();
    assert!(
        path == r#"["a","c","e"]"# || path == r#"["b","d","e"]"#,
        "{path}"
    );
    let said = world.expect(0, &["run", "uneven.yaml"]);
    assert!(
        said.err.contains("e: done"),
        "one line for each change: {said:?}"
    );
    assert_eq!(world.expect(0, &["-q", "run", "uneven.yaml"]).err, "");
}

#[test]
fn a_failed_step_ends_with_1_and_says_why() {
    let world = World::new();
    world.write(
        "fails.yaml",
        "name: fails\nsteps:\n  - { id: read, tool: fs.read, args: { root: \"/\", path: no/such/file } }\n",
    );
    let said = world.expect(1, &["run", "fails.yaml"]);
    assert!(said.err.contains("krake: "), "{said:?}");
    assert_eq!(world.newest()["status"], "failed");
}

#[test]
fn wrong_usage_ends_with_2_and_changes_nothing() {
    let world = World::new();
    world.write("typed.yaml", "name: t\ninputs: { ms: { type: integer } }\nsteps:\n  - { id: a, tool: wait, args: { ms: \"${{ inputs.ms }}\" } }\n");
    for args in [
        vec!["frobnicate"],
        vec!["run"],
        vec!["run", "no-such.yaml"],
        vec!["run", "typed.yaml", "-i", "ms"],
        vec!["run", "typed.yaml", "-i", "ms=soon"],
        vec!["run", "typed.yaml", "-i", "sm=1"],
        vec!["run", "typed.yaml", "-i", "ms=1", "--detach"],
        vec!["executions", "rerun"],
        vec!["--workspace", "other", "tools", "list"],
    ] {
        let said = world.expect(2, &args);
        assert!(!said.err.is_empty());
    }
    assert!(!world.home.exists(), "nothing was made");
    let missing = world.run(&["run", "typed.yaml"]);
    assert_eq!(missing.code, Some(2), "{missing:?}");
    world.expect(0, &["run", "typed.yaml", "-i", "ms=1"]);
    let unknown = world.expect(1, &["run", "no-such-playbook"]);
    assert!(unknown.err.contains("no-such-playbook"), "{unknown:?}");
}

#[test]
fn relative_paths_mean_the_folder_of_the_caller() {
    let world = World::new();
    world.write("gated.yaml", &GATED.replace("approval: always\n    ", ""));
    let done = world.expect(0, &["--json", "run", "gated.yaml"]);
    assert_eq!(
        std::fs::read_to_string(world.work.join("out.txt")).unwrap(),
        "once\n",
        "{done:?}"
    );
}

#[test]
fn ctrl_c_cancels_and_ends_with_130() {
    let world = World::new();
    world.write("long.yaml", LONG);
    let mut running = Running(world.command(&["run", "long.yaml"]).spawn().unwrap());
    let _err = running.wait_for("b: runs");
    running.signal("INT");
    assert_eq!(running.code(), Some(130));
    assert_eq!(world.newest()["status"], "cancelled");
}

#[test]
fn after_a_kill_the_journal_has_it_and_resume_goes_on() {
    let world = World::new();
    world.write("long.yaml", &LONG.replace("600000", "1500"));
    let mut running = Running(world.command(&["run", "long.yaml"]).spawn().unwrap());
    let _err = running.wait_for("b: runs");
    running.signal("KILL");
    running.code();
    let id = world.newest()["id"].as_str().unwrap().to_owned();
    assert_eq!(
        world.newest()["status"],
        "running",
        "a look changes nothing"
    );
    world.expect(0, &["executions", "resume", &id]);
    let shown = world.json(&["executions", "show", &id]);
    assert_eq!(shown["execution"]["status"], "done");
    assert_eq!(
        step(&shown, "a")["attempts"].as_array().unwrap().len(),
        1,
        "it had finished: {shown}"
    );
    assert_eq!(world.json(&["audit", "verify"])["intact"], true);
}

#[test]
fn queries_write_nothing_and_need_no_owner() {
    let world = World::new();
    world.write("uneven.yaml", UNEVEN);
    let early = world.expect(1, &["executions", "list"]);
    assert!(early.err.contains("no data folder"), "{early:?}");
    assert!(!world.home.exists());
    world.expect(0, &["run", "uneven.yaml"]);
    let before = std::fs::read(world.home.join("krake.db")).unwrap();
    let id = world.newest()["id"].as_str().unwrap().to_owned();
    for args in [
        vec!["executions", "show", &id],
        vec!["executions", "logs", &id],
        vec!["executions", "logs", &id, "--follow"],
        vec!["executions", "trace", &id],
        vec!["executions", "metrics", &id],
        vec!["approvals", "list"],
        vec!["knowledge", "list"],
        vec!["knowledge", "search", "anything"],
        vec!["audit", "verify"],
        vec!["audit", "export"],
        vec!["playbooks", "list"],
        vec!["tools", "list"],
        vec!["doctor"],
    ] {
        assert!(!world.expect(0, &args).out.is_empty(), "{args:?}");
    }
    assert_eq!(std::fs::read(world.home.join("krake.db")).unwrap(), before);
    assert!(!world.home.join("owner.json").exists());
}

#[test]
fn a_closed_output_ends_quietly() {
    let world = World::new();
    world.write("uneven.yaml", UNEVEN);
    world.expect(0, &["run", "uneven.yaml"]);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let export = world
        .command(&["audit", "export"])
        .stdout(writer)
        .spawn()
        .unwrap();
    let ended = export.wait_with_output().unwrap();
    assert_eq!(
        (
            ended.status.code(),
            String::from_utf8_lossy(&ended.stderr).as_ref()
        ),
        (Some(0), "")
    );
}

#[test]
fn what_was_kept_is_found_again() {
    let world = World::new();
    let id = world.expect(
        0,
        &[
            "knowledge",
            "add",
            "Lock order",
            "Take the file lock first.",
            "--category",
            "practice",
        ],
    );
    let found = world.json(&["knowledge", "search", "file lock"]);
    assert_eq!(found["items"][0]["id"], id.out.trim());
    assert_eq!(
        world
            .expect(0, &["knowledge", "search", "nothing such"])
            .out
            .trim(),
        "no entries"
    );
}

#[test]
fn a_briefing_of_a_transcript_stays_within_its_budget_and_cites() {
    let world = World::new();
    let lines: String = (0..200)
        .map(|number| {
            let role = if number % 2 == 0 { "user" } else { "assistant" };
            let text = format!("We decided to keep module {number} in src/part{number}.rs because of test {number}.");
            format!("{}\n", json!({ "id": number.to_string(), "role": role, "content": text }))
        })
        .collect();
    world.write("chat.jsonl", &lines);
    let briefing = world.json(&["brief", "--input", "chat.jsonl", "--budget", "300"]);
    assert!(briefing["tokens"].as_u64().unwrap() <= 300, "{briefing}");
    assert!(
        briefing["text"].as_str().unwrap().contains("[#"),
        "{briefing}"
    );
    for key in ["budget", "items", "coverage"] {
        assert!(!briefing[key].is_null(), "{key}");
    }
    let loss = &briefing["coverage"]["loss"];
    let lost = loss["lost"].as_array().unwrap();
    assert!(loss["score"].as_f64().unwrap() < 1.0 && !lost.is_empty());
    assert!(
        lost.iter()
            .all(|fact| fact["sources"][0]["ref"].is_string())
    );
    let brief = ["brief", "--input", "chat.jsonl", "--budget", "300"];
    let told = world.expect(0, &brief).err;
    assert!(told.contains("facts that must be kept"), "{told}");
    let repaired = world.json(&[&brief[..], &["--repair"]].concat());
    let score = |briefing: &Value| briefing["coverage"]["loss"]["score"].as_f64().unwrap();
    assert!(score(&repaired) >= score(&briefing) && repaired["tokens"].as_u64().unwrap() <= 300);
    world.write("noise.bin", "\u{1}\u{2}");
    world.expect(2, &["brief", "--input", "noise.bin"]);
}

#[test]
fn a_briefing_of_a_file_leaves_its_secrets_out_and_says_so() {
    let world = World::new();
    let key = format!("ghp_{}", "Q7fK2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi");
    let line = json!({ "id": "1", "role": "user", "content": format!("Deploy with {key} only.") });
    world.write("chat.jsonl", &format!("{line}\n"));
    let told = world.expect(0, &["brief", "--input", "chat.jsonl", "--budget", "300"]);
    assert!(
        told.out.contains("(secret:github_token:") && !told.out.contains(&key),
        "{told:?}"
    );
    assert!(told.err.contains("1 secret is left out"), "{told:?}");
}
