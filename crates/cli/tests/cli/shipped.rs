//! The playbooks that ship, on real input.

use std::path::Path;
use std::process::Command;

use crate::world::World;

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

    let run = [
        "run",
        "release-notes",
        "-i",
        "range=v1.0..HEAD",
        "-i",
        "title=Version 1.1",
    ];
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
        "# Version 1.1\n\n6 commits in `v1.0..HEAD`.\n\
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
