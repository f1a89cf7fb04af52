//! The data folder: who may read it, what it must not be, and who owns it.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::repository::Repository;
use crate::scene::{Running, Scene, WITHOUT_PRIVILEGE, count, is_root};

const SHORT: &str = "name: short\nsteps:\n  - { id: a, tool: wait, args: { ms: 1 } }\n";

/// Every path below the folder, and its mode.
fn modes(folder: &Path, found: &mut Vec<(String, bool, u32)>) {
    let metadata = fs::symlink_metadata(folder).unwrap();
    let mode = metadata.permissions().mode() & 0o777;
    found.push((folder.display().to_string(), metadata.is_dir(), mode));
    if metadata.is_dir() {
        for entry in fs::read_dir(folder).unwrap() {
            modes(&entry.unwrap().path(), found);
        }
    }
}

#[test]
fn nothing_in_the_data_folder_can_be_read_by_others_whatever_the_umask() {
    // A folder that others could enter, made by an earlier hand, and a umask that opens everything.
    let scene = Scene::through(&["sh", "-c", "umask 000; exec \"$0\" \"$@\""]);
    fs::set_permissions(scene.data(), Permissions::from_mode(0o777)).unwrap();
    let repository = Repository::with_commits(&scene);
    repository.add_sessions(&scene);
    repository.add_large_file(2 << 20);
    let plan = format!(
        "name: large\nsteps:\n  - {{ id: a, tool: fs.read, args: {{ root: {:?}, path: large.txt, max_bytes: 2097152 }} }}\n",
        repository.folder()
    );
    let plan = scene.write("large.yaml", plan);
    let served = scene.serve();
    scene.expect(0, &["run", &plan]);
    let path = format!("path={}", repository.folder());
    scene.expect(0, &["run", "brief-repo", "-i", &path, "--approve", "all"]);
    let mut found = Vec::new();
    modes(&scene.data(), &mut found);
    served.signal("TERM");
    served.ended();
    modes(&scene.data(), &mut found);
    let open: Vec<_> = found
        .iter()
        .filter(|(_, _, mode)| mode & 0o077 != 0)
        .collect();
    assert!(open.is_empty(), "{open:?}");
    for part in [
        "krake.db",
        "api-token",
        "owner.json",
        "journal.head",
        "/blobs/",
        "/logs/",
    ] {
        assert!(
            found.iter().any(|(path, _, _)| path.contains(part)),
            "{part} was not looked at: {found:?}"
        );
    }
}

#[test]
fn a_token_that_others_can_read_is_refused() {
    let scene = Scene::new();
    let plan = scene.write("short.yaml", SHORT);
    scene.expect(0, &["run", &plan]);
    let token = scene.data().join("api-token");
    fs::set_permissions(&token, Permissions::from_mode(0o644)).unwrap();
    let said = scene.expect(1, &["serve", "--port", "0"]);
    assert!(
        said.err.contains("api-token") && said.err.contains("0600"),
        "{said:?}"
    );
}

#[test]
fn a_data_folder_that_is_a_file_is_named() {
    let scene = Scene::new();
    let plan = scene.write("short.yaml", SHORT);
    fs::remove_dir(scene.data()).unwrap();
    fs::write(scene.data(), "mine").unwrap();
    let shown = scene.data().display().to_string();
    for args in [
        vec!["run", &plan],
        vec!["serve", "--port", "0"],
        vec!["executions", "list"],
        vec!["audit", "verify"],
    ] {
        let said = scene.expect(1, &args);
        assert!(said.err.contains(&shown), "{args:?}: {said:?}");
    }
    assert_eq!(fs::read(scene.data()).unwrap(), b"mine");
}

#[test]
fn a_home_that_cannot_be_written_is_named_and_nothing_is_kept_in_memory_instead() {
    let through: &[&str] = if is_root() { &WITHOUT_PRIVILEGE } else { &[] };
    let scene = Scene::through(through);
    let plan = scene.write("short.yaml", SHORT);
    scene.expect(0, &["run", &plan]);
    let files = ["krake.db", "owner.lock", "journal.head"].map(|name| scene.data().join(name));
    for file in &files {
        fs::set_permissions(file, Permissions::from_mode(0o400)).unwrap();
    }
    fs::set_permissions(scene.data(), Permissions::from_mode(0o500)).unwrap();
    // Another user's folder cannot be opened again by its mode; a read-only one of ours can.
    let said = scene.run(&["run", &plan]);
    fs::set_permissions(scene.data(), Permissions::from_mode(0o700)).unwrap();
    let executions = scene.json(&["executions", "list"]);
    let kept = executions["items"].as_array().unwrap().len();
    match said.code {
        Some(0) => assert_eq!(kept, 2, "it ran, so it is kept: {said:?}"),
        _ => {
            assert!(
                said.code == Some(1) && said.err.contains("ermission"),
                "{said:?}"
            );
            assert_eq!(kept, 1);
        }
    }
    scene.assert_intact();
}

#[test]
fn a_folder_below_a_locked_parent_is_named() {
    let through: &[&str] = if is_root() { &WITHOUT_PRIVILEGE } else { &[] };
    let scene = Scene::through(through);
    let plan = scene.write("short.yaml", SHORT);
    let locked = scene.work().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, Permissions::from_mode(0o500)).unwrap();
    let home = locked.join("krake");
    let home = home.to_str().unwrap();
    for args in [
        vec!["--home", home, "run", &plan],
        vec!["--home", home, "serve", "--port", "0"],
    ] {
        let said = scene.expect(1, &args);
        assert!(said.err.contains(home), "{said:?}");
        assert!(said.err.contains("ermission denied"), "{said:?}");
    }
    fs::set_permissions(&locked, Permissions::from_mode(0o700)).unwrap();
    assert!(!Path::new(home).exists());
}

#[test]
fn a_second_serve_names_the_owner_and_commands_go_through_it() {
    let scene = Scene::new();
    let owner = scene.serve();
    let said = scene.expect(1, &["serve", "--port", "0"]);
    let pid = owner.id().to_string();
    assert!(
        said.err.contains("in use") && said.err.contains(&pid),
        "{said:?}"
    );
    let port = owner.json()["port"].to_string();
    assert!(said.err.contains(&port), "{said:?}");
    let plan = scene.write("short.yaml", SHORT);
    scene.expect(0, &["run", &plan]);
    let id = scene.newest()["id"].as_str().unwrap().to_owned();
    let journal = scene.journal();
    assert_eq!(count(&journal, "attempt_succeeded", &id, "a"), 1);
    let announced: serde_json::Value =
        serde_json::from_slice(&fs::read(scene.data().join("owner.json")).unwrap()).unwrap();
    assert_eq!(announced["pid"], owner.id(), "the owner is still the first");
    drop::<Running>(owner);
}

#[test]
fn an_announcement_of_a_dead_owner_or_of_rubbish_stops_nobody() {
    let scene = Scene::new();
    let plan = scene.write("short.yaml", SHORT);
    for rubbish in [
        "",
        "{",
        "[]",
        "{\"pid\":1,\"port\":1,\"epoch\":1}",
        "\u{0}\u{0}",
    ] {
        fs::write(scene.data().join("owner.json"), rubbish).unwrap();
        let said = scene.run(&["run", &plan]);
        assert_eq!(said.code, Some(0), "{rubbish:?}: {said:?}");
    }
    scene.assert_intact();
}

#[test]
fn neither_a_session_bus_nor_a_home_of_the_user_is_needed() {
    let scene = Scene::through(&[
        "env",
        "-u",
        "HOME",
        "-u",
        "XDG_RUNTIME_DIR",
        "-u",
        "DBUS_SESSION_BUS_ADDRESS",
        "-u",
        "DISPLAY",
        "-u",
        "LANG",
    ]);
    let plan = scene.write("short.yaml", SHORT);
    scene.expect(0, &["run", &plan]);
    let served = scene.serve();
    served.signal("TERM");
    assert_eq!(served.ended().code, Some(0));
}
