//! Work that passes on: drafted once when an account runs out, delivered part by part into a real
//! repository, and gone on with after a process died in between.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use krake_domain::account::Provider as At;
use krake_domain::briefing::{Briefing, Coverage};
use krake_domain::delivery::{Delivery, Part, PlannedCommit};
use krake_domain::handoff::{Handoff, HandoffState};
use krake_domain::id::{HandoffId, WorkspaceId};
use krake_domain::project::Project;
use krake_runtime::handoff::{DeliverError, Parts};
use krake_runtime::{Drive, Runtime};
use krake_store::SnapshotFilter;
use serde_json::json;
use uuid::Uuid;

#[path = "handoffs/limits.rs"]
mod limits;
#[path = "handoffs/scene.rs"]
mod scene;

use scene::{Shop, account, ago, drafts, import, now, owner, project, session};

fn handoff(project: &Project) -> Handoff {
    Handoff {
        id: HandoffId::from_uuid(Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        project: Some(project.id.to_string()),
        folder: None,
        from_account: None,
        to_account: None,
        goal: None,
        state: HandoffState::Preparing,
        briefing: Briefing {
            text: "# Briefing\n\n- The totals are exact [#0]".to_owned(),
            tokens: 9,
            budget: 100,
            items: Vec::new(),
            coverage: Coverage::default(),
            cited: Vec::new(),
        },
        credits_used: None,
        snapshot: None,
        history_tokens: None,
        created_at: now(),
        claimed_at: None,
        claimed_by: None,
        done_at: None,
        note: None,
        delivery: Delivery::default(),
    }
}

fn all_parts(shop: &Shop, branch: &str) -> Parts {
    Parts {
        draft: None,
        freeze: true,
        commit: Some(PlannedCommit {
            folder: shop.text(),
            branch: Some(branch.to_owned()),
            message: "Work on shop".to_owned(),
            paths: vec!["cart.rs".to_owned()],
        }),
        file: Some(shop.path.join("AGENTS.md").to_str().unwrap().to_owned()),
    }
}

fn outcome(handoff: &Handoff) -> Vec<(Part, bool)> {
    let done = &handoff.delivery.done;
    done.iter().map(|done| (done.part, done.ok)).collect()
}

/// The handoff as it stands once it is prepared no more.
async fn left(runtime: &Runtime, id: HandoffId) -> Handoff {
    let mut commits = runtime.subscribe();
    loop {
        let found = runtime.store().find_handoff(id).await.unwrap().unwrap();
        if found.state != HandoffState::Preparing {
            return found;
        }
        commits.recv().await.unwrap();
    }
}

#[tokio::test]
async fn every_part_happens_once_wherever_a_process_dies() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::All).await;
    let project = project(&runtime, &shop.text()).await;
    import(&runtime, session("a", &shop.text(), "", ago(3 * 24 * 60))).await;
    shop.write("AGENTS.md", "# Mine\n");
    let sent = runtime
        .send_handoff(handoff(&project), all_parts(&shop, "krake/one"))
        .await
        .unwrap();
    let well = [
        (Part::Commit, true),
        (Part::Snapshot, true),
        (Part::File, true),
    ];
    assert_eq!(outcome(&sent), well);
    assert_eq!(sent.state, HandoffState::Pending);
    assert_eq!(sent.snapshot, sent.delivery.snapshot);
    assert!(sent.delivery.done[0].said.ends_with(" on krake/one"));
    let file = std::fs::read_to_string(shop.path.join("AGENTS.md")).unwrap();
    assert!(file.starts_with("# Mine\n") && file.contains("The totals are exact"));
    assert_eq!(
        shop.git(&["status", "--porcelain", "notes.md"]),
        "M notes.md"
    );
    let after = (shop.git(&["log", "--all", "--format=%H"]), file);
    runtime.stop().await.unwrap();

    // It died before any of it was written down, or after some of it.
    for noted in 0..=3 {
        let runtime = owner(home.path(), Drive::Named).await;
        let mut torn = Handoff {
            id: HandoffId::from_uuid(Uuid::now_v7()),
            state: HandoffState::Preparing,
            ..sent.clone()
        };
        torn.delivery.done.truncate(noted);
        torn.snapshot = torn.snapshot.filter(|_| noted > 1);
        runtime.store().add_handoff(torn.clone()).await.unwrap();
        runtime.stop().await.unwrap();
        let runtime = owner(home.path(), Drive::All).await;
        let gone_on = left(&runtime, torn.id).await;
        assert_eq!(gone_on.state, HandoffState::Pending);
        assert_eq!(outcome(&gone_on), well, "{noted}");
        assert_eq!(gone_on.snapshot, sent.snapshot);
        let all = SnapshotFilter {
            limit: 9,
            ..SnapshotFilter::default()
        };
        assert_eq!(runtime.store().list_snapshots(all).await.unwrap().len(), 1);
        let file = std::fs::read_to_string(shop.path.join("AGENTS.md")).unwrap();
        assert_eq!((shop.git(&["log", "--all", "--format=%H"]), file), after);
        runtime.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_said_and_the_briefing_waits_all_the_same() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    let project = project(&runtime, &shop.text()).await;
    // A mark that was lost is nothing to guess about.
    shop.write("AGENTS.md", "<!-- krake:briefing begin -->\n");
    let sent = runtime
        .send_handoff(handoff(&project), all_parts(&shop, "krake/one"))
        .await
        .unwrap();
    assert_eq!(
        outcome(&sent),
        [
            (Part::Commit, true),
            (Part::Snapshot, true),
            (Part::File, false)
        ]
    );
    assert_eq!(sent.state, HandoffState::Pending);
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_commit_that_is_refused_keeps_the_handoff_back_and_the_next_try_goes_out() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    let project = project(&runtime, &shop.text()).await;
    import(&runtime, session("a", &shop.text(), "", ago(1))).await;
    runtime.draft_what_ran_out().await.unwrap();
    let draft = drafts(&runtime).await[0].id;
    let parts = || Parts {
        draft: Some(draft),
        ..all_parts(&shop, "krake/one")
    };
    shop.write(".git/index.lock", "");
    let asked = handoff(&project);
    let id = asked.id;
    let Err(DeliverError::NotCommitted { said }) = runtime.send_handoff(asked, parts()).await
    else {
        panic!("it went out without its commit");
    };
    assert!(said.contains("is locked"), "{said}");
    let stands = runtime.store().find_handoff(id).await.unwrap().unwrap();
    assert_eq!(outcome(&stands), [(Part::Commit, false)]);
    assert_eq!(stands.state, HandoffState::NotSent);
    let store = runtime.store();
    assert!(!store.claim_handoff(id, None, now()).await.unwrap());
    assert!(
        !shop.path.join("AGENTS.md").exists(),
        "nothing else happened"
    );
    let all = SnapshotFilter {
        limit: 9,
        ..SnapshotFilter::default()
    };
    assert_eq!(store.list_snapshots(all).await.unwrap(), []);
    std::fs::remove_file(shop.path.join(".git/index.lock")).unwrap();
    assert_eq!(shop.git(&["branch", "--show-current"]), "main");
    assert_eq!(shop.git(&["branch", "--list", "krake/*"]), "");
    let again = runtime.send_handoff(handoff(&project), parts()).await;
    assert_eq!(again.unwrap().state, HandoffState::Pending);
    runtime.stop().await.unwrap();

    // It died between what git said and what becomes of it.
    let runtime = owner(home.path(), Drive::Named).await;
    let torn = Handoff {
        id: HandoffId::from_uuid(Uuid::now_v7()),
        state: HandoffState::Preparing,
        ..stands
    };
    let torn_id = torn.id;
    let delivery = Delivery {
        draft: None,
        ..torn.delivery.clone()
    };
    let torn = Handoff { delivery, ..torn };
    runtime.store().add_handoff(torn).await.unwrap();
    runtime.stop().await.unwrap();
    let runtime = owner(home.path(), Drive::All).await;
    let gone_on = left(&runtime, torn_id).await;
    assert_eq!(gone_on.state, HandoffState::NotSent);
    assert_eq!(outcome(&gone_on), [(Part::Commit, false)]);
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn what_nobody_claimed_is_taken_back_and_its_draft_is_open_again() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    let project = project(&runtime, &shop.text()).await;
    import(&runtime, session("a", &shop.text(), "", ago(1))).await;
    runtime.draft_what_ran_out().await.unwrap();
    let draft = drafts(&runtime).await[0].id;
    let parts = || Parts {
        draft: Some(draft),
        commit: None,
        ..all_parts(&shop, "x")
    };
    let sent = runtime
        .send_handoff(handoff(&project), parts())
        .await
        .unwrap();
    let twice = runtime.send_handoff(handoff(&project), parts()).await;
    assert!(twice.is_err(), "one answer to one draft");
    let taken = runtime.withdraw_handoff(sent.id).await.unwrap().unwrap();
    assert_eq!(taken.state, HandoffState::Withdrawn);
    // Nobody but Krake made the file, and nothing else is in it.
    assert!(!shop.path.join("AGENTS.md").exists());
    assert!(runtime.withdraw_handoff(sent.id).await.unwrap().is_none());
    let again = runtime
        .send_handoff(handoff(&project), parts())
        .await
        .unwrap();
    let store = runtime.store();
    assert!(store.claim_handoff(again.id, None, now()).await.unwrap());
    assert!(runtime.withdraw_handoff(again.id).await.unwrap().is_none());
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_file_that_a_person_made_stays_and_one_of_ours_goes_with_its_last_briefing() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    let project = project(&runtime, &shop.text()).await;
    let file = shop.path.join("AGENTS.md");
    let send = async || {
        let parts = Parts {
            commit: None,
            ..all_parts(&shop, "x")
        };
        runtime
            .send_handoff(handoff(&project), parts)
            .await
            .unwrap()
    };
    let (_, second) = (send().await, send().await);
    runtime.withdraw_handoff(second.id).await.unwrap().unwrap();
    assert!(
        !file.exists(),
        "the first made it, the second took its place"
    );

    shop.write("AGENTS.md", "");
    let sent = send().await;
    runtime.withdraw_handoff(sent.id).await.unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "");
    std::fs::remove_file(&file).unwrap();

    let sent = send().await;
    let text = std::fs::read_to_string(&file).unwrap();
    shop.write("AGENTS.md", &format!("{text}Be kind.\n"));
    runtime.withdraw_handoff(sent.id).await.unwrap().unwrap();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "Be kind.\n");
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_plan_says_which_file_changes_and_which_files_are_the_sessions_own() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    let project = project(&runtime, &shop.text()).await;
    import(&runtime, session("a", &shop.text(), "", ago(1))).await;
    let claude = runtime
        .add_account(account("Claude Max", At::ClaudeApp, None))
        .await
        .unwrap();
    let plan = runtime.plan_handoff(&project, Some(&claude)).await.unwrap();
    let file = plan.file.clone().unwrap();
    assert_eq!(
        (file.path.ends_with("/AGENTS.md"), file.exists),
        (true, false)
    );
    assert_eq!(plan.proposed(), ["cart.rs"]);
    assert!(plan.can_commit() && plan.rule.is_none());
    assert!(plan.branch.unwrap().starts_with("krake/handoff-"));
    // Who came there over a link edited the same file.
    let links = tempfile::tempdir().unwrap();
    let link = links.path().join("link");
    std::os::unix::fs::symlink(&shop.path, &link).unwrap();
    let mut over_link = session("b", link.to_str().unwrap(), "", ago(1));
    over_link.project = Some(project.id);
    for message in &mut over_link.messages {
        if let Some(tool) = &mut message.tool {
            tool.input["file_path"] = json!(link.join("notes.md"));
        }
    }
    import(&runtime, over_link).await;
    let plan = runtime.plan_handoff(&project, None).await.unwrap();
    assert_eq!(plan.proposed(), ["cart.rs", "notes.md"]);
    // A file of secrets is shown, and committed only by choice.
    shop.write(".env", "KEY=canary\n");
    let mut secret = session("c", &shop.text(), "", ago(1));
    for message in &mut secret.messages {
        if let Some(tool) = &mut message.tool {
            tool.input["file_path"] = json!(shop.path.join(".env"));
        }
    }
    import(&runtime, secret).await;
    let plan = runtime.plan_handoff(&project, None).await.unwrap();
    assert_eq!(plan.proposed(), ["cart.rs", "notes.md"]);
    let work = plan.work.unwrap().unwrap();
    assert!(
        work.files
            .iter()
            .any(|file| file.path == ".env" && !file.touched)
    );
    shop.write("CLAUDE.md", "# Mine\n");
    let plan = runtime.plan_handoff(&project, Some(&claude)).await.unwrap();
    let file = plan.file.unwrap();
    assert_eq!(
        (file.path.ends_with("/CLAUDE.md"), file.exists),
        (true, true)
    );

    let plain = tempfile::tempdir().unwrap();
    let elsewhere = Project {
        folder: Some(plain.path().to_str().unwrap().to_owned()),
        ..project
    };
    let plan = runtime.plan_handoff(&elsewhere, None).await.unwrap();
    assert!(plan.work.as_ref().unwrap().is_err() && !plan.can_commit());
    assert!(plan.file.is_some());
    runtime.stop().await.unwrap();
}
