//! Secrets that imports find: dropped, or kept encrypted and shown to a person alone.

use std::collections::HashMap;
use std::process::Command;

use krake_domain::hash::Hash;
use serde_json::{Value, json};

use crate::keyring::Keyring;
use crate::terminals::Terminal;
use crate::world::{Ended, World, awaited, ended};

/// A key of a shape that tells itself.
const KEY: &str = "sk-ant-api03-Hd7vT2mWc5XbN7pLr4KdY1hJs9GfE3aUo6iR0tBxQwVn8sMj";

fn with(world: &World, keyring: &Keyring, args: &[&str]) -> Command {
    let mut command = world.command(args);
    command.env("DBUS_SESSION_BUS_ADDRESS", &keyring.address);
    command
}

fn run(world: &World, keyring: &Keyring, code: i32, args: &[&str]) -> Ended {
    let ended = ended(with(world, keyring, args).spawn().unwrap());
    assert_eq!(ended.code, Some(code), "krake {args:?}: {ended:?}");
    ended
}

fn read(world: &World, keyring: &Keyring, args: &[&str]) -> Value {
    run(world, keyring, 0, &[&["--json"], args].concat()).json()
}

/// What a person sees who sits at a terminal.
fn seen(world: &World, keyring: &Keyring, args: &[&str]) -> (Option<i32>, String) {
    Terminal::of(with(world, keyring, args), true).until_the_end()
}

fn chat(world: &World, name: &str, texts: &[&str]) -> String {
    let mut lines = String::new();
    for (at, text) in texts.iter().enumerate() {
        let line = json!({
            "type": "user", "uuid": format!("{name}{at}"), "sessionId": name, "cwd": world.work,
            "timestamp": "2026-01-02T03:04:05Z",
            "message": { "role": "user", "content": text },
        });
        lines.push_str(&format!("{line}\n"));
    }
    let file = format!("{name}.jsonl");
    world.write(&file, &lines);
    file
}

fn kept(world: &World, keyring: &Keyring) -> Vec<Value> {
    let page = read(world, keyring, &["secrets", "list"]);
    page["items"].as_array().unwrap().clone()
}

#[test]
fn nothing_is_kept_unless_a_person_says_so() {
    let (world, keyring) = (World::new(), Keyring::start());
    let file = chat(&world, "s1", &[&format!("use {KEY} now")]);
    let report = read(&world, &keyring, &["import", &file]);
    assert_eq!(report["redactions"]["anthropic_key"], 1);
    assert_eq!(
        (&report["kept_secrets"], &report["lost_secrets"]),
        (&json!(0), &json!(0))
    );
    assert_eq!(kept(&world, &keyring), Vec::<Value>::new());
    assert_eq!(keyring.count(), 0);
    let policy = read(&world, &keyring, &["secrets", "policy"]);
    assert_eq!(policy["policy"], "drop");
}

#[test]
fn a_kept_secret_is_shown_to_a_person_and_lies_nowhere_in_the_clear() {
    let (world, keyring) = (World::new(), Keyring::start());
    let set = read(&world, &keyring, &["secrets", "policy", "encrypt"]);
    assert_eq!(
        (&set["policy"], &set["place"], &set["because"]),
        (&json!("encrypt"), &json!("keychain"), &Value::Null)
    );
    assert_eq!(keyring.count(), 1, "one key for all of them");
    run(
        &world,
        &keyring,
        0,
        &["projects", "add", "Krake", "--folder", "."],
    );
    let texts = [&*format!("use {KEY} now"), &*format!("again {KEY}")];
    let file = chat(&world, "s1", &texts);
    let report = read(&world, &keyring, &["import", &file]);
    assert_eq!(
        (&report["kept_secrets"], &report["lost_secrets"]),
        (&json!(1), &json!(0))
    );
    let captured = format!("the password=Rv7#kLm2x of staging, and {KEY}");
    let report = read(
        &world,
        &keyring,
        &["capture", "--project", "Krake", &captured],
    );
    assert_eq!(report["kept_secrets"], 1, "the other one is kept already");

    let all = kept(&world, &keyring);
    assert_eq!(all.len(), 2);
    assert_eq!(
        (&all[0]["kind"], &all[1]["kind"]),
        (&json!("password"), &json!("anthropic_key"))
    );
    let session = all[1]["session_id"].as_str().unwrap();
    assert_eq!(
        session,
        read(&world, &keyring, &["sessions", "list"])["items"][1]["id"]
    );
    let id = all[1]["id"].as_str().unwrap();
    let token = all[1]["token"].as_str().unwrap();

    // Not to whoever only reads the output, whichever way the command is called.
    for args in [
        vec!["secrets", "reveal", id],
        vec!["--json", "secrets", "reveal", id],
        vec!["do", "secrets.reveal", "--id", id],
    ] {
        let refused = run(&world, &keyring, 2, &args);
        assert!(refused.err.contains("on a terminal only"), "{refused:?}");
    }
    let page = run(&world, &keyring, 0, &["audit", "export"]);
    assert!(!page.out.contains("secret_revealed"), "{page:?}");
    for args in [["secrets", "reveal", id], ["secrets", "reveal", token]] {
        let (code, seen) = seen(&world, &keyring, &args);
        assert_eq!(code, Some(0), "{seen}");
        assert!(seen.contains(&format!("\n{KEY}\n")), "{seen}");
        assert!(seen.contains(session), "{seen}");
    }
    let page = run(&world, &keyring, 0, &["audit", "export"]);
    let told: Vec<Value> = page
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .filter(|event: &Value| event["kind"] == "secret_revealed")
        .collect();
    assert_eq!(told.len(), 2);
    assert_eq!(
        (&told[0]["event"]["secret"], &told[0]["event"]["token"]),
        (&json!(id), &json!(token))
    );
    assert_eq!(told[0]["event"]["by"]["kind"], "person");
    assert_eq!(read(&world, &keyring, &["audit", "verify"])["intact"], true);

    // The data folder with its logs, backups and blobs, and a capsule beside it.
    run(&world, &keyring, 0, &["backup", "now"]);
    let made = read(&world, &keyring, &["export", "--to", "all.krake"]);
    assert_eq!(made["capsule"]["counts"]["messages"], 3);
    run(&world, &keyring, 0, &["search", "staging"]);
    for part in ["Hd7vT2mWc5Xb", "Rv7#kLm2x"] {
        assert!(!world.keeps(part), "{part} lies in the data folder");
    }
    std::fs::create_dir(world.work.join("open")).unwrap();
    let unzipped = Command::new("unzip")
        .args(["-q", "all.krake", "-d", "open"])
        .current_dir(&world.work)
        .status();
    assert!(unzipped.unwrap().success());
    let reader = std::fs::read_to_string(world.work.join("open/data/messages.jsonl")).unwrap();
    assert!(reader.contains(token) && !reader.contains("Hd7vT2mWc5Xb"));
    assert!(!world.work.join("open/data/kept_secrets.jsonl").exists());

    // Forgotten for good, and with the last one goes its key.
    let gone = read(&world, &keyring, &["secrets", "forget", id]);
    assert_eq!((&gone["forgotten"], &gone["kept"]), (&json!(1), &json!(1)));
    run(
        &world,
        &keyring,
        2,
        &["do", "secrets.forget", "--json-input", "{}"],
    );
    let set = read(&world, &keyring, &["secrets", "policy", "drop"]);
    assert_eq!((&set["kept"], keyring.count()), (&json!(1), 1));
    let set = read(&world, &keyring, &["secrets", "policy", "drop", "--forget"]);
    assert_eq!((&set["forgotten"], &set["kept"]), (&json!(1), &json!(0)));
    assert_eq!(keyring.count(), 0);
}

#[test]
fn where_nothing_can_keep_a_key_the_choice_is_refused_and_an_encrypted_file_takes_it() {
    let (world, keyring) = (World::new(), Keyring::absent());
    let refused = run(&world, &keyring, 1, &["secrets", "policy", "encrypt"]);
    assert!(refused.err.contains("no keychain runs here"), "{refused:?}");
    let policy = read(&world, &keyring, &["secrets", "policy"]);
    assert_eq!(policy["policy"], "drop");

    let passphrase = world.write("pass", "correct horse\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(&passphrase, mode).unwrap();
    }
    let open = |args: &[&str]| {
        let mut command = with(&world, &keyring, &[&["--json"], args].concat());
        command.env("KRAKE_VAULT_PASSPHRASE_FILE", &passphrase);
        let ended = ended(command.spawn().unwrap());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.json()
    };
    open(&["vault", "create"]);
    assert_eq!(open(&["secrets", "policy", "encrypt"])["place"], "file");
    let file = chat(&world, "s1", &[&format!("use {KEY} now")]);
    // Nobody gives the passphrase: the import goes on, and says what it did.
    let said = run(&world, &keyring, 0, &["import", &file]);
    assert!(said.err.contains("dropped the words of 1"), "{said:?}");
    assert!(said.err.contains("passphrase"), "{said:?}");
    assert!(kept(&world, &keyring).is_empty());
    let sessions = read(&world, &keyring, &["sessions", "list"]);
    assert_eq!(sessions["items"][0]["messages"], 1);
    let policy = read(&world, &keyring, &["secrets", "policy"]);
    assert!(
        policy["because"].as_str().unwrap().contains("passphrase"),
        "{policy}"
    );

    let file = chat(&world, "s2", &[&format!("use {KEY} now")]);
    let report = open(&["import", &file]);
    assert_eq!(
        (&report["kept_secrets"], &report["lost_because"]),
        (&json!(1), &Value::Null)
    );
    assert!(!world.keeps("Hd7vT2mWc5Xb"));
}

#[test]
fn a_locked_keychain_blocks_no_import_and_nothing_is_kept_in_the_clear() {
    let (world, mut keyring) = (World::new(), Keyring::start());
    run(&world, &keyring, 0, &["secrets", "policy", "encrypt"]);
    keyring.lock();
    let file = chat(&world, "s1", &[&format!("use {KEY} now")]);
    let report = read(&world, &keyring, &["import", &file]);
    assert_eq!(
        (
            &report["new_messages"],
            &report["kept_secrets"],
            &report["lost_secrets"]
        ),
        (&json!(1), &json!(0), &json!(1))
    );
    assert!(
        report["lost_because"].as_str().unwrap().contains("locked"),
        "{report}"
    );
    assert!(!report.to_string().contains("org.freedesktop"), "{report}");
    assert!(!world.keeps("Hd7vT2mWc5Xb"));
    keyring.unlock();
    let file = chat(&world, "s1", &[&format!("use {KEY} now"), "and more"]);
    let report = read(&world, &keyring, &["import", &file]);
    assert_eq!(
        (&report["new_messages"], &report["kept_secrets"]),
        (&json!(1), &json!(1))
    );
    keyring.lock();
    let id = kept(&world, &keyring)[0]["id"].as_str().unwrap().to_owned();
    let (code, seen) = seen(&world, &keyring, &["secrets", "reveal", &id]);
    assert_eq!(code, Some(1), "{seen}");
    assert!(seen.contains("locked") && !seen.contains("Hd7v"), "{seen}");
}

/// Two passwords whose tokens are the same, as one in some hundred pairs of a folder has it.
fn two_of_one_token() -> [String; 2] {
    let mut known: HashMap<String, String> = HashMap::new();
    for number in 0_u32.. {
        let word = format!("Zq{number}#vLx");
        let hash = Hash::of_parts(&[b"krake secret", word.as_bytes()]).to_string();
        if let Some(other) = known.insert(hash[..4].to_owned(), word.clone()) {
            return [other, word];
        }
    }
    unreachable!("there are more numbers than tokens")
}

#[test]
fn two_secrets_on_one_token_are_two_and_none_is_shown_for_the_other() {
    let (world, keyring) = (World::new(), Keyring::start());
    run(&world, &keyring, 0, &["secrets", "policy", "encrypt"]);
    let [one, two] = two_of_one_token();
    for (name, word) in [("s1", &one), ("s2", &two)] {
        let file = chat(&world, name, &[&format!("password={word}")]);
        run(&world, &keyring, 0, &["import", &file]);
    }
    let all = kept(&world, &keyring);
    assert_eq!(all.len(), 2);
    assert_eq!(all[0]["token"], all[1]["token"]);
    let token = all[0]["token"].as_str().unwrap();
    let (code, said) = seen(&world, &keyring, &["secrets", "reveal", token]);
    assert_eq!(code, Some(2), "{said}");
    assert!(!said.contains("#vLx"), "{said}");
    for (row, word) in [(&all[0], &two), (&all[1], &one)] {
        let id = row["id"].as_str().unwrap();
        assert!(said.contains(id), "{said}");
        let (code, shown) = seen(&world, &keyring, &["secrets", "reveal", id]);
        assert_eq!(code, Some(0), "{shown}");
        assert!(shown.contains(&format!("\n{word}\n")), "{shown}");
    }
}

#[test]
fn a_private_key_comes_back_line_by_line_from_json_and_from_markdown() {
    let (world, keyring) = (World::new(), Keyring::start());
    run(&world, &keyring, 0, &["secrets", "policy", "encrypt"]);
    let body = "Mk7fQ2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi0BvCqNtMk7fQ2mVx9TbL4cRz8Wn";
    let key = format!(
        "-----BEGIN PRIVATE {0}-----\n{body}\n{body}\n-----END PRIVATE {0}-----",
        "KEY"
    );
    let file = chat(&world, "s1", &[&format!("here:\n{key}")]);
    run(&world, &keyring, 0, &["import", &file]);
    let text = format!("# User\n\nhere:\n\n{key}\n\n# Assistant\n\nI have it.\n");
    world.write("chat.md", &text);
    run(&world, &keyring, 0, &["import", "chat.md"]);
    assert!(!world.keeps(&body[..20]), "a key lies in the data folder");
    let all = kept(&world, &keyring);
    assert!(!all.is_empty());
    for row in &all {
        let id = row["id"].as_str().unwrap();
        let (_, shown) = seen(&world, &keyring, &["secrets", "reveal", id]);
        assert!(shown.contains(&key), "{shown}");
    }
}

#[test]
fn a_person_who_wants_nothing_kept_any_more_is_asked_about_what_is() {
    let (world, keyring) = (World::new(), Keyring::start());
    run(&world, &keyring, 0, &["secrets", "policy", "encrypt"]);
    let file = chat(&world, "s1", &[&format!("use {KEY} now")]);
    run(&world, &keyring, 0, &["import", &file]);
    for (answer, left) in [("n\n", 1), ("y\n", 0)] {
        let mut terminal =
            Terminal::of(with(&world, &keyring, &["secrets", "policy", "drop"]), true);
        terminal.wait_for("forget them too? [y/N] ");
        terminal.types(answer);
        let (code, said) = terminal.until_the_end();
        assert_eq!(code, Some(0), "{said}");
        assert_eq!(kept(&world, &keyring).len(), left, "{said}");
    }
    assert_eq!(keyring.count(), 0);
}

#[test]
fn a_kill_leaves_no_secret_without_its_session() {
    let (world, keyring) = (World::new(), Keyring::start());
    run(&world, &keyring, 0, &["secrets", "policy", "encrypt"]);
    let files = 120;
    std::fs::create_dir(world.work.join("in")).unwrap();
    for number in 0..files {
        let text = format!("password=Wq{number}#vLxK and some words");
        chat(&world, &format!("in/s{number}"), &[&text]);
    }
    for wanted in [1, 25] {
        let mut child = with(&world, &keyring, &["import", "in"]).spawn().unwrap();
        awaited("so many are kept", || {
            (kept(&world, &keyring).len() >= wanted).then_some(())
        });
        child.kill().unwrap();
        child.wait().unwrap();
        for row in kept(&world, &keyring) {
            let session = row["session_id"].as_str().unwrap();
            let messages = read(
                &world,
                &keyring,
                &["do", "sessions.messages", "--id", session],
            );
            let token = row["token"].as_str().unwrap();
            assert!(messages.to_string().contains(token), "{row}");
        }
    }
    run(&world, &keyring, 0, &["import", "in"]);
    assert_eq!(kept(&world, &keyring).len(), files);
    assert_eq!(keyring.count(), 1);
}

#[test]
fn a_project_goes_by_its_own_word_and_everybody_is_told_which_one_holds() {
    let (world, keyring) = (World::new(), Keyring::start());
    for args in [
        &["projects", "add", "Krake", "--folder", "."][..],
        &["projects", "add", "Other"],
    ] {
        run(&world, &keyring, 0, args);
    }
    let own = ["secrets", "policy", "encrypt", "--project", "Krake"];
    let said = run(&world, &keyring, 0, &own).out;
    assert!(said.contains("kept encrypted (its own policy)"), "{said}");
    assert_eq!(keyring.count(), 1, "a key for what is kept");
    let all = read(&world, &keyring, &["secrets", "policy"]);
    assert_eq!(all["policy"], "drop");
    assert_eq!(all["projects"][0]["project"], "Krake");
    let other = run(
        &world,
        &keyring,
        0,
        &["secrets", "policy", "--project", "Other"],
    )
    .out;
    assert!(other.contains("dropped (as for all)"), "{other}");

    // The folder says whose text it is; a project that is named comes before it.
    let texts = [&*format!("use {KEY} now")];
    let file = chat(&world, "s1", &texts);
    let report = read(&world, &keyring, &["import", &file]);
    assert_eq!(report["kept_secrets"], 1);
    let elsewhere = [&*format!("and {KEY}x here")];
    let file = chat(&world, "s2", &elsewhere);
    let report = read(&world, &keyring, &["import", &file, "--project", "Other"]);
    assert_eq!(
        (&report["kept_secrets"], &report["lost_secrets"]),
        (&json!(0), &json!(0)),
        "nothing was to be kept"
    );
    assert_eq!(kept(&world, &keyring).len(), 1);

    let default = ["secrets", "policy", "default", "--project", "Krake"];
    let said = run(&world, &keyring, 0, &default).out;
    assert!(said.contains("dropped (as for all)"), "{said}");
    for wrong in [
        &["secrets", "policy", "default"][..],
        &["secrets", "policy", "drop", "--project", "Nobody"],
        &[
            "secrets",
            "policy",
            "drop",
            "--project",
            "Krake",
            "--forget",
        ],
    ] {
        let ended = ended(with(&world, &keyring, wrong).spawn().unwrap());
        assert_ne!(ended.code, Some(0), "{wrong:?}: {ended:?}");
    }
    assert_eq!(kept(&world, &keyring).len(), 1, "what is kept stays");
}
