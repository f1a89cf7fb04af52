use super::*;
use std::os::unix::fs::{PermissionsExt, symlink};

fn inner(text: &str) -> InnerPath {
    InnerPath::parse(text).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn only_what_is_as_it_was_seen_is_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    root.write(&inner("a"), b"one", None).unwrap();
    let changed = root.remove(&inner("a"), Hash::of(b"two"));
    assert!(matches!(changed, Err(EdgeError::Changed { .. })));
    assert_eq!(names(folder.path()), ["a"]);
    root.remove(&inner("a"), Hash::of(b"one")).unwrap();
    assert_eq!(names(folder.path()), [""; 0]);
    assert!(root.remove(&inner("a"), Hash::of(b"one")).is_err());
}

#[test]
fn creates_replaces_and_keeps_permissions() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    root.write(&inner("a"), b"one", None).unwrap();
    std::fs::set_permissions(
        folder.path().join("a"),
        std::fs::Permissions::from_mode(0o751),
    )
    .unwrap();
    root.write(&inner("a"), b"two", Some(Hash::of(b"one")))
        .unwrap();
    assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"two");
    assert_eq!(
        std::fs::metadata(folder.path().join("a"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o751
    );
    assert_eq!(names(folder.path()), ["a"]);
}

#[test]
fn another_state_refuses_and_leaves_everything() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    std::fs::write(folder.path().join("a"), "now").unwrap();
    for expected in [None, Some(Hash::of(b"before"))] {
        let error = root.write(&inner("a"), b"new", expected).unwrap_err();
        assert!(matches!(error, EdgeError::Changed { .. }), "{error}");
    }
    let error = root
        .write(&inner("gone"), b"new", Some(Hash::of(b"before")))
        .unwrap_err();
    assert!(matches!(error, EdgeError::Changed { .. }), "{error}");
    assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"now");
    assert_eq!(names(folder.path()), ["a"]);
}

#[test]
fn writes_through_a_link_inside_and_never_outside() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("in")).unwrap();
    std::fs::write(folder.path().join("outside"), "keep").unwrap();
    std::fs::write(folder.path().join("in/real"), "one").unwrap();
    symlink("real", folder.path().join("in/near")).unwrap();
    symlink("../outside", folder.path().join("in/far")).unwrap();
    symlink("..", folder.path().join("in/up")).unwrap();
    symlink("../new", folder.path().join("in/dangling")).unwrap();
    let root = Root::open(&folder.path().join("in")).unwrap();
    root.write(&inner("near"), b"two", Some(Hash::of(b"one")))
        .unwrap();
    assert_eq!(
        std::fs::read(folder.path().join("in/real")).unwrap(),
        b"two"
    );
    assert!(folder.path().join("in/near").is_symlink());
    for path in ["far", "up/new", "up/outside", "dangling"] {
        assert!(root.write(&inner(path), b"x", None).is_err(), "{path}");
    }
    assert_eq!(
        std::fs::read(folder.path().join("outside")).unwrap(),
        b"keep"
    );
    assert_eq!(names(folder.path()), ["in", "outside"]);
}

#[test]
fn a_folder_a_read_only_file_and_a_missing_folder_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    std::fs::write(folder.path().join("fixed"), "x").unwrap();
    std::fs::set_permissions(
        folder.path().join("fixed"),
        std::fs::Permissions::from_mode(0o444),
    )
    .unwrap();
    assert!(matches!(
        root.write(&inner("sub"), b"x", None).unwrap_err(),
        EdgeError::WrongKind { .. }
    ));
    assert!(matches!(
        root.write(&inner("."), b"x", None).unwrap_err(),
        EdgeError::WrongKind { .. }
    ));
    let error = root
        .write(&inner("fixed"), b"y", Some(Hash::of(b"x")))
        .unwrap_err();
    assert!(matches!(error, EdgeError::NoAccess { .. }), "{error}");
    assert!(matches!(
        root.write(&inner("no/x"), b"x", None).unwrap_err(),
        EdgeError::NotFound { .. }
    ));
}

#[test]
fn what_a_killed_process_left_is_cleared_by_the_next_try() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    let left = Temporary::begin(&root.dir, Path::new("a"), b"one", None).unwrap();
    std::mem::forget(left);
    assert_eq!(names(folder.path()).len(), 1);
    root.write(&inner("a"), b"one", None).unwrap();
    assert_eq!(names(folder.path()), ["a"]);
}

/// Runs itself again under `ulimit -f`, since a limit holds for a whole process.
#[tokio::test]
async fn over_the_file_size_limit_the_old_content_stays() {
    const MARK: &str = "KRAKE_TEST_UNDER_LIMIT";
    let Some(folder) = std::env::var_os(MARK) else {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a"), "old").unwrap();
        let output = std::process::Command::new("sh")
            .args(["-c", "ulimit -f 8; exec \"$0\" --exact \"$1\""])
            .arg(std::env::current_exe().unwrap())
            .arg("write::tests::over_the_file_size_limit_the_old_content_stays")
            .env(MARK, folder.path())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stdout)
        );
        assert_eq!(std::fs::read(folder.path().join("a")).unwrap(), b"old");
        assert_eq!(names(folder.path()), ["a"]);
        return;
    };
    let root = Root::open(Path::new(&folder)).unwrap();
    let error = root
        .write(&inner("a"), &vec![b'x'; 1 << 20], Some(Hash::of(b"old")))
        .unwrap_err();
    assert!(matches!(error, EdgeError::DiskFull { .. }), "{error}");
}
