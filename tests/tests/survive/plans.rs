//! Plan files that nobody should have to survive. Small mistakes are the command line's own tests.

use std::time::Instant;

use crate::scene::{Scene, is_root};

fn bomb() -> String {
    let mut text = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
    for (name, of) in "bcdefghij".chars().zip("abcdefghi".chars()) {
        let list = vec![format!("*{of}"); 10].join(", ");
        text += &format!("{name}: &{name} [{list}]\n");
    }
    text + "name: bomb\nsteps: *j\n"
}

fn long(steps: usize) -> String {
    let mut text = "name: long\nsteps:\n".to_owned();
    for step in 0..steps {
        let needs = step
            .checked_sub(1)
            .map_or(String::new(), |before| format!(", needs: [s{before}]"));
        text += &format!("  - {{ id: s{step}, tool: wait, args: {{ ms: 0 }}{needs} }}\n");
    }
    text
}

#[test]
fn hostile_files_are_refused_with_a_word_and_without_a_folder() {
    let scene = Scene::new();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("bomb.yaml", bomb().into_bytes(), "alias"),
        ("steps.yaml", long(10_000).into_bytes(), "1000"),
        ("deep.yaml", format!("name: deep\nsteps: {}{}\n", "[".repeat(20_000), "]".repeat(20_000)).into_bytes(), "deep"),
        ("deep.json", format!("{{\"name\":\"d\",\"steps\":{}{}}}", "[".repeat(20_000), "]".repeat(20_000)).into_bytes(), "deep"),
        ("deep-args.yaml", format!("name: d\nsteps:\n  - {{ id: a, tool: json.query, args: {{ path: $, value: {}{} }} }}\n", "[".repeat(500), "]".repeat(500)).into_bytes(), "deep"),
        ("empty.yaml", Vec::new(), ""),
        ("zero.yaml", vec![0; 4_096], ""),
        ("binary.yaml", (0..=255).cycle().take(100_000).collect(), ""),
        ("latin.yaml", b"name: caf\xe9\nsteps: []\n".to_vec(), ""),
        ("two.yaml", b"name: a\nsteps: []\n---\nname: b\nsteps: []\n".to_vec(), ""),
        ("twice.yaml", b"name: a\nname: b\nsteps: []\n".to_vec(), "name"),
        ("tag.yaml", b"name: !!python/object:os.system x\nsteps: []\n".to_vec(), ""),
        ("expression.yaml", format!("name: e\nsteps:\n  - {{ id: a, tool: wait, args: {{ ms: \"${{{{ {}1{} }}}}\" }} }}\n", "(".repeat(5_000), ")".repeat(5_000)).into_bytes(), ""),
        ("null.json", b"null".to_vec(), ""),
        ("huge.yaml", "# x\n".repeat(50 << 18).into_bytes(), ""),
    ];
    for (name, text, word) in cases {
        let path = scene.write(name, text);
        for args in [vec!["plan", "check", &path], vec!["run", &path]] {
            let begun = Instant::now();
            let said = scene.run(&args);
            let all = format!("{}{}", said.out, said.err);
            assert!(
                said.is_clear() && matches!(said.code, Some(1 | 2)),
                "{name}: {said:?}"
            );
            assert!(
                all.contains(word),
                "{name} does not say `{word}`: {all:.600}"
            );
            assert!(all.len() < 64 << 10, "{name} says {} bytes", all.len());
            assert!(
                begun.elapsed().as_secs() < 20,
                "{name} took {:?}",
                begun.elapsed()
            );
        }
    }
    assert!(!scene.data().join("krake.db").exists(), "nothing was made");
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let through: &[&str] = if is_root() {
        &crate::scene::WITHOUT_PRIVILEGE
    } else {
        &[]
    };
    let scene = Scene::through(through);
    let locked = scene.write("locked.yaml", "name: x\nsteps: []\n");
    std::fs::set_permissions(&locked, std::os::unix::fs::PermissionsExt::from_mode(0o000)).unwrap();
    let folder = scene.work().join("folder.yaml");
    std::fs::create_dir(&folder).unwrap();
    let missing = scene.work().join("missing.yaml");
    for path in [
        locked.as_str(),
        folder.to_str().unwrap(),
        missing.to_str().unwrap(),
    ] {
        for args in [vec!["plan", "check", path], vec!["run", path]] {
            let said = scene.run(&args);
            assert!(
                matches!(said.code, Some(1 | 2)) && said.err.contains(path),
                "{said:?}"
            );
        }
    }
}

#[test]
fn as_many_steps_as_are_allowed_run_to_the_end() {
    let scene = Scene::new();
    let path = scene.write("long.yaml", long(1_000));
    let begun = Instant::now();
    let result = scene.expect(0, &["--json", "-q", "run", &path]).json();
    println!("1000 steps in a chain: {:?}", begun.elapsed());
    assert_eq!(result["status"], "done");
    let journal = scene.journal();
    let done = journal
        .iter()
        .filter(|line| line["kind"] == "attempt_succeeded")
        .count();
    assert_eq!(done, 1_000);
    scene.assert_intact();
}
