//! Outputs of 50 MB: cut or refused with a word, and the memory stays flat.

use crate::repository::Repository;
use crate::scene::Scene;

const MOST_MEMORY: u64 = 512 << 20;

#[test]
fn fifty_megabytes_are_cut_and_said_and_the_memory_stays_flat() {
    let scene = Scene::new();
    let repository = Repository::with_commits(&scene);
    repository.write("large.txt", "a\n");
    repository.commit("Add a small file");
    repository.add_large_file(50 << 20);
    let root = repository.folder();
    let value: Vec<u32> = (0..400_000).collect();
    let value = serde_json::to_string(&value).unwrap();
    let path = scene.write(
        "large.yaml",
        format!(
            "name: large\nsteps:\n  - {{ id: read, tool: fs.read, args: {{ root: {root:?}, path: large.txt }} }}\n  \
             - {{ id: most, tool: fs.read, args: {{ root: {root:?}, path: large.txt, max_bytes: 8388608 }} }}\n  \
             - {{ id: diff, tool: git.diff, args: {{ root: {root:?} }} }}\n  \
             - {{ id: search, tool: fs.search, args: {{ root: {root:?}, pattern: x, max_file_bytes: 67108864, limit: 5000 }} }}\n"
        ),
    );
    let query = scene.write(
        "query.json",
        format!("{{\"name\":\"query\",\"steps\":[{{\"id\":\"q\",\"tool\":\"json.query\",\"args\":{{\"path\":\"$[?@ > 399990]\",\"value\":{value}}}}}]}}"),
    );
    let served = scene.serve();
    let started = scene.expect(0, &["run", &path, "--detach"]);
    let id = started.out.trim();
    scene.wait_for_status(id, "done");
    let queried = scene.run(&["run", &query]);
    assert!(queried.is_clear(), "{:.600}", queried.err);
    let most = served.most_memory();
    println!("the most memory was {} MB", most >> 20);
    assert!(most < MOST_MEMORY, "{most} bytes");
    let journal = scene.journal();
    for step in ["read", "most", "diff", "search"] {
        let result = journal
            .iter()
            .find(|line| line["kind"] == "attempt_succeeded" && line["event"]["step"] == step);
        let output = &result.unwrap_or_else(|| panic!("{step} has no result"))["event"]["output"];
        assert_eq!(output["truncated"], true, "{step}");
        assert!(output.to_string().len() < 9 << 20, "{step}");
        if step == "read" || step == "most" {
            assert_eq!(
                output["bytes"],
                std::fs::metadata(repository.path().join("large.txt"))
                    .unwrap()
                    .len()
            );
        }
    }
    served.signal("TERM");
    assert_eq!(served.ended().code, Some(0));
    scene.assert_intact();
}
