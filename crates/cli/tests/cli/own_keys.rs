//! Keys of the user's own accounts in what comes in and in what goes out, whatever their shape.

use krake_scripted_provider::Provider;
use serde_json::json;

use crate::accounts::{add, models, run};
use crate::keyring::Keyring;
use crate::world::World;

#[test]
fn a_key_of_an_account_is_found_in_what_comes_in_whatever_its_shape() {
    let (world, keyring) = (World::new(), Keyring::start());
    let server = Provider::always(models(&["m1"]));
    let url = server.url();
    // Nothing tells this one from other words.
    let key = "our-own-canary";
    run(&world, &keyring, 0, &add(&url, &["--no-test"]), key);
    run(&world, &keyring, 0, &["projects", "add", "shop"], "");
    let line = json!({ "id": "1", "role": "user", "content": format!("it is called({key})") });
    let file = world.write("chat.jsonl", &format!("{line}\n"));
    let file = file.to_str().unwrap();
    let import = ["--json", "import", file, "--project", "shop"];
    let imported = run(&world, &keyring, 0, &import, "").json();
    assert_eq!(imported["redactions"]["known"], 1, "{imported}");
    let capture = ["capture", "--project", "shop", "-"];
    run(&world, &keyring, 0, &capture, &format!("again {key}"));
    let pasted = ["projects", "add", key];
    let refused = run(&world, &keyring, 2, &pasted, "");
    let said = "field `name`: this looks like the key of one of your accounts";
    assert!(refused.err.contains(said), "{refused:?}");
    assert!(!world.keeps("canary"));
    // A keychain that is locked keeps nobody from writing something down.
    keyring.lock();
    run(&world, &keyring, 0, &capture, "written while it was locked");
    assert!(world.keeps("written while it was locked"));
}

#[test]
fn a_key_that_was_written_down_before_it_was_an_accounts_does_not_go_out() {
    let (world, keyring) = (World::new(), Keyring::start());
    let server = Provider::always(models(&["m1"]));
    let url = server.url();
    let key = "our-own-canary";
    run(&world, &keyring, 0, &["projects", "add", "shop"], "");
    let capture = ["capture", "--project", "shop", "-"];
    run(&world, &keyring, 0, &capture, &format!("it is {key}"));
    assert!(world.keeps("canary"), "nobody could know it yet");
    run(&world, &keyring, 0, &add(&url, &["--no-test"]), key);
    let file = world.work.join("shop.krake");
    let export = ["--json", "export", "--to", file.to_str().unwrap()];
    let exported = run(&world, &keyring, 0, &export, "").json();
    let replaced = exported["capsule"]["replaced"]["known"].as_u64();
    assert!(replaced >= Some(1), "{exported}");
}
