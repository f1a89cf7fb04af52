//! The playbook brief-repo from a repository to `HANDOFF.md`, whatever happens on the way.

use std::process::Command;

use serde_json::{Value, json};

use crate::repository::{FIRST_SESSION, Repository, SECOND_SESSION};
use crate::scene::{Scene, count};

fn brief(repository: &Repository, approve: &str) -> [String; 6] {
    let path = format!("path={}", repository.folder());
    ["run", "brief-repo", "-i", &path, "--approve", approve].map(str::to_owned)
}

fn run(scene: &Scene, code: i32, args: &[String]) -> Value {
    let mut words = vec!["--json"];
    words.extend(args.iter().map(String::as_str));
    scene.expect(code, &words).json()
}

/// The output of a step, from the journal.
fn output(journal: &[Value], execution: &Value, step: &str) -> Value {
    let found = journal.iter().find(|line| {
        line["kind"] == "attempt_succeeded"
            && line["execution_id"] == *execution
            && line["event"]["step"] == step
    });
    found.unwrap_or_else(|| panic!("{step} has no result"))["event"]["output"].clone()
}

/// Each content line ends in brackets, and each bracket names something that is there.
fn assert_sources_exist(repository: &Repository, text: &str) {
    let mut lines = 0;
    for line in text.lines().filter(|line| line.starts_with("- ")) {
        let (said, source) = line
            .rsplit_once(" [")
            .unwrap_or_else(|| panic!("no source: {line}"));
        let source = source
            .strip_suffix(']')
            .unwrap_or_else(|| panic!("no source: {line}"));
        let said = said.trim_start_matches("- ");
        lines += 1;
        if let Some((session, place)) = source.split_once('#') {
            let messages: &[&str] = match session {
                // One session alone needs no name.
                "" | "s1" => &FIRST_SESSION,
                "s2" => &SECOND_SESSION,
                _ => panic!("no such session: {line}"),
            };
            let message = messages[place.parse::<usize>().unwrap()];
            // The legend says which session a label stands for, in the words of its tool.
            if let Some(known) = said.strip_prefix(&format!("{session}: ")) {
                let tool = if session == "s1" {
                    "claude_code"
                } else {
                    "codex"
                };
                assert!(place == "0" && known.starts_with(tool), "{line}");
                continue;
            }
            assert!(message.contains(said), "{line} is not in `{message}`");
        } else if let Some((file, number)) = source.rsplit_once(':') {
            let file = std::fs::read_to_string(repository.path().join(file)).unwrap();
            let there = file
                .lines()
                .nth(number.parse::<usize>().unwrap() - 1)
                .unwrap();
            let names_it = said.contains(source.split(':').next().unwrap());
            assert!(there.contains(said) || names_it, "{line} is not `{there}`");
        } else if repository.path().join(source).is_file() {
            assert!(said.contains(source), "{line}");
        } else {
            let subject = repository.git(&["log", "-1", "--format=%s", source]);
            assert!(
                said.starts_with(subject.trim_end()),
                "{line} is not `{subject}`"
            );
        }
    }
    assert!(lines > 0, "nothing in it: {text}");
}

#[test]
fn of_a_repository_without_commits_what_is_there_is_briefed() {
    let scene = Scene::new();
    let repository = Repository::empty(&scene);
    // Of nothing at all there is no briefing, and no empty file is left behind.
    let result = run(&scene, 1, &brief(&repository, "all"));
    let cause = result["cause"]["message"].as_str().unwrap();
    assert!(cause.contains("nothing to brief"), "{cause}");
    assert!(!repository.path().join("HANDOFF.md").exists());
    repository.write("notes.txt", "TODO: begin\n");
    run(&scene, 0, &brief(&repository, "all"));
    let text = std::fs::read_to_string(repository.path().join("HANDOFF.md")).unwrap();
    assert!(text.contains("[notes.txt:1]"), "{text}");
    assert_sources_exist(&repository, &text);
    scene.assert_intact();
}

#[test]
fn what_is_refused_is_not_written_and_what_is_approved_cites_only_what_exists() {
    let scene = Scene::new();
    let repository = Repository::with_commits(&scene);
    repository.add_sessions(&scene);
    let before = repository.git(&["status", "--porcelain"]);
    let refused = run(&scene, 1, &brief(&repository, "deny"));
    assert_eq!(refused["status"], "failed");
    assert!(
        refused["cause"]["message"]
            .as_str()
            .unwrap()
            .contains("rejected"),
        "{refused}"
    );
    assert_eq!(repository.git(&["status", "--porcelain"]), before);
    assert_eq!(scene.json(&["knowledge", "list"])["items"], json!([]));

    let done = run(&scene, 0, &brief(&repository, "all"));
    let text = std::fs::read_to_string(repository.path().join("HANDOFF.md")).unwrap();
    assert_sources_exist(&repository, &text);
    let commit = repository.git(&["rev-parse", "--short", "HEAD"]);
    for cited in [
        "[s1#0]",
        "[s2#0]",
        "[src/cart.rs:1]",
        &format!("[{}]", commit.trim()),
    ] {
        assert!(text.contains(cited), "{cited} is missing: {text}");
    }
    let knowledge = scene.json(&["knowledge", "list"]);
    assert_eq!(knowledge["items"][0]["id"], done["output"]["knowledge"]);
    assert_eq!(knowledge["items"][0]["text"], text.as_str());
    assert_eq!(knowledge["items"].as_array().unwrap().len(), 1);

    // The first, refused run has imported both sessions, broken lines counted; later ones add nothing.
    let again = run(&scene, 0, &brief(&repository, "all"));
    let journal = scene.journal();
    let import = |result: &Value| output(&journal, &result["execution_id"], "transcripts");
    let first = import(&refused);
    assert_eq!(
        (&first["messages"], &first["new_messages"]),
        (&json!(5), &json!(5)),
        "{first}"
    );
    assert_eq!(first["broken_lines"], 3, "{first}");
    for later in [&done, &again] {
        let later = import(later);
        assert_eq!(
            (&later["messages"], &later["new_messages"]),
            (&json!(5), &json!(0)),
            "{later}"
        );
        assert_eq!(later["broken_lines"], 3, "{later}");
    }
    scene.assert_intact();
}

#[test]
fn an_approval_outlives_a_kill_and_finished_steps_do_not_run_again() {
    let scene = Scene::new();
    let repository = Repository::with_commits(&scene);
    repository.add_sessions(&scene);
    // The owner waits for a person as long as it runs.
    let served = scene.serve();
    let path = format!("path={}", repository.folder());
    let started = scene.expect(0, &["run", "brief-repo", "-i", &path, "--detach"]);
    let id = started.out.trim();
    scene.wait_for_status(id, "waiting");
    served.kill();
    let waiting = scene.json(&["approvals", "list"]);
    let approval = waiting["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(waiting["items"][0]["execution_id"], id);
    assert!(!repository.path().join("HANDOFF.md").exists());
    scene.expect(0, &["approvals", "approve", &approval]);
    assert_eq!(scene.status(id), "done");
    assert!(repository.path().join("HANDOFF.md").is_file());
    let journal = scene.journal();
    for step in [
        "history",
        "changes",
        "todos",
        "transcripts",
        "briefing",
        "handoff",
        "knowledge",
    ] {
        assert_eq!(count(&journal, "attempt_succeeded", id, step), 1, "{step}");
        assert_eq!(count(&journal, "attempt_started", id, step), 1, "{step}");
    }
    let asked = journal
        .iter()
        .filter(|line| line["kind"] == "approval_asked")
        .count();
    assert_eq!(asked, 1, "the same question, not a new one");
    scene.assert_intact();
}

#[test]
fn a_folder_that_is_no_repository_or_not_there_or_without_git_is_said() {
    let mut scene = Scene::new();
    std::fs::create_dir(scene.work().join("plain")).unwrap();
    for (path, code, word) in [
        ("plain", 1, "no git repository"),
        // Known before the run: the input is refused.
        ("nowhere", 2, "nowhere does not exist"),
    ] {
        let said = scene.expect(
            code,
            &[
                "run",
                "brief-repo",
                "-i",
                &format!("path={path}"),
                "--approve",
                "all",
            ],
        );
        assert!(said.err.contains(word), "{said:?}");
    }
    Repository::with_commits(&scene);
    scene.set_through(&["env", "PATH=/nonexistent"]);
    let said = scene.expect(
        1,
        &["run", "brief-repo", "-i", "path=repo", "--approve", "all"],
    );
    assert!(said.err.contains("git"), "{said:?}");
    let doctor = scene.run(&["doctor"]);
    assert!(doctor.out.contains("git"), "{doctor:?}");
    assert!(!scene.work().join("repo/HANDOFF.md").exists());
    scene.set_through(&[]);
    scene.assert_intact();
}

#[test]
fn an_unreadable_file_and_an_unreadable_store_are_passed_over_and_counted() {
    let through: &[&str] = if crate::scene::is_root() {
        &crate::scene::WITHOUT_PRIVILEGE
    } else {
        &[]
    };
    let scene = Scene::through(through);
    let repository = Repository::with_commits(&scene);
    repository.add_sessions(&scene);
    repository.write("secret.txt", "TODO: nobody sees this\n");
    let locked = [
        repository.path().join("secret.txt"),
        scene.home().join(".codex/sessions"),
    ];
    let set = |mode| {
        use std::os::unix::fs::PermissionsExt as _;
        for path in &locked {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    set(0o000);
    let result = run(&scene, 0, &brief(&repository, "all"));
    set(0o700);
    let text = std::fs::read_to_string(repository.path().join("HANDOFF.md")).unwrap();
    assert!(!text.contains("nobody sees this"), "{text}");
    assert_sources_exist(&repository, &text);
    let journal = scene.journal();
    let todos = output(&journal, &result["execution_id"], "todos");
    assert_eq!(todos["files_skipped"], 1, "{todos}");
    let import = output(&journal, &result["execution_id"], "transcripts");
    assert!(
        import["skipped"].to_string().contains("sessions"),
        "{import}"
    );
}

#[test]
fn this_project_itself_is_briefed_where_it_is_a_work_tree() {
    let here = env!("CARGO_MANIFEST_DIR");
    let found = Command::new("git")
        .args(["-C", here, "rev-parse", "--show-toplevel"])
        .output()
        .unwrap();
    // From a source archive there is no work tree, and then none is made up: a clone is what is briefed.
    let Some(top) = found
        .status
        .success()
        .then(|| String::from_utf8(found.stdout).unwrap())
    else {
        return;
    };
    let scene = Scene::new();
    let path = format!("path={}", top.trim());
    let begun = std::time::Instant::now();
    let result = scene
        .expect(
            1,
            &[
                "--json",
                "run",
                "brief-repo",
                "-i",
                &path,
                "--approve",
                "deny",
            ],
        )
        .json();
    println!("brief-repo of this project: {:?}", begun.elapsed());
    let journal = scene.journal();
    let briefing = output(&journal, &result["execution_id"], "briefing");
    assert!(
        briefing["tokens"].as_u64().unwrap() <= 4_000,
        "{}",
        briefing["tokens"]
    );
    assert!(!briefing["items"].as_array().unwrap().is_empty());
}
