//! Nobody is asked more than can be read.

use crate::world::World;

fn flood(world: &World, count: usize) {
    let steps: String = (0..count)
        .map(|number| {
            format!(
                "  - {{ id: s{number}, tool: fs.write, approval: always, args: {{ root: \"${{{{ inputs.path }}}}\", path: \"{number}.txt\", text: x }} }}\n"
            )
        })
        .collect();
    world.write(
        "flood.yaml",
        &format!("name: flood\ninputs: {{ path: {{ type: string, default: \".\", slot: path }} }}\nsteps:\n{steps}"),
    );
}

fn waiting(world: &World) -> Vec<String> {
    world.json(&["approvals", "list"])["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn twenty_questions_are_asked_then_it_pauses_and_says_why() {
    let world = World::new();
    flood(&world, 22);
    let said = world.expect(3, &["run", "flood.yaml"]);
    assert!(said.err.contains("20 questions wait"), "{said:?}");
    let newest = world.newest();
    assert_eq!(newest["status"], "paused");
    assert!(newest["title"].as_str().unwrap().contains("20 questions"));
    let id = newest["id"].as_str().unwrap();
    assert!(
        said.err.contains(&format!("krake executions resume {id}")),
        "{said:?}"
    );
    assert_eq!(waiting(&world).len(), 20);
    // It goes on by itself once all of them are answered, and then asks the rest.
    for approval in waiting(&world) {
        world.expect(3, &["approvals", "approve", &approval]);
    }
    let [first, second] = &waiting(&world)[..] else {
        panic!("{:?}", waiting(&world))
    };
    world.expect(3, &["approvals", "approve", first]);
    world.expect(0, &["approvals", "approve", second]);
    assert!(world.work.join("21.txt").exists());
}

#[test]
fn who_answers_everything_in_advance_is_not_held_up() {
    let world = World::new();
    flood(&world, 45);
    world.expect(0, &["run", "flood.yaml", "--approve", "all"]);
    assert!(world.work.join("44.txt").exists());
}
