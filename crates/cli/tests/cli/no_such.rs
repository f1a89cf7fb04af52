//! What is named and is not there: one refusal and one exit code over all nouns.

use crate::world::World;

#[test]
fn what_is_named_and_is_not_there_ends_with_the_same_code_whatever_it_is() {
    let world = World::new();
    world.expect(0, &["projects", "add", "shop"]);
    world.write("talk.md", "**You:** Make it exact.\n\n**Claude:** Done.\n");
    let nobody: [&[&str]; 33] = [
        &["accounts", "show", "Nobody"],
        &["accounts", "show", "acc_00000000000000000000000000"],
        &["accounts", "usage", "Nobody"],
        &["accounts", "test", "Nobody"],
        &["accounts", "change", "Nobody", "--plan", "Pro"],
        &["accounts", "price", "Nobody"],
        &["accounts", "works-again", "Nobody"],
        &["accounts", "remove", "Nobody"],
        &["accounts", "rules", "remove", "1"],
        &["budgets", "add", "5", "--account", "Nobody"],
        &["budgets", "add", "5", "--project", "Nothing"],
        &["budgets", "remove", "bud_00000000000000000000000000"],
        &["projects", "show", "Nothing"],
        &["projects", "remove", "Nothing"],
        &["import", "talk.md", "--project", "Nothing"],
        &["import", "talk.md", "--account", "Nobody"],
        &["capture", "--project", "Nothing", "x"],
        &["sessions", "show", "ses_00000000000000000000000000"],
        &["brief", "--project", "Nothing"],
        &["brief", "--project", "shop", "--for", "Nobody"],
        &["brief", "--input", "talk.md", "--with", "Nobody"],
        &["compression", "remove", "crl_00000000000000000000000000"],
        &["compression", "list", "--project", "Nothing"],
        &["handoff", "show", "hnd_00000000000000000000000000"],
        &["handoff", "send", "--project", "shop", "--to", "Nobody"],
        &["snapshot", "diff", "snp_00000000000000000000000000"],
        &["knowledge", "show", "kno_00000000000000000000000000"],
        &["executions", "show", "exe_00000000000000000000000000"],
        &["approvals", "show", "apr_00000000000000000000000000"],
        &["policies", "revoke", "rul_00000000000000000000000000"],
        &["playbooks", "show", "nothing"],
        &["backup", "remove", "none"],
        &["meaning", "set", "Nobody", "--yes"],
    ];
    for words in nobody {
        let refused = world.expect(1, &[&["--json"], words].concat());
        let told = refused.json();
        assert_eq!(told["error"]["code"], "not_found", "{words:?}: {told}");
    }
    // A line that cannot be read as it stands is wrong usage, and is not asked any further.
    for words in [
        &["projects", "show"][..],
        &["policies", "revoke", "nonsense"],
        &["budgets", "add", "much"],
    ] {
        world.expect(2, words);
    }
}

/// Accounts and projects go by their names wherever one is named.
#[test]
fn a_budget_takes_names_of_accounts_and_projects() {
    let world = World::new();
    world.expect(0, &["projects", "add", "Shop"]);
    world.expect(0, &["accounts", "add", "Max", "--provider", "claude_app"]);
    for over in [["--account", "max"], ["--project", "Shop"]] {
        world.expect(0, &[&["budgets", "add", "5"], &over[..]].concat());
    }
    let budgets = world.json(&["budgets", "list"]);
    let names: Vec<&str> = budgets["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|budget| budget["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Max", "Shop"], "{budgets}");
}
