use super::*;
use std::os::unix::fs::symlink;

fn inner(text: &str) -> InnerPath {
    InnerPath::parse(text).unwrap()
}

fn scene() -> (tempfile::TempDir, Root) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(folder.path().join("in/sub")).unwrap();
    std::fs::write(folder.path().join("in/sub/a.txt"), "hello").unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    let root = Root::open(&folder.path().join("in")).unwrap();
    (folder, root)
}

#[test]
fn reads_up_to_the_cap_and_tells_the_whole_size() {
    let (_folder, root) = scene();
    let head = root.read(&inner("sub/a.txt"), 4).unwrap();
    assert_eq!(
        (head.bytes.as_slice(), head.total_bytes, head.truncated),
        (&b"hell"[..], 5, true)
    );
    assert!(!root.read(&inner("sub/a.txt"), 5).unwrap().truncated);
    assert_eq!(
        root.find_hash(&inner("sub/a.txt")).unwrap(),
        Some(Hash::of(b"hello"))
    );
    assert_eq!(root.find_hash(&inner("sub/none")).unwrap(), None);
}

#[test]
fn links_inside_are_followed_and_links_outside_are_not() {
    let (folder, root) = scene();
    symlink("sub/a.txt", folder.path().join("in/near")).unwrap();
    symlink("../secret", folder.path().join("in/far")).unwrap();
    symlink("/etc/passwd", folder.path().join("in/abs")).unwrap();
    symlink("..", folder.path().join("in/up")).unwrap();
    symlink("missing", folder.path().join("in/dangling")).unwrap();
    symlink("loop", folder.path().join("in/loop")).unwrap();
    assert_eq!(root.read(&inner("near"), 9).unwrap().bytes, b"hello");
    assert_eq!(root.resolve(&inner("near")).unwrap(), inner("sub/a.txt"));
    for path in ["far", "abs", "up/secret"] {
        let error = root.read(&inner(path), 9).unwrap_err();
        assert!(
            matches!(error, EdgeError::Escapes { .. }),
            "{path}: {error}"
        );
        let error = root.resolve(&inner(path)).unwrap_err();
        assert!(
            matches!(error, EdgeError::Escapes { .. }),
            "{path}: {error}"
        );
    }
    assert!(matches!(
        root.list(&inner("up")).unwrap_err(),
        EdgeError::Escapes { .. }
    ));
    assert!(matches!(
        root.resolve(&inner("dangling")).unwrap_err(),
        EdgeError::WrongKind { .. }
    ));
    assert!(matches!(
        root.read(&inner("loop"), 9).unwrap_err(),
        EdgeError::WrongKind { .. }
    ));
}

#[test]
fn a_link_that_is_swapped_after_the_check_leads_nowhere() {
    let (folder, root) = scene();
    let path = inner("sub/a.txt");
    assert_eq!(root.resolve(&path).unwrap(), path);
    std::fs::rename(folder.path().join("in/sub"), folder.path().join("moved")).unwrap();
    std::fs::write(folder.path().join("a.txt"), "outside").unwrap();
    symlink("..", folder.path().join("in/sub")).unwrap();
    assert!(matches!(
        root.read(&path, 9).unwrap_err(),
        EdgeError::Escapes { .. }
    ));
}

#[test]
fn other_kinds_are_named_and_never_block() {
    let (folder, root) = scene();
    let made = std::process::Command::new("mkfifo")
        .arg(folder.path().join("in/pipe"))
        .status()
        .unwrap();
    assert!(made.success());
    for path in ["pipe", "sub", "."] {
        let error = root.read(&inner(path), 9).unwrap_err();
        assert!(
            matches!(error, EdgeError::WrongKind { .. }),
            "{path}: {error}"
        );
    }
    assert!(matches!(
        root.read(&inner("sub/a.txt/x"), 9).unwrap_err(),
        EdgeError::WrongKind { .. }
    ));
    assert!(matches!(
        root.resolve(&inner("no/such/x")).unwrap_err(),
        EdgeError::NotFound { .. }
    ));
}

#[test]
fn lists_sorted_and_tells_links_as_links() {
    let (folder, root) = scene();
    symlink("sub", folder.path().join("in/link")).unwrap();
    std::fs::write(folder.path().join("in/b"), "").unwrap();
    let listed: Vec<_> = root
        .list(&inner("."))
        .unwrap()
        .into_iter()
        .map(|e| (e.path.display(), e.kind))
        .collect();
    let wanted = [
        ("b", Kind::File),
        ("link", Kind::Link),
        ("sub", Kind::Folder),
    ];
    assert_eq!(listed, wanted.map(|(name, kind)| (name.to_owned(), kind)));
}
