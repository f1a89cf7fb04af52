use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::git::scene::Scene;

const MESSAGE: &str = "krake: hand over shop\n\nKrake-Handoff: hnd_1";

fn shop() -> Scene {
    let scene = Scene::new();
    scene.write("src/cart.rs", "one\n");
    scene.write("notes.md", "one\n");
    scene.commit("first");
    scene.write("src/cart.rs", "two\n");
    scene.write("src/new.rs", "new\n");
    scene.write("notes.md", "two\n");
    scene
}

fn paths(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|&path| path.to_owned()).collect()
}

async fn keep(scene: &Scene, branch: Option<&str>, chosen: &[&str]) -> Result<Kept, Failure> {
    let (folder, paths) = (scene.path().to_string_lossy().into_owned(), paths(chosen));
    let keep = Keep {
        folder: &folder,
        branch,
        message: MESSAGE,
        paths: &paths,
    };
    git_keep(keep, &CancellationToken::new()).await
}

async fn work(scene: &Scene, touched: &[&str]) -> Result<Work, Failure> {
    let folder = std::fs::canonicalize(scene.path()).unwrap();
    let touched = touched
        .iter()
        .map(|path| folder.join(path).to_string_lossy().into_owned());
    let touched = touched.collect();
    git_work(
        &folder.to_string_lossy(),
        &touched,
        &CancellationToken::new(),
    )
    .await
}

fn hook(scene: &Scene, text: &str) {
    named_hook(scene, "pre-commit", text);
}

fn named_hook(scene: &Scene, name: &str, text: &str) {
    let path = format!(".git/hooks/{name}");
    scene.write(&path, text);
    let path = scene.path().join(path);
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Everything that must be as it was after a refusal.
fn all(scene: &Scene) -> [String; 5] {
    [
        scene.git(&[
            "status",
            "--porcelain=v2",
            "--branch",
            "--untracked-files=all",
        ]),
        scene.git(&["for-each-ref"]),
        scene.git(&["diff", "--cached"]),
        scene.git(&["diff"]),
        std::fs::read_to_string(scene.path().join(".git/HEAD")).unwrap(),
    ]
}

#[tokio::test]
async fn what_sessions_touched_goes_on_its_branch_and_the_rest_stays() {
    let scene = shop();
    let seen = work(&scene, &["src/cart.rs", "src/new.rs", "gone.rs"])
        .await
        .unwrap();
    let listed: Vec<(&str, bool)> = seen
        .files
        .iter()
        .map(|file| (file.path.as_str(), file.touched))
        .collect();
    assert_eq!(
        listed,
        [
            ("src/cart.rs", true),
            ("src/new.rs", true),
            ("notes.md", false)
        ]
    );
    assert_eq!((seen.blocked, seen.more, seen.git.changed), (None, 0, 3));

    let chosen = ["src/cart.rs", "src/new.rs"];
    let made = keep(&scene, Some("krake/handoff-1"), &chosen)
        .await
        .unwrap();
    assert_eq!(made.branch.as_deref(), Some("krake/handoff-1"));
    assert!(!made.was_there);
    assert_eq!(
        scene.git(&["show", "--name-only", "--format=%s", "HEAD"]),
        "krake: hand over shop\n\nsrc/cart.rs\nsrc/new.rs"
    );
    assert_eq!(scene.git(&["status", "--porcelain"]), "M notes.md");
    assert_eq!(scene.git(&["rev-list", "--count", "main"]), "1");
    // A crash later it is found, and not made again.
    let again = keep(&scene, Some("krake/handoff-1"), &chosen)
        .await
        .unwrap();
    assert_eq!((again.was_there, again.short), (true, made.short));
    assert_eq!(scene.git(&["rev-list", "--count", "HEAD"]), "2");
}

#[tokio::test]
async fn a_refusal_leaves_branch_index_and_files_as_they_were() {
    let scene = shop();
    scene.git(&["add", "notes.md"]);
    let before = all(&scene);
    let chosen = ["src/cart.rs", "src/new.rs"];
    hook(&scene, "#!/bin/sh\necho 'no debt today' >&2\nexit 1\n");
    let refused = keep(&scene, Some("krake/x"), &chosen).await.unwrap_err();
    assert!(
        refused.message.contains("hook") && refused.message.contains("no debt today"),
        "{refused}"
    );
    assert_eq!(all(&scene), before);
    std::fs::remove_file(scene.path().join(".git/hooks/pre-commit")).unwrap();

    named_hook(&scene, "post-checkout", "#!/bin/sh\nexit 1\n");
    keep(&scene, Some("krake/x"), &chosen).await.unwrap_err();
    std::fs::remove_file(scene.path().join(".git/hooks/post-checkout")).unwrap();
    assert_eq!(all(&scene), before);

    scene.git(&["config", "commit.gpgsign", "true"]);
    scene.git(&["config", "gpg.program", "/bin/false"]);
    let refused = keep(&scene, Some("krake/x"), &chosen).await.unwrap_err();
    assert!(refused.message.contains("could not be signed"), "{refused}");
    scene.git(&["config", "--unset", "commit.gpgsign"]);
    assert_eq!(all(&scene), before);

    scene.write(".git/index.lock", "");
    let locked = keep(&scene, Some("krake/x"), &chosen).await.unwrap_err();
    assert_eq!(locked.class, FailureClass::Unavailable, "{locked}");
    std::fs::remove_file(scene.path().join(".git/index.lock")).unwrap();
    assert_eq!(all(&scene), before);

    scene.git(&["branch", "taken"]);
    let taken = keep(&scene, Some("taken"), &chosen).await.unwrap_err();
    assert!(taken.message.contains("already"), "{taken}");
    assert_eq!(free(&scene, "taken").await, "taken-2");
    assert_eq!(free(&scene, "krake/x").await, "krake/x");
    let nothing = keep(&scene, None, &[]).await.unwrap_err();
    assert!(nothing.message.contains("no file was chosen"), "{nothing}");
    let climbs = keep(&scene, None, &["../x"]).await;
    assert!(climbs.is_err());
}

async fn free(scene: &Scene, name: &str) -> String {
    let folder = scene.path().to_string_lossy().into_owned();
    free_branch(&folder, name, &CancellationToken::new())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_detached_head_wants_a_branch_and_comes_back_where_the_commit_is_refused() {
    let scene = shop();
    scene.git(&["switch", "--quiet", "--detach"]);
    let before = all(&scene);
    let refused = keep(&scene, None, &["src/cart.rs"]).await.unwrap_err();
    assert!(
        refused.message.contains("no branch is checked out"),
        "{refused}"
    );
    hook(&scene, "#!/bin/sh\nexit 1\n");
    let silent = keep(&scene, Some("krake/x"), &["src/cart.rs"])
        .await
        .unwrap_err();
    assert!(silent.message.contains("without a word"), "{silent}");
    assert_eq!(all(&scene), before);
    hook(&scene, "#!/bin/sh\nexit 0\n");
    let made = keep(&scene, Some("krake/x"), &["src/cart.rs"])
        .await
        .unwrap();
    assert_eq!(made.branch.as_deref(), Some("krake/x"));
}

#[tokio::test]
async fn the_first_commit_of_a_repository_can_be_one_before_a_handoff() {
    let scene = Scene::new();
    scene.write("a.txt", "one\n");
    let seen = work(&scene, &["a.txt"]).await.unwrap();
    assert_eq!((seen.git.commit, seen.files.len()), (None, 1));
    hook(&scene, "#!/bin/sh\nexit 1\n");
    keep(&scene, Some("krake/x"), &["a.txt"]).await.unwrap_err();
    assert_eq!(scene.git(&["branch", "--show-current"]), "main");
    hook(&scene, "#!/bin/sh\nexit 0\n");
    keep(&scene, Some("krake/x"), &["a.txt"]).await.unwrap();
    assert_eq!(scene.git(&["log", "--format=%s"]), "krake: hand over shop");
}

#[tokio::test]
async fn an_unfinished_merge_a_bare_repository_and_a_plain_folder_are_said() {
    let scene = shop();
    scene.git(&["commit", "--quiet", "--all", "--message", "main"]);
    scene.git(&["switch", "--quiet", "-c", "other", "HEAD~1"]);
    scene.write("src/cart.rs", "three\n");
    scene.git(&["commit", "--quiet", "--all", "--message", "other"]);
    let merge = std::process::Command::new("git")
        .arg("-C")
        .arg(scene.path())
        .args(["merge", "--quiet", "main"])
        .output()
        .unwrap();
    assert!(!merge.status.success());
    let seen = work(&scene, &[]).await.unwrap();
    assert!(seen.blocked.unwrap().contains("merge"));
    assert!(
        keep(&scene, Some("krake/x"), &["src/cart.rs"])
            .await
            .is_err()
    );
    assert_eq!(scene.git(&["branch", "--list", "krake/x"]), "");

    let bare = tempfile::tempdir().unwrap();
    let done = std::process::Command::new("git")
        .args(["init", "--quiet", "--bare"])
        .arg(bare.path())
        .status()
        .unwrap();
    assert!(done.success());
    let plain = tempfile::tempdir().unwrap();
    for (folder, part) in [(bare, "without a work tree"), (plain, "no git repository")] {
        let folder = folder.path().to_string_lossy().into_owned();
        let said = git_work(&folder, &BTreeSet::new(), &CancellationToken::new()).await;
        let said = said.unwrap_err();
        assert!(said.message.contains(part), "{said}");
    }
}

#[tokio::test]
async fn thousands_of_changed_files_are_counted_and_not_listed() {
    let scene = Scene::new();
    for number in 0..5_100 {
        scene.write(&format!("many/{number}.txt"), "x");
    }
    let seen = work(&scene, &["many/4999.txt"]).await.unwrap();
    assert_eq!(
        (seen.files.len(), seen.more),
        (MOST_LISTED, 5_100 - MOST_LISTED)
    );
    assert_eq!(seen.files[0].path, "many/4999.txt");
    assert!(seen.blocked.unwrap().contains("more than 5000 files"));
}
