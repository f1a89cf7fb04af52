//! `ask` and `plan`: a request in plain words, through the real binary.

use crate::world::World;

const GREENHOUSE: &str = r#"
name: Greenhouse
description: Water the plants of a greenhouse and say how many there are.
examples:
  - water the plants in the greenhouse
inputs:
  ms: { type: integer, default: 1, minimum: 1, maximum: 50, description: "How long, in milliseconds." }
steps:
  - { id: water, tool: wait, args: { ms: "${{ inputs.ms }}" } }
  - { id: count, tool: wait, args: { ms: 1 } }
  - { id: close, tool: wait, args: { ms: 1 }, needs: [water, count] }
output: watered
"#;
const PRINTER: &str = r#"
name: Printer
description: Print a page of the manual.
examples: [print a page of the manual]
inputs:
  page: { type: integer, description: The page to print. }
steps:
  - { id: print, tool: wait, args: { ms: "${{ inputs.page }}" } }
output: printed
"#;

/// A world whose data folder holds nothing but these playbooks.
fn world(playbooks: &[(&str, &str)]) -> World {
    let world = World::new();
    let folder = world.home.join("playbooks");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in playbooks {
        std::fs::write(folder.join(format!("{name}.yaml")), text).unwrap();
    }
    world
}

#[test]
fn a_playbook_dropped_into_the_folder_is_found_by_its_words_and_runs() {
    let world = world(&[("greenhouse", GREENHOUSE)]);
    let said = world.expect(
        0,
        &[
            "ask",
            "please water my plants in the greenhouse for 20 milliseconds",
        ],
    );
    assert_eq!(said.out, "watered\n");
    assert!(said.err.contains("like the example"), "{said:?}");
    assert!(said.err.contains("ms = 20"), "{said:?}");
    let id = world.newest()["id"].as_str().unwrap().to_owned();
    let shown = world.json(&["executions", "show", &id]);
    assert_eq!(
        shown["execution"]["source"],
        "please water my plants in the greenhouse for 20 milliseconds"
    );
    // With `--yes`, several words, and a running core that does it.
    let _served = world.serve();
    let said = world.expect(0, &["ask", "--yes", "water", "the", "plants"]);
    assert_eq!(said.out, "watered\n");
}

#[test]
fn what_no_playbook_does_is_said_with_what_comes_near_and_nothing_runs() {
    let world = world(&[("greenhouse", GREENHOUSE)]);
    for (text, part) in [
        ("burn the plants in the greenhouse", "`burn`"),
        ("don't water the plants in the greenhouse", "don't"),
        ("water the horses of the king", "greenhouse"),
    ] {
        let said = world.expect(1, &["ask", text, "--yes"]);
        assert!(said.err.contains(part), "{said:?}");
        assert!(
            said.err.contains("water the plants in the greenhouse"),
            "{said:?}"
        );
        assert_eq!(said.out, "", "{said:?}");
    }
    let said = world.expect(1, &["ask", "what is the weather in Berlin"]);
    assert!(said.err.contains("weather, Berlin"), "{said:?}");
    let json = world
        .expect(1, &["--json", "ask", "burn the plants in the greenhouse"])
        .json();
    assert_eq!(json["outcome"], "unsure");
    assert_eq!(json["nearest"][0]["playbook"], "greenhouse");
    assert_eq!(json["unknown"][0], "burn");
    assert!(!world.home.join("krake.db").exists(), "nothing was made");
}

#[test]
fn an_input_that_is_missing_or_wrong_is_named_before_anything_runs() {
    let world = world(&[("greenhouse", GREENHOUSE), ("printer", PRINTER)]);
    let said = world.expect(2, &["ask", "print a page of the manual"]);
    assert!(
        said.err.contains("-i page=…   The page to print."),
        "{said:?}"
    );
    let planned = world.expect(2, &["plan", "print a page of the manual"]);
    assert!(planned.out.contains("missing         page"), "{planned:?}");
    assert!(
        planned.err.contains("-i page=…   The page to print."),
        "{planned:?}"
    );
    let given = ["plan", "print a page of the manual", "-i", "page=3"];
    world.expect(0, &given);
    let said = world.expect(
        2,
        &[
            "ask",
            "water the plants in the greenhouse for 900 milliseconds",
        ],
    );
    assert!(
        said.err.contains("`ms`") && said.err.contains("50"),
        "{said:?}"
    );
    assert!(!world.home.join("krake.db").exists(), "nothing was made");
    let said = world.expect(0, &["ask", "print a page of the manual", "-i", "page=3"]);
    assert_eq!(said.out, "printed\n");
    // The same over the API, which `do` calls: nothing is run without the input.
    let said = world.expect(
        1,
        &[
            "do",
            "executions.orchestrate",
            "--query",
            "print a page of the manual",
        ],
    );
    assert!(said.err.contains("needs `page`"), "{said:?}");
    assert_eq!(
        world.json(&["executions", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_plan_for_a_request_is_shown_and_not_run() {
    let world = world(&[("greenhouse", GREENHOUSE)]);
    let said = world.expect(0, &["plan", "water the plants"]);
    assert!(
        said.out.contains("wave 1          water, count"),
        "{said:?}"
    );
    assert!(said.out.contains("wait  computes"), "{said:?}");
    let json = world.json(&["plan", "water the plants"]);
    assert_eq!(json["outcome"], "planned");
    assert_eq!(json["playbook"], "greenhouse");
    assert_eq!(json["plan"]["preview"][2]["needs"][1], "count");
    assert!(json["plan_text"].as_str().unwrap().contains("Greenhouse"));
    world.expect(1, &["plan", "burn the house down"]);
    assert!(!world.home.join("krake.db").exists(), "nothing was made");
}

#[test]
fn what_a_step_will_touch_is_said_with_the_folder_that_the_caller_stands_in() {
    let world = World::new();
    let json = world.json(&["plan", "brief this repository and save it as docs/next.md"]);
    let steps = json["plan"]["preview"].as_array().unwrap();
    let step = |id: &str| steps.iter().find(|step| step["id"] == id).unwrap();
    let work = world.work.to_string_lossy().into_owned();
    assert_eq!(step("history")["target"], *work);
    assert_eq!(step("history")["effect"], "reads");
    assert_eq!(step("handoff")["target"], format!("{work}/docs/next.md"));
    assert_eq!(step("handoff")["effect"], "writes");
    assert_eq!(step("handoff")["asks"], "always");
    assert_eq!(step("briefing")["args"]["commits"], "‹history›");
    assert_eq!(
        json["inputs"],
        serde_json::json!({ "file": "docs/next.md" })
    );
}

#[test]
fn a_repository_that_is_not_there_is_noticed_before_the_run() {
    let world = World::new();
    let file = world.write("a-file", "");
    for (path, why) in [
        (world.work.join("nowhere"), "does not exist"),
        (file, "is no folder"),
    ] {
        let fault = format!("input `path`: {} {why}", path.display());
        let query = format!("brief the repository in {}", path.display());
        let given = format!("path={}", path.display());
        for args in [
            vec!["plan", &query],
            vec!["ask", &query, "--yes"],
            vec!["run", "brief-repo", "-i", &given],
            vec!["do", "executions.orchestrate", "--query", &query],
        ] {
            let said = world.expect(2, &args);
            assert!(said.err.contains(&fault), "{args:?}: {said:?}");
        }
    }
    let executions = world.json(&["executions", "list"]);
    assert_eq!(executions["items"], serde_json::json!([]));
    // A path may be made by the plan itself: only its step knows.
    world.write("gated.yaml", crate::world::GATED);
    world.expect(1, &["run", "gated.yaml", "-i", "path=later"]);
    assert_eq!(world.newest()["status"], "failed");
}

#[test]
fn check_is_a_command_of_plan_and_a_word_of_a_request() {
    let world = world(&[(
        "tyres",
        "name: Tyres\nexamples: [check the tyres]\nsteps: [{ id: a, tool: wait, args: { ms: 1 } }]\n",
    )]);
    world.write("x.yaml", GREENHOUSE);
    world.expect(0, &["plan", "check", "x.yaml"]);
    world.expect(2, &["plan", "check"]);
    assert_eq!(
        world.json(&["plan", "check the tyres"])["playbook"],
        "tyres"
    );
    assert_eq!(
        world.json(&["plan", "--", "check", "tyres"])["playbook"],
        "tyres"
    );
}

/// On a terminal the plan is shown and asked about first; `script` gives the terminal.
#[cfg(target_os = "linux")]
#[test]
fn on_a_terminal_it_runs_only_after_a_yes() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    let world = world(&[("greenhouse", GREENHOUSE)]);
    for (answer, code, part) in [("n\n", 130, "nothing was run"), ("y\n", 0, "watered")] {
        let line = format!("{} ask 'water the plants'", env!("CARGO_BIN_EXE_krake"));
        let mut child = Command::new("script")
            .args(["-qec", &line, "/dev/null"])
            .current_dir(&world.work)
            .env("KRAKE_HOME", &world.home)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut typed = child.stdin.take().unwrap();
        typed.write_all(answer.as_bytes()).unwrap();
        let ended = crate::world::ended(child);
        drop(typed);
        assert!(ended.out.contains("run it? [y/N]"), "{ended:?}");
        assert!(ended.out.contains("wave 1"), "{ended:?}");
        assert!(ended.out.contains(part), "{ended:?}");
        assert_eq!(ended.code, Some(code), "{ended:?}");
    }
    assert_eq!(
        world.json(&["executions", "list"])["items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}
