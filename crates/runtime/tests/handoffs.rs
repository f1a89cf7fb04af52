//! Work that passes on: drafted once when an account runs out, delivered part by part into a real
//! repository, and gone on with after a process died in between.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::{Path, PathBuf};
use std::process::Command;

use krake_domain::account::{Account, Provider as At};
use krake_domain::blob::BlobRef;
use krake_domain::briefing::{Briefing, Coverage};
use krake_domain::delivery::{Delivery, Part, PlannedCommit};
use krake_domain::draft::{Draft, RunOutSource};
use krake_domain::handoff::{Handoff, HandoffState};
use krake_domain::hash::Hash;
use krake_domain::id::{HandoffId, ProjectId, SessionId, WorkspaceId};
use krake_domain::project::{Project, ProjectStatus};
use krake_domain::secret::Hidden;
use krake_domain::session::{Message, MessageKind, Role, ToolUse, Usage};
use krake_domain::time::Timestamp;
use krake_llm::{Caps, Message as Said, Request, ToolChoice};
use krake_runtime::accounts::call::Purpose;
use krake_runtime::handoff::Parts;
use krake_runtime::{Drive, NewAccount, Options, Runtime, start};
use krake_scripted_provider::Provider;
use krake_scripted_provider::reply::Reply;
use krake_scripted_provider::streams::{Format, Say};
use krake_store::ImportedSession;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

async fn owner(home: &Path, drive: Drive) -> Runtime {
    let options = Options {
        home: home.to_owned(),
        drive,
        more_tools: Vec::new(),
    };
    start(options).await.unwrap()
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

fn ago(minutes: i64) -> Timestamp {
    Timestamp(now().0 - minutes * 60_000)
}

/// A folder with a repository, and git to ask it.
struct Shop {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

impl Shop {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        let shop = Self {
            _folder: folder,
            path,
        };
        shop.git(&["init", "--quiet", "--initial-branch=main"]);
        shop.git(&["config", "user.name", "Ada"]);
        shop.git(&["config", "user.email", "ada@example.org"]);
        shop.write("cart.rs", "one\n");
        shop.write("notes.md", "one\n");
        shop.git(&["add", "--all"]);
        shop.git(&["commit", "--quiet", "--message", "first"]);
        shop.write("cart.rs", "two\n");
        shop.write("notes.md", "two\n");
        shop
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path.join(name), text).unwrap();
    }

    fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .arg("-C")
            .arg(&self.path)
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    fn text(&self) -> String {
        self.path.to_str().unwrap().to_owned()
    }
}

async fn project(runtime: &Runtime, folder: &str) -> Project {
    let project = Project {
        id: ProjectId::from_uuid(Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        name: "shop".to_owned(),
        description: String::new(),
        status: ProjectStatus::Active,
        folder: Some(folder.to_owned()),
        objectives: Vec::new(),
        pinned: Vec::new(),
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
    };
    runtime.store().add_project(project.clone()).await.unwrap();
    project
}

fn message(role: Role, kind: MessageKind, text: &str, at: Timestamp) -> Message {
    Message {
        role,
        kind,
        text: text.to_owned(),
        at: Some(at),
        ..Message::default()
    }
}

/// A session that edited a file and then ran out at that moment.
fn session(native: &str, folder: &str, path: &str, at: Timestamp) -> ImportedSession {
    let mut edit = message(Role::Assistant, MessageKind::ToolCall, "", at);
    edit.tool = Some(ToolUse {
        call_id: Some("1".to_owned()),
        name: "Edit".to_owned(),
        input: json!({ "file_path": format!("{folder}/cart.rs"), "old_string": "one", "new_string": "two" }),
    });
    ImportedSession {
        id: SessionId::from_uuid(Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        source: "claude_code".to_owned(),
        native_id: native.to_owned(),
        path: path.to_owned(),
        cwd: Some(folder.to_owned()),
        place: None,
        title: None,
        started_at: Some(at),
        ended_at: Some(at),
        usage: Usage::default(),
        raw: BlobRef {
            hash: Hash::ZERO,
            bytes: 3,
        },
        messages: vec![
            message(
                Role::User,
                MessageKind::Text,
                "Make the totals of the cart exact in cart.rs.",
                at,
            ),
            edit,
            message(
                Role::Assistant,
                MessageKind::Limit,
                "You've hit your limit",
                at,
            ),
        ],
        first: 0,
        broken_lines: 0,
        project: None,
        account_id: None,
        session_type: "imported".to_owned(),
        git_branch: None,
        git_commit: None,
        model: None,
        forked_from: None,
        redactions: Default::default(),
    }
}

async fn import(runtime: &Runtime, session: ImportedSession) -> SessionId {
    runtime
        .store()
        .import_session(session)
        .await
        .unwrap()
        .session
}

async fn drafts(runtime: &Runtime) -> Vec<Draft> {
    runtime.store().drafts_in_force().await.unwrap()
}

fn account(name: &str, provider: At, url: Option<String>) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        email: None,
        provider,
        plan: None,
        specialization: None,
        tags: Vec::new(),
        model: url.is_some().then(|| "m".to_owned()),
        key: url
            .is_some()
            .then(|| Hidden::new("sk-canary-0123456789".to_owned())),
        base_url: url,
        format: None,
    }
}

#[tokio::test]
async fn a_session_that_ends_at_a_limit_is_drafted_once_and_old_ones_are_left_alone() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    project(&runtime, &shop.text()).await;
    let max = runtime
        .add_account(account("Claude Max", At::ClaudeApp, None))
        .await
        .unwrap();
    // What the tool wrote beside its message tells until when.
    let (at, reset) = (ago(10), now().0 / 1_000 + 7_200);
    let log = home.path().join("log.jsonl");
    let quota = json!({
        "type": "assistant", "timestamp": at.to_rfc3339(), "error": "rate_limit",
        "quotaLimits": { "rateLimitType": "five_hour", "resetsAt": reset },
    });
    std::fs::write(&log, format!("{quota}\n")).unwrap();
    let ran_out = session("a", &shop.text(), log.to_str().unwrap(), at);
    let id = import(&runtime, ran_out.clone()).await;
    import(&runtime, session("old", &shop.text(), "", ago(3 * 24 * 60))).await;
    import(&runtime, session("elsewhere", "/else", "", ago(5))).await;

    assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 1);
    let made = drafts(&runtime).await;
    let (draft, run_out) = (&made[0], &made[0].run_out);
    assert_eq!((run_out.session, run_out.account), (Some(id), Some(max.id)));
    assert_eq!((run_out.who.as_str(), run_out.at), ("Claude Max", at));
    assert_eq!(run_out.resets_at, Some(Timestamp(reset * 1_000)));
    assert!(draft.project.is_some());
    let whole = runtime.store().find_draft(draft.id).await.unwrap().unwrap();
    assert!(whole.briefing.unwrap().text.contains("Make the totals"));
    // The router knows it as well.
    let looks = runtime.store().list_limits(max.id).await.unwrap();
    assert!(looks[0].is_used_up(now()));

    // Asking again and hearing the same is the same limit; so is a restart.
    let mut again = ran_out;
    again
        .messages
        .push(message(Role::User, MessageKind::Text, "continue", ago(3)));
    again.messages.push(message(
        Role::Assistant,
        MessageKind::Limit,
        "still",
        ago(2),
    ));
    again.ended_at = Some(ago(2));
    import(&runtime, again.clone()).await;
    assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 0);
    runtime.stop().await.unwrap();
    let runtime = owner(home.path(), Drive::Named).await;
    assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 0);
    assert_eq!(drafts(&runtime).await.len(), 1);

    // The account goes on: nobody needs the draft any more.
    again
        .messages
        .push(message(Role::Assistant, MessageKind::Text, "on it", ago(1)));
    import(&runtime, again).await;
    assert_eq!(drafts(&runtime).await, []);
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_process_that_stays_drafts_by_itself_and_says_so() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::All).await;
    let mut commits = runtime.subscribe();
    project(&runtime, &shop.text()).await;
    import(&runtime, session("a", &shop.text(), "", ago(1))).await;
    while drafts(&runtime).await.is_empty() {
        commits.recv().await.unwrap();
    }
    runtime.stop().await.unwrap();
    // What a process did not come to is drafted by the next one.
    let runtime = owner(home.path(), Drive::Named).await;
    import(&runtime, session("b", &shop.text(), "", ago(1))).await;
    runtime.stop().await.unwrap();
    let runtime = owner(home.path(), Drive::All).await;
    let mut commits = runtime.subscribe();
    while drafts(&runtime).await.len() < 2 {
        commits.recv().await.unwrap();
    }
    runtime.stop().await.unwrap();
}

async fn answers(runtime: &Runtime, account: &Account) -> bool {
    let request = Request {
        system: String::new(),
        messages: vec![Said::User("hello".to_owned())],
        tools: Vec::new(),
        choice: ToolChoice::Auto,
        max_tokens: 100,
        temperature: None,
    };
    let cancel = CancellationToken::new();
    let asked = runtime
        .ask_account(
            account,
            &Purpose::default(),
            &request,
            Caps::default(),
            &cancel,
        )
        .await;
    asked.is_ok()
}

#[tokio::test]
async fn a_provider_that_refuses_for_hours_or_for_want_of_credit_is_drafted() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    runtime
        .make_vault(Hidden::new("correct horse".to_owned()))
        .await
        .unwrap();
    let error = |wait: &str| {
        Reply::json(429, &json!({ "error": { "message": "words" } })).header("retry-after", wait)
    };
    let (hours, seconds) = (
        Provider::always(error("7200")),
        Provider::always(error("30")),
    );
    let broke = Provider::in_turn(vec![
        Reply::json(
            429,
            &json!({ "error": { "code": "insufficient_quota", "message": "words" } }),
        ),
        Format::Responses.reply(&[Say::text("hi")]),
    ]);
    let mut added = Vec::new();
    for (name, provider, server) in [
        ("Hours", At::Anthropic, &hours),
        ("Seconds", At::Anthropic, &seconds),
        ("Broke", At::OpenAi, &broke),
    ] {
        let new = account(name, provider, Some(server.url()));
        let account = runtime.add_account(new).await.unwrap();
        assert!(!answers(&runtime, &account).await);
        added.push(account);
    }
    // The work is what the account did last.
    project(&runtime, &shop.text()).await;
    let mut worked = session("a", &shop.text(), "", ago(30));
    worked.messages.pop();
    worked.account_id = Some(added[0].id.to_string());
    import(&runtime, worked).await;

    assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 2);
    assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 0);
    let made = drafts(&runtime).await;
    let find = |source| {
        made.iter()
            .find(|draft| draft.run_out.source == source)
            .unwrap()
    };
    let refused = find(RunOutSource::Refusal);
    assert_eq!(refused.run_out.account, Some(added[0].id));
    assert!(refused.project.is_some() && refused.run_out.resets_at.is_some());
    let empty = find(RunOutSource::Credit);
    assert_eq!((empty.run_out.who.as_str(), empty.project), ("Broke", None));
    assert_eq!(empty.run_out.resets_at, None);

    // Somebody paid.
    assert!(answers(&runtime, &added[2]).await);
    runtime.draft_what_ran_out().await.unwrap();
    assert_eq!(drafts(&runtime).await.len(), 1);
    runtime.stop().await.unwrap();
}

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

async fn released(runtime: &Runtime, id: HandoffId) -> Handoff {
    let mut commits = runtime.subscribe();
    loop {
        let found = runtime.store().find_handoff(id).await.unwrap().unwrap();
        if found.state == HandoffState::Pending {
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
        (Part::Snapshot, true),
        (Part::Commit, true),
        (Part::File, true),
    ];
    assert_eq!(outcome(&sent), well);
    assert_eq!(sent.state, HandoffState::Pending);
    assert_eq!(sent.snapshot, sent.delivery.snapshot);
    assert!(sent.delivery.done[1].said.ends_with(" on krake/one"));
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
        torn.snapshot = torn.snapshot.filter(|_| noted > 0);
        runtime.store().add_handoff(torn.clone()).await.unwrap();
        runtime.stop().await.unwrap();
        let runtime = owner(home.path(), Drive::All).await;
        let gone_on = released(&runtime, torn.id).await;
        assert_eq!(outcome(&gone_on), well, "{noted}");
        assert_eq!(gone_on.snapshot, sent.snapshot);
        assert_eq!(runtime.store().list_snapshots(9).await.unwrap().len(), 1);
        let file = std::fs::read_to_string(shop.path.join("AGENTS.md")).unwrap();
        assert_eq!((shop.git(&["log", "--all", "--format=%H"]), file), after);
        runtime.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_part_that_is_refused_is_said_and_the_briefing_waits_all_the_same() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    let project = project(&runtime, &shop.text()).await;
    shop.write(".git/index.lock", "");
    // A mark that was lost is nothing to guess about.
    shop.write("AGENTS.md", "<!-- krake:briefing begin -->\n");
    let sent = runtime
        .send_handoff(handoff(&project), all_parts(&shop, "krake/one"))
        .await
        .unwrap();
    assert_eq!(
        outcome(&sent),
        [
            (Part::Snapshot, true),
            (Part::Commit, false),
            (Part::File, false)
        ]
    );
    assert!(sent.delivery.done[1].said.contains("is locked"), "{sent:?}");
    assert_eq!(sent.state, HandoffState::Pending);
    std::fs::remove_file(shop.path.join(".git/index.lock")).unwrap();
    assert_eq!(shop.git(&["branch", "--show-current"]), "main");
    assert_eq!(shop.git(&["branch", "--list", "krake/*"]), "");
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
    let file = std::fs::read_to_string(shop.path.join("AGENTS.md")).unwrap();
    assert_eq!(file, "");
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
