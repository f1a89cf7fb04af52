//! `plan check` and the ways in which a plan is wrong.

use crate::world::{UNEVEN, World};

#[test]
fn a_right_plan_shows_its_waves_and_its_critical_path_and_needs_no_data_folder() {
    let world = World::new();
    world.write("uneven.yaml", UNEVEN);
    let said = world.expect(0, &["plan", "check", "uneven.yaml"]);
    assert!(said.out.contains("wave 1          a, b"), "{said:?}");
    assert!(said.out.contains("critical path   a → c → e"), "{said:?}");
    let dry = world.expect(0, &["run", "uneven.yaml", "--dry-run"]);
    assert_eq!(dry.out, said.out);
    assert!(!world.home.exists(), "nothing was made");
}

#[test]
fn each_kind_of_wrong_plan_is_named_with_its_place() {
    let step = |text: &str| {
        format!("name: x\nsteps:\n  - {{ id: a, tool: wait, args: {{ ms: 1 }} }}\n  - {text}\n")
    };
    let table: Vec<(String, &str, &str)> = vec![
        ("name: x\nsteps: [\n".to_owned(), ":3:1:", "not YAML"),
        (
            "name: x\nsteps: []\nsetps: []\n".to_owned(),
            ":3:1:",
            "setps",
        ),
        (
            step("{ id: b, tool: wait, args: { ms: 1 }, neds: [a] }"),
            ":4:",
            "neds",
        ),
        (step("{ id: b, tool: fs.raed, args: {} }"), ":4:", "fs.raed"),
        (
            step("{ id: b, tool: notify.send, args: {} }"),
            ":4:",
            "not built",
        ),
        (
            step("{ id: b, tool: wait, args: { ms: 1 }, cache: { ttl_s: 1 } }"),
            ":4:",
            "cache",
        ),
        (
            step("{ id: b, tool: wait, args: { ms: \"${{ item }}\" } }"),
            ":4:",
            "item",
        ),
        (
            step("{ id: b, tool: wait, args: { ms: 1 }, for_each: all }"),
            ":4:",
            "for_each",
        ),
        (
            step("{ id: b, tool: wait, args: { ms: 1 }, needs: [c] }"),
            ":4:",
            "`c`",
        ),
        (step("{ id: a, tool: wait, args: { ms: 1 } }"), ":4:", "`a`"),
        (
            step("{ id: b, tool: wait, args: { ms: soon } }"),
            ":4:",
            "ms",
        ),
        (
            step("{ id: b, tool: wait, args: { ms: \"${{ steps.a.output.x y }}\" } }"),
            ":4:",
            "args.ms",
        ),
        (
            step("{ id: b, tool: wait, args: { ms: \"${{ inputs.ms }}\" } }"),
            ":4:",
            "`ms`",
        ),
        (
            step("{ id: b, tool: wait, args: { ms: 1 }, timeout_ms: never }"),
            ":4:",
            "timeout_ms",
        ),
        (
            "name: x\nsteps:\n  - { id: a, tool: wait, args: { ms: 1 }, needs: [b] }\n  \
             - { id: b, tool: wait, args: { ms: 1 }, needs: [c] }\n  \
             - { id: c, tool: wait, args: { ms: 1 }, needs: [a] }\n"
                .to_owned(),
            ":3:",
            "a → c → b → a",
        ),
    ];
    let world = World::new();
    for (text, place, named) in table {
        world.write("wrong.yaml", &text);
        let said = world.expect(1, &["plan", "check", "wrong.yaml"]);
        let wanted = format!("wrong.yaml{place}");
        assert!(
            said.out.contains(&wanted) && said.out.contains(named),
            "{text}\n{said:?}"
        );
        assert!(said.out.contains('^'), "{said:?}");
        let run = world.expect(1, &["run", "wrong.yaml"]);
        assert_eq!(run.out, said.out);
        let json = world
            .expect(1, &["--json", "plan", "check", "wrong.yaml"])
            .json();
        assert_eq!(json["ok"], false);
        assert!(json["faults"][0]["line"].as_u64().unwrap() > 0);
    }
    assert!(!world.home.exists(), "nothing was made");
}
