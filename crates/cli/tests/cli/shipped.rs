//! The playbooks that ship, on real input.

use std::path::Path;
use std::process::Command;

use crate::web::{Site, nobody};
use crate::world::{World, ended};

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=Ada", "-c", "user.email=ada@example.org"])
        .args(args)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[test]
fn release_notes_of_a_range() {
    let world = World::new();
    let repository = world.work.clone();
    git(&repository, &["init", "--quiet", "--initial-branch=main"]);
    let commit = |message: &str| {
        git(
            &repository,
            &["commit", "--quiet", "--allow-empty", "--message", message],
        );
        git(&repository, &["rev-parse", "--short", "HEAD"])
    };
    commit("feat: before the range");
    git(&repository, &["tag", "v1.0"]);
    let plain = commit("feat: a plain one");
    let scoped = commit("feat(ui): a window with `{{ braces }}` and ${{ inputs.path }}");
    let fix = commit("fix(api)!: another answer\n\nIt was wrong.");
    let odd = commit("tidy: of a kind that nobody knows");
    let free = commit("Say hello");
    git(&repository, &["checkout", "--quiet", "-b", "side", "v1.0"]);
    commit("docs: on the side");
    git(&repository, &["checkout", "--quiet", "main"]);
    git(
        &repository,
        &[
            "merge",
            "--quiet",
            "--no-ff",
            "--message",
            "Merge the side",
            "side",
        ],
    );

    let run = ["run", "release-notes", "-i", "range=v1.0..HEAD"];
    world.expect(3, &run);
    assert!(!repository.join("RELEASE_NOTES.md").exists());
    let waiting = world.json(&["approvals", "list"]);
    let approval = waiting["items"][0]["id"].as_str().unwrap().to_owned();
    let shown = world.expect(0, &["approvals", "show", &approval]);
    assert!(shown.out.contains("+## Features"), "{shown:?}");
    world.expect(0, &["approvals", "approve", &approval]);

    let notes = std::fs::read_to_string(repository.join("RELEASE_NOTES.md")).unwrap();
    let docs = git(&repository, &["rev-parse", "--short", "side"]);
    let expected = format!(
        "# Release notes\n\n6 commits in `v1.0..HEAD`.\n\
         \n## Breaking changes\n\n- **api:** another answer ({fix})\n\
         \n## Features\n\n- a plain one ({plain})\n\
         - **ui:** a window with `{{{{ braces }}}}` and ${{{{ inputs.path }}}} ({scoped})\n\
         \n## Fixes\n\n- **api:** another answer ({fix})\n\
         \n## Documentation\n\n- on the side ({docs})\n\
         \n## Other changes\n\n- Say hello ({free})\n- tidy: of a kind that nobody knows ({odd})\n"
    );
    assert_eq!(notes, expected);
    assert_eq!(world.newest()["status"], "done");

    // A range that is none fails and writes nothing.
    world.expect(
        1,
        &[
            "run",
            "release-notes",
            "-i",
            "range=v9..HEAD",
            "-i",
            "file=other.md",
        ],
    );
    assert!(!repository.join("other.md").exists());
}

#[test]
fn a_second_briefing_does_not_quote_the_first() {
    let world = World::new();
    let repository = world.work.clone();
    git(&repository, &["init", "--quiet", "--initial-branch=main"]);
    world.write(
        "cart.rs",
        "// TODO: handle case 1\n// TODO: handle case 2\n",
    );
    git(&repository, &["add", "cart.rs"]);
    git(&repository, &["commit", "--quiet", "--message", "A cart"]);
    world.write(
        "cart.rs",
        "// TODO: handle case 1\n// TODO: handle case 2\n\n",
    );
    let brief = || {
        let mut command = world.command(&["run", "brief-repo", "--approve", "all"]);
        // Whoever runs the tests may have sessions.
        command.env("HOME", &world.home);
        let ended = ended(command.spawn().unwrap());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        std::fs::read_to_string(repository.join("HANDOFF.md")).unwrap()
    };
    let first = brief();
    for part in [
        "handle case 1",
        "handle case 2",
        "[cart.rs:1]",
        "[cart.rs:2]",
    ] {
        assert!(first.contains(part), "{part} in\n{first}");
    }
    assert_eq!(brief(), first);
    git(&repository, &["add", "HANDOFF.md"]);
    assert_eq!(brief(), first, "also once it is known to git");
}

#[test]
fn sites_that_answer_lead_on_or_are_gone() {
    let (world, one, other) = (World::new(), Site::start(), Site::start());
    let gone = nobody();
    let urls = [
        one.url("/"),
        other.url("/moved"),
        gone.clone(),
        "not an address".to_owned(),
    ];
    let urls = serde_json::to_string(&urls).unwrap();
    let given = format!("urls={urls}");
    let ran = world
        .expect(0, &["--json", "run", "check-sites", "-i", &given])
        .json();
    let report = ran["output"]["report"].as_str().unwrap();
    let lines: Vec<&str> = report.lines().skip(4).collect();
    let starts = [
        format!("| {} | yes | 200 | ", one.url("/")),
        format!("| {} | yes | 200 | ", other.url("/moved")),
        format!("| {gone} | **no** |  | | no connection to "),
        "| not an address | **no** | | | not an address that can be called |".to_owned(),
    ];
    assert_eq!(lines.len(), starts.len(), "{report}");
    for (line, start) in lines.iter().zip(&starts) {
        assert!(
            line.starts_with(start),
            "{line} begins otherwise than {start}"
        );
    }
    assert!(
        lines[1].contains(&format!("leads to {}", other.url("/"))),
        "{report}"
    );
    assert_eq!(other.seen(), ["GET /moved HTTP/1.1", "GET / HTTP/1.1"]);

    // The report becomes a file only after a person saw it.
    let run = ["run", "check-sites", "-i", &given, "-i", "file=sites.md"];
    world.expect(3, &run);
    assert!(!world.work.join("sites.md").exists());
    let waiting = world.json(&["approvals", "list"]);
    let approval = waiting["items"][0]["id"].as_str().unwrap();
    world.expect(0, &["approvals", "approve", approval]);
    let written = std::fs::read_to_string(world.work.join("sites.md")).unwrap();
    assert!(written.starts_with("# Sites\n"), "{written}");
}
