//! Keychains that are missing, refuse or are locked, and what a person is told of it.

use krake_scripted_provider::Provider;
use serde_json::json;

use crate::accounts::{KEY, add, models, run, with};
use crate::keyring::Keyring;
use crate::world::{World, awaited, fed};

#[test]
fn where_no_keychain_runs_only_a_chosen_file_keeps_keys() {
    let (world, keyring) = (World::new(), Keyring::absent());
    let server = Provider::always(models(&["m"]));
    let url = server.url();
    let refused = run(&world, &keyring, 1, &add(&url, &[]), KEY);
    assert!(refused.err.contains("no keychain runs here"), "{refused:?}");
    assert!(refused.err.contains("krake vault create"), "{refused:?}");
    assert_plain(&refused.err);
    let told = run(&world, &keyring, 1, &add(&url, &[]), KEY).json();
    assert_eq!(told["error"]["code"], "vault_missing");
    let raw = told["error"]["details"]["detail"].as_str().unwrap();
    assert!(raw.contains("ServiceUnknown"), "{told}");
    let shown = run(&world, &keyring, 0, &["vault", "show"], "");
    assert!(shown.out.contains("no keychain runs here\n"), "{shown:?}");
    assert!(
        shown.out.contains("  next      install or start a keyring"),
        "{shown:?}"
    );
    assert_plain(&shown.out);
    let shown = run(&world, &keyring, 0, &["--json", "vault", "show"], "").json();
    assert_eq!(shown["keychain"]["because"], "no keychain runs here");
    assert_eq!(shown["keychain"]["detail"], raw);
    assert!(!world.keeps("canary"));
    let listed = run(&world, &keyring, 0, &["--json", "accounts", "list"], "").json();
    assert_eq!(listed["items"], json!([]));

    run(&world, &keyring, 2, &["vault", "create"], "short\n");
    let made = run(
        &world,
        &keyring,
        0,
        &["--json", "vault", "create"],
        "correct horse\n",
    )
    .json();
    assert_eq!(
        (&made["place"], &made["file"]["state"]),
        (&json!("file"), &json!("ready"))
    );
    assert_eq!(made["keychain"]["state"], "missing");
    // Another process has no passphrase.
    let locked = run(&world, &keyring, 1, &add(&url, &[]), KEY);
    assert!(locked.err.contains("vault is locked"), "{locked:?}");
    let pass = world.write("pass", "correct horse\n");
    let file = |path: &std::path::Path, args: &[&str], stdin: &str| {
        let mut command = with(&world, &keyring, args);
        command.env("KRAKE_VAULT_PASSPHRASE_FILE", path);
        fed(command, stdin)
    };
    let open = file(&pass, &add(&url, &[]), KEY);
    assert!(open.err.contains("others can read it"), "{open:?}");
    close_to_others(&pass);
    let added = file(&pass, &add(&url, &[]), KEY);
    assert_eq!(added.code, Some(0), "{added:?}");
    assert_eq!(server.seen()[0].header("x-api-key"), Some(KEY));
    assert!(!world.keeps("canary") && !world.keeps("correct horse"));
    let wrong = world.write("wrong", "another horse\n");
    close_to_others(&wrong);
    let tested = file(&wrong, &["accounts", "test", "One"], "");
    assert_eq!(tested.code, Some(4), "{tested:?}");
    assert!(tested.out.contains("not the passphrase"), "{tested:?}");
}

/// A key that never got anywhere, because no keychain runs, says nothing of the accounts that follow.
#[test]
fn what_a_removal_says_of_a_key_is_true_of_that_account() {
    let (world, keyring) = (World::new(), Keyring::absent());
    let url = "http://127.0.0.1:9";
    run(&world, &keyring, 1, &add(url, &["--no-test"]), KEY);
    let pass = world.write("pass", "correct horse\n");
    close_to_others(&pass);
    let opened = |args: &[&str], stdin: &str| {
        let mut command = with(&world, &keyring, args);
        command.env("KRAKE_VAULT_PASSPHRASE_FILE", &pass);
        let ended = fed(command, stdin);
        assert_eq!(ended.code, Some(0), "{args:?}: {ended:?}");
        assert!(!ended.err.contains("stays in the vault"), "{ended:?}");
        ended
    };
    opened(&["vault", "create"], "");
    let size = || {
        std::fs::metadata(world.home.join("vault.krake"))
            .unwrap()
            .len()
    };
    let empty = size();
    let keyless = [
        "accounts",
        "add",
        "Local",
        "--provider",
        "ollama",
        "--no-key",
    ];
    opened(&[&keyless[..], &["--no-test"]].concat(), "");
    let removed = opened(&["--json", "accounts", "remove", "Local"], "");
    assert_eq!(removed.json()["key_left"], false, "{removed:?}");
    assert_eq!(removed.err, "", "it never had a key");

    // Open: the key is gone with its account.
    opened(&add(url, &["--no-test"]), KEY);
    assert!(size() > empty);
    let removed = opened(&["accounts", "remove", "One"], "");
    assert!(removed.out.ends_with(" removed\n"), "{removed:?}");
    assert_eq!((removed.err.as_str(), size()), ("", empty));

    // Locked: it stays until the vault is opened, and that is what is said.
    opened(&add(url, &["--no-test"]), KEY);
    let left = run(&world, &keyring, 0, &["accounts", "remove", "One"], "");
    assert!(
        left.err
            .contains("its key is not taken out yet: the vault is locked"),
        "{left:?}"
    );
    assert!(
        left.err.contains("`krake vault unlock` takes it out"),
        "{left:?}"
    );
    assert!(size() > empty);
    // Another one is not told of it.
    run(
        &world,
        &keyring,
        0,
        &[&keyless[..], &["--no-test"]].concat(),
        "",
    );
    let removed = run(&world, &keyring, 0, &["accounts", "remove", "Local"], "");
    assert_eq!(removed.err, "");
    run(&world, &keyring, 0, &["vault", "unlock"], "correct horse\n");
    assert_eq!(size(), empty);
}

/// What a person reads first is no message of a bus.
fn assert_plain(text: &str) {
    for raw in ["org.freedesktop", "zbus", "D-Bus", "dbus"] {
        assert!(!text.contains(raw), "{raw}: {text}");
    }
}

#[test]
fn where_there_is_no_bus_or_the_bus_says_no_a_person_is_told_what_to_do() {
    let world = World::new();
    let url = "http://127.0.0.1:9";
    // The world of the tests has no bus at all.
    let refused = fed(world.command(&add(url, &["--no-test"])), KEY);
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.err.contains("no keychain runs here"), "{refused:?}");
    assert_plain(&refused.err);

    let keyring = Keyring::refusing();
    let refused = run(&world, &keyring, 1, &add(url, &["--no-test"]), KEY);
    assert!(
        refused.err.contains("does not let this program ask it"),
        "{refused:?}"
    );
    assert!(
        refused.err.contains("allow Krake to use the keychain"),
        "{refused:?}"
    );
    assert_plain(&refused.err);
    let told = run(
        &world,
        &keyring,
        1,
        &["--json", "secrets", "policy", "encrypt"],
        "",
    )
    .json();
    assert_eq!(told["error"]["code"], "vault_denied");
    let raw = told["error"]["details"]["detail"].as_str().unwrap();
    assert!(raw.contains("AccessDenied"), "{told}");
    let shown = run(&world, &keyring, 0, &["vault", "show"], "");
    assert!(shown.out.contains("  keychain  denied: "), "{shown:?}");
    assert_plain(&shown.out);
}

#[test]
fn a_locked_keychain_is_said_and_what_it_kept_is_swept_once_it_opens() {
    let (world, mut keyring) = (World::new(), Keyring::start());
    let url = "http://127.0.0.1:9";
    run(&world, &keyring, 0, &add(url, &["--no-test"]), KEY);
    keyring.lock();
    let mut other = add(url, &["--no-test"]);
    other[3] = "Two";
    let refused = run(&world, &keyring, 1, &other, KEY);
    assert!(refused.err.contains("it is locked"), "{refused:?}");
    assert!(refused.err.contains("then try again"), "{refused:?}");
    assert_plain(&refused.err);
    let tested = run(&world, &keyring, 4, &["accounts", "test", "One"], "");
    assert!(tested.out.contains("locked"), "{tested:?}");
    assert_plain(&tested.out);
    let removed = run(&world, &keyring, 0, &["accounts", "remove", "One"], "");
    assert!(
        removed
            .err
            .contains("later start, once the vault gives access"),
        "{removed:?}"
    );
    let listed = run(&world, &keyring, 0, &["--json", "accounts", "list"], "").json();
    assert_eq!(listed["items"], json!([]));
    keyring.unlock();
    assert_eq!(keyring.count(), 1);
    let mut served = world.serve_as(with(&world, &keyring, &["--json", "serve", "--port", "0"]));
    awaited("the key is taken out", || {
        (keyring.count() == 0).then_some(())
    });
    served.child.signal("TERM");
    assert_eq!(served.child.code(), Some(0));
}

fn close_to_others(path: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}
