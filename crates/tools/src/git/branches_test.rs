use super::*;
use crate::git::scene::Scene;

async fn switch(scene: &Scene, branch: &str) -> Result<GitState, Failure> {
    git_switch(
        &scene.path().to_string_lossy(),
        branch,
        &CancellationToken::new(),
    )
    .await
}

async fn names(scene: &Scene) -> Vec<(String, bool)> {
    let folder = scene.path().to_string_lossy().into_owned();
    let branches = git_branches(&folder, &CancellationToken::new())
        .await
        .unwrap();
    branches
        .into_iter()
        .map(|one| (one.name, one.current))
        .collect()
}

fn two_branches() -> Scene {
    let scene = Scene::new();
    scene.write("a.txt", "one\n");
    scene.write(".gitignore", "local.env\n");
    scene.commit("first");
    scene.git(&["switch", "--quiet", "-c", "cart"]);
    scene.write("a.txt", "two\n");
    scene.git(&["add", "--force", "a.txt"]);
    scene.write("local.env", "theirs\n");
    scene.git(&["add", "--force", "local.env"]);
    scene.commit("cart: two");
    scene.git(&["switch", "--quiet", "main"]);
    scene
}

#[tokio::test]
async fn branches_are_listed_and_another_one_is_checked_out() {
    let scene = two_branches();
    let mut listed = names(&scene).await;
    listed.sort();
    assert_eq!(
        listed,
        [("cart".to_owned(), false), ("main".to_owned(), true)]
    );
    // What stands nowhere in the way comes along.
    scene.write("notes.txt", "mine\n");
    let state = switch(&scene, "cart").await.unwrap();
    assert_eq!((state.branch.as_deref(), state.changed), (Some("cart"), 1));
    assert_eq!(switch(&scene, "cart").await.unwrap(), state);
    let unknown = switch(&scene, "--detach").await.unwrap_err();
    assert_eq!(unknown.class, FailureClass::NotFound);
    let empty = Scene::new();
    assert_eq!(names(&empty).await, []);
}

#[tokio::test]
async fn nothing_is_switched_where_work_would_be_lost() {
    let scene = two_branches();
    scene.write("a.txt", "mine\n");
    let refused = switch(&scene, "cart").await.unwrap_err();
    assert_eq!(refused.class, FailureClass::TargetChanged, "{refused}");
    assert!(
        refused.message.contains("in no commit: a.txt;"),
        "{refused}"
    );
    scene.git(&["checkout", "--quiet", "--", "a.txt"]);
    // Git itself would overwrite an ignored file without a word.
    scene.write("local.env", "mine\n");
    let refused = switch(&scene, "cart").await.unwrap_err();
    assert!(refused.message.contains("local.env"), "{refused}");
    let kept = std::fs::read_to_string(scene.path().join("local.env")).unwrap();
    assert_eq!(kept, "mine\n");
    std::fs::remove_file(scene.path().join("local.env")).unwrap();

    scene.git(&["switch", "--quiet", "--detach"]);
    scene.write("a.txt", "alone\n");
    scene.commit("on no branch");
    let refused = switch(&scene, "cart").await.unwrap_err();
    assert!(refused.message.contains("on no branch"), "{refused}");
    scene.git(&["branch", "kept"]);
    switch(&scene, "cart").await.unwrap();

    scene.write(".git/index.lock", "");
    let locked = switch(&scene, "main").await.unwrap_err();
    assert_eq!(locked.class, FailureClass::Unavailable, "{locked}");
    std::fs::remove_file(scene.path().join(".git/index.lock")).unwrap();
    assert_eq!(scene.git(&["branch", "--show-current"]), "cart");
}

#[tokio::test]
async fn a_branch_of_another_work_tree_and_an_unfinished_rebase_are_said() {
    let scene = two_branches();
    let other = tempfile::tempdir().unwrap();
    let place = other.path().join("tree");
    scene.git(&[
        "worktree",
        "add",
        "--quiet",
        place.to_str().unwrap(),
        "cart",
    ]);
    let refused = switch(&scene, "cart").await.unwrap_err();
    assert!(refused.message.contains("checked out in"), "{refused}");
    scene.git(&["worktree", "remove", place.to_str().unwrap()]);

    scene.write("a.txt", "another\n");
    scene.commit("main: another");
    let rebase = std::process::Command::new("git")
        .arg("-C")
        .arg(scene.path())
        .args(["rebase", "--quiet", "cart"])
        .output()
        .unwrap();
    assert!(!rebase.status.success());
    let refused = switch(&scene, "cart").await.unwrap_err();
    assert!(
        refused.message.contains("in the middle of a rebase"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_hook_that_complains_afterwards_has_not_undone_the_switch() {
    use std::os::unix::fs::PermissionsExt as _;
    let scene = two_branches();
    scene.write(".git/hooks/post-checkout", "#!/bin/sh\nexit 1\n");
    let path = scene.path().join(".git/hooks/post-checkout");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let state = switch(&scene, "cart").await.unwrap();
    assert_eq!(state.branch.as_deref(), Some("cart"));
}
