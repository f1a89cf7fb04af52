use super::*;
use crate::git::scene::Scene;
use crate::trial::call;
use serde_json::json;
use std::os::unix::fs::PermissionsExt;

fn args(scene: &Scene, paths: &[&str]) -> Value {
    json!({"root": scene.path(), "message": "Add notes\n\n# kept as written\n", "paths": paths})
}

#[tokio::test]
async fn commits_only_the_named_paths_and_what_was_shown() {
    let scene = Scene::new();
    scene.write("a", "one\n");
    scene.write("other", "one\n");
    let first = scene.commit("first");
    scene.write("a", "two\n");
    scene.write("other", "changed\n");
    scene.write("notes/new *.md", "x\ny\n");
    scene.git(&["add", "other"]);
    let tool = GitCommit::new();
    let commit = args(&scene, &["a", "notes"]);
    let assessed = tool.assess(&commit).await.unwrap();
    let short = scene.git(&["rev-parse", "--short", "HEAD"]);
    assert_eq!(
        assessed.summary,
        format!("commit 2 files on main after {short}: +3 −1 lines")
    );
    let diff = assessed.diff.unwrap();
    assert!(
        diff.contains("-one\n+two\n")
            && diff.contains("+++ b/notes/new *.md")
            && !diff.contains("changed"),
        "{diff}"
    );
    assert!(tool.spec().asks);

    let output = tool
        .run(&call(commit, assessed.target_state))
        .await
        .unwrap();
    let head = scene.git(&["rev-parse", "HEAD"]);
    assert_eq!(output["hash"], head);
    assert_eq!(
        (&output["files"], &output["added"], &output["branch"]),
        (&json!(2), &json!(3), &json!("main"))
    );
    assert_eq!(scene.git(&["rev-parse", "HEAD^"]), first);
    assert_eq!(
        scene.git(&["log", "-1", "--format=%B"]),
        "Add notes\n\n# kept as written"
    );
    assert_eq!(scene.git(&["status", "--porcelain"]), "M  other");
}

#[tokio::test]
async fn the_first_commit_a_deleted_and_a_removed_file_are_committed() {
    let scene = Scene::new();
    scene.write("a", "one\n");
    scene.write("b", "two\n");
    scene.write("c", "three\n");
    let tool = GitCommit::new();
    let commit = args(&scene, &["."]);
    let assessed = tool.assess(&commit).await.unwrap();
    assert_eq!(
        assessed.summary,
        "commit 3 files on main as the first commit: +3 −0 lines"
    );
    tool.run(&call(commit.clone(), assessed.target_state))
        .await
        .unwrap();
    std::fs::remove_file(scene.path().join("a")).unwrap();
    scene.git(&["rm", "--quiet", "b"]);
    let assessed = tool.assess(&commit).await.unwrap();
    let commit = args(&scene, &["a", "b"]);
    let output = tool
        .run(&call(commit, assessed.target_state))
        .await
        .unwrap();
    assert_eq!(
        (&output["files"], &output["removed"]),
        (&json!(2), &json!(2))
    );
    assert_eq!(scene.git(&["ls-files"]), "c");
}

#[tokio::test]
async fn looking_tells_the_three_states_apart() {
    let scene = Scene::new();
    scene.write("a", "one\n");
    scene.commit("first");
    scene.write("a", "two\n");
    scene.write("b", "new\n");
    let tool = GitCommit::new();
    let commit = args(&scene, &["a", "b"]);
    let state = tool.assess(&commit).await.unwrap().target_state;
    let look = async || tool.look(&call(commit.clone(), state)).await.unwrap();
    assert_eq!(look().await, Finding::NotHappened);
    let output = tool.run(&call(commit.clone(), state)).await.unwrap();
    assert_eq!(
        look().await,
        Finding::Happened {
            output: output.clone()
        }
    );
    scene.commit("somebody else's, empty");
    assert!(
        matches!(look().await, Finding::Happened { output: found } if found["hash"] == output["hash"])
    );
    scene.write("a", "three\n");
    assert!(
        matches!(look().await, Finding::Unclear { because } if because.contains("has this message"))
    );
    scene.git(&["reset", "--quiet", "--hard", "HEAD~2"]);
    assert!(
        matches!(look().await, Finding::Unclear { because } if because.contains("none of the last"))
    );
}

#[tokio::test]
async fn a_change_in_between_is_refused() {
    let scene = Scene::new();
    scene.write("a", "one\n");
    scene.commit("first");
    scene.write("a", "two\n");
    let tool = GitCommit::new();
    let commit = args(&scene, &["a"]);
    let state = tool.assess(&commit).await.unwrap().target_state;
    scene.write("a", "evil\n");
    let failure = tool.run(&call(commit.clone(), state)).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::TargetChanged);
    scene.write("a", "two\n");
    scene.git(&[
        "commit",
        "--quiet",
        "--allow-empty",
        "--message",
        "by somebody else",
    ]);
    let failure = tool.run(&call(commit, state)).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::TargetChanged);
    assert_eq!(scene.git(&["status", "--porcelain"]), "M a");
}

#[tokio::test]
async fn a_hook_that_refuses_leaves_everything_as_it_was() {
    let scene = Scene::new();
    scene.write("a", "one\n");
    let first = scene.commit("first");
    scene.write(
        ".git/hooks/pre-commit",
        "#!/bin/sh\necho 'no such style' >&2\nexit 1\n",
    );
    let hook = scene.path().join(".git/hooks/pre-commit");
    std::fs::set_permissions(hook, std::fs::Permissions::from_mode(0o755)).unwrap();
    scene.write("new", "x\n");
    let commit = args(&scene, &["new"]);
    let tool = GitCommit::new();
    let state = tool.assess(&commit).await.unwrap().target_state;
    let failure = tool.run(&call(commit.clone(), state)).await.unwrap_err();
    assert!(failure.message.contains("no such style"), "{failure}");
    assert_eq!(scene.git(&["rev-parse", "HEAD"]), first);
    assert_eq!(scene.git(&["status", "--porcelain"]), "?? new");
    assert_eq!(
        tool.look(&call(commit, state)).await.unwrap(),
        Finding::NotHappened
    );
}

#[tokio::test]
async fn what_cannot_be_committed_says_why() {
    let scene = Scene::new();
    scene.write("a", "one\n");
    scene.commit("first");
    let tool = GitCommit::new();
    let mut empty = args(&scene, &["a"]);
    empty["message"] = json!(" \n");
    let outside = args(&scene, &["../x"]);
    for (args, part) in [
        (args(&scene, &["a"]), "nothing to commit"),
        (args(&scene, &["none"]), "nothing to commit"),
        (args(&scene, &[]), "paths"),
        (empty, "message"),
        (outside, "climbs"),
    ] {
        let failure = tool.assess(&args).await.unwrap_err();
        assert_eq!(failure.class, FailureClass::BadInput, "{args}");
        assert!(failure.message.contains(part), "{failure}");
        assert_eq!(
            tool.run(&call(args, None)).await.unwrap_err().class,
            FailureClass::BadInput
        );
    }
}
