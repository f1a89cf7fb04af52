use super::*;
use crate::trial::call;
use serde_json::json;

fn args(folder: &tempfile::TempDir, path: &str, text: &str) -> Value {
    json!({"root": folder.path(), "path": path, "text": text})
}

#[tokio::test]
async fn what_is_assessed_is_what_happens() {
    let folder = tempfile::tempdir().unwrap();
    let tool = FsWrite::new();
    let create = args(&folder, "HANDOFF.md", "a\nb\n");
    let assessed = tool.assess(&create).await.unwrap();
    let canonical = folder.path().canonicalize().unwrap();
    assert_eq!(assessed.summary, "create HANDOFF.md (4 B)");
    assert_eq!(
        assessed.target,
        canonical.join("HANDOFF.md").display().to_string()
    );
    assert_eq!(assessed.writes_under, Some(canonical.display().to_string()));
    assert!(!folder.path().join("HANDOFF.md").exists());
    let output = tool
        .run(&call(create, assessed.target_state))
        .await
        .unwrap();
    let hash = Hash::of(b"a\nb\n").to_string();
    assert_eq!(
        output,
        json!({"path": "HANDOFF.md", "bytes": 4, "hash": hash, "created": true})
    );

    let replace = args(&folder, "HANDOFF.md", "a\nB\nc\n");
    let assessed = tool.assess(&replace).await.unwrap();
    assert_eq!(assessed.summary, "replace HANDOFF.md: +2 −1 lines");
    assert_eq!(
        assessed.diff.unwrap(),
        "--- a/HANDOFF.md\n+++ b/HANDOFF.md\n@@ -1,2 +1,3 @@\n a\n-b\n+B\n+c\n"
    );
    let output = tool
        .run(&call(replace.clone(), assessed.target_state))
        .await
        .unwrap();
    assert_eq!(output["created"], false);
    assert_eq!(
        std::fs::read(folder.path().join("HANDOFF.md")).unwrap(),
        b"a\nB\nc\n"
    );
    assert_eq!(
        tool.assess(&replace).await.unwrap().summary,
        "leave HANDOFF.md as it is"
    );
}

#[tokio::test]
async fn a_target_that_changed_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let tool = FsWrite::new();
    let write = args(&folder, "a", "new");
    let assessed = tool.assess(&write).await.unwrap();
    std::fs::write(folder.path().join("a"), "by somebody else").unwrap();
    let failure = tool
        .run(&call(write.clone(), assessed.target_state))
        .await
        .unwrap_err();
    assert_eq!(failure.class, FailureClass::TargetChanged);
    assert_eq!(
        std::fs::read(folder.path().join("a")).unwrap(),
        b"by somebody else"
    );
    std::fs::write(folder.path().join("a"), "new").unwrap();
    assert_eq!(
        tool.run(&call(write, assessed.target_state)).await.unwrap()["created"],
        true
    );
}

#[tokio::test]
async fn looking_tells_the_three_states_apart() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a");
    std::fs::write(&file, "old").unwrap();
    let tool = FsWrite::new();
    let write = args(&folder, "a", "new");
    let state = tool.assess(&write).await.unwrap().target_state;
    let look = async || tool.look(&call(write.clone(), state)).await.unwrap();
    assert_eq!(look().await, Finding::NotHappened);
    std::fs::write(&file, "new").unwrap();
    assert!(matches!(look().await, Finding::Happened { output } if output["created"] == false));
    std::fs::write(&file, "other").unwrap();
    assert!(matches!(look().await, Finding::Unclear { because } if because.contains("neither")));
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(look().await, Finding::Unclear { because } if because.contains("gone")));
}

#[tokio::test]
async fn create_new_never_replaces() {
    let folder = tempfile::tempdir().unwrap();
    let tool = FsWrite::new();
    let write = json!({"root": folder.path(), "path": "a", "text": "new", "create_new": true});
    let state = tool.assess(&write).await.unwrap().target_state;
    assert_eq!(
        tool.run(&call(write.clone(), state)).await.unwrap()["created"],
        true
    );
    // The same attempt again finds its own work; a new call is refused.
    assert_eq!(
        tool.run(&call(write.clone(), state)).await.unwrap()["created"],
        true
    );
    assert_eq!(
        tool.assess(&write).await.unwrap_err().class,
        FailureClass::BadInput
    );
    assert_eq!(
        tool.run(&call(write.clone(), None))
            .await
            .unwrap_err()
            .class,
        FailureClass::BadInput
    );
    std::fs::write(folder.path().join("a"), "old").unwrap();
    assert_eq!(
        tool.run(&call(write.clone(), state))
            .await
            .unwrap_err()
            .class,
        FailureClass::TargetChanged
    );
    assert_eq!(
        tool.run(&call(write, None)).await.unwrap_err().class,
        FailureClass::BadInput
    );
}

#[tokio::test]
async fn places_that_must_not_be_written_are_refused_before_and_at_the_run() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("in/.git/hooks")).unwrap();
    std::fs::create_dir(folder.path().join("in/sub")).unwrap();
    std::fs::write(folder.path().join("outside"), "keep").unwrap();
    for (link, to) in [
        ("far", "../outside"),
        ("up", ".."),
        ("dangling", "../new"),
        ("abs", "/etc/hosts"),
        ("hook", ".git/hooks"),
    ] {
        std::os::unix::fs::symlink(to, folder.path().join("in").join(link)).unwrap();
    }
    let tool = FsWrite::new();
    for path in [
        "../outside",
        "/etc/hosts",
        "far",
        "up/outside",
        "up/new",
        "dangling",
        "abs",
        "sub",
        ".",
        "a\nb",
        ".git/hooks/pre-commit",
        ".GIT/config",
        "hook/pre-commit",
    ] {
        let write = json!({"root": folder.path().join("in"), "path": path, "text": "x"});
        assert_eq!(
            tool.assess(&write).await.unwrap_err().class,
            FailureClass::BadInput,
            "{path}"
        );
        assert_eq!(
            tool.run(&call(write, None)).await.unwrap_err().class,
            FailureClass::BadInput,
            "{path}"
        );
    }
    for (root, path) in [
        (folder.path().join("none"), "a"),
        (folder.path().to_owned(), "no/such/a"),
    ] {
        let write = json!({"root": root, "path": path, "text": "x"});
        assert_eq!(
            tool.assess(&write).await.unwrap_err().class,
            FailureClass::NotFound
        );
    }
    assert_eq!(
        std::fs::read(folder.path().join("outside")).unwrap(),
        b"keep"
    );
    assert!(!folder.path().join("new").exists());
}

#[tokio::test]
async fn what_is_no_text_is_compared_by_size() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a"), [0, 255, 1]).unwrap();
    let assessed = FsWrite::new()
        .assess(&args(&folder, "a", "text"))
        .await
        .unwrap();
    assert_eq!(
        (assessed.summary.as_str(), assessed.diff),
        ("replace a: 3 B → 4 B", None)
    );
}
