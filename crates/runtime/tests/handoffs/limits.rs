//! Accounts that run out: each limit is drafted once, and old ones are left alone.

use krake_domain::account::{Account, Provider as At};
use krake_domain::draft::RunOutSource;
use krake_domain::secret::Hidden;
use krake_domain::session::{MessageKind, Role};
use krake_domain::time::Timestamp;
use krake_llm::{Caps, Message as Said, Request, ToolChoice};
use krake_runtime::accounts::call::Purpose;
use krake_runtime::{Drive, Runtime};
use krake_scripted_provider::Provider;
use krake_scripted_provider::reply::Reply;
use krake_scripted_provider::streams::{Format, Say};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::scene::{Shop, account, ago, drafts, import, message, now, owner, project, session};

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
async fn work_without_a_project_is_drafted_all_the_same_and_gets_the_project_of_its_folder() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    let deep = shop.path.join("src");
    std::fs::create_dir(&deep).unwrap();
    let ran_out = session("a", deep.to_str().unwrap(), "", ago(5));
    let id = import(&runtime, ran_out).await;
    import(&runtime, session("gone", "/else", "", ago(4))).await;
    assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 2);
    let folder = runtime.folder_for_project(id).await.unwrap();
    assert_eq!(
        folder.as_deref(),
        Some(shop.path.as_path()),
        "the work tree"
    );
    let whole = async || {
        let drafts = drafts(&runtime).await;
        let draft = drafts
            .iter()
            .find(|draft| draft.run_out.session == Some(id));
        let found = runtime.store().find_draft(draft.unwrap().id).await;
        found.unwrap().unwrap()
    };
    let before = whole().await;
    assert!(before.project.is_none() && before.run_out.who == "Claude Code");
    assert!(before.briefing.unwrap().text.contains("Make the totals"));

    // An older session of the folder belongs to the work as soon as there is a project.
    let mut older = session("b", &shop.text(), "", ago(60));
    older.messages = vec![message(
        Role::User,
        MessageKind::Text,
        "Never round an amount before the invoice is printed.",
        ago(60),
    )];
    import(&runtime, older).await;
    let made = project(&runtime, &shop.text()).await;
    assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 0, "no news");
    let after = whole().await;
    assert_eq!(after.project, Some(made.id));
    let text = after.briefing.unwrap().text;
    assert!(text.contains("Never round an amount"), "{text}");
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
    while drafts(&runtime).await[0].joined.is_empty() {
        commits.recv().await.unwrap();
    }
    assert_eq!(drafts(&runtime).await.len(), 1, "it is one limit");
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn sessions_of_one_folder_that_no_project_has_are_drafted_together() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    let deep = shop.path.join("src");
    std::fs::create_dir(&deep).unwrap();
    let first = import(&runtime, session("a", &shop.text(), "", ago(9))).await;
    assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 1);
    let mut more = session("b", deep.to_str().unwrap(), "", ago(5));
    more.messages[0].text = "Never round an amount.".to_owned();
    let second = import(&runtime, more).await;
    import(&runtime, session("gone", "/else", "", ago(4))).await;
    assert_eq!(
        runtime.draft_what_ran_out().await.unwrap(),
        1,
        "the other folder"
    );
    assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 0);
    let all = drafts(&runtime).await;
    let of_shop = all
        .iter()
        .find(|draft| draft.run_out.session == Some(first));
    let whole = runtime.store().find_draft(of_shop.unwrap().id).await;
    let whole = whole.unwrap().unwrap();
    let sessions: Vec<_> = whole.sessions().collect();
    assert_eq!(sessions, [first, second]);
    let text = whole.briefing.unwrap().text;
    for words in ["Make the totals", "Never round an amount"] {
        assert!(text.contains(words), "{text}");
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

#[tokio::test]
async fn beside_a_key_a_limit_is_the_plans_and_an_answer_only_where_its_log_tells_of_the_plan() {
    let (home, shop) = (tempfile::tempdir().unwrap(), Shop::new());
    let runtime = owner(home.path(), Drive::Named).await;
    runtime
        .make_vault(Hidden::new("correct horse".to_owned()))
        .await
        .unwrap();
    let server = Provider::always(Format::Responses.reply(&[Say::text("hi")]));
    let max = account("Claude Max", At::ClaudeApp, None);
    let max = runtime.add_account(max).await.unwrap();
    let key = account("Work", At::Anthropic, Some(server.url()));
    runtime.add_account(key).await.unwrap();
    project(&runtime, &shop.text()).await;
    import(&runtime, session("a", &shop.text(), "", ago(10))).await;
    assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 1);
    assert_eq!(drafts(&runtime).await[0].run_out.account, Some(max.id));

    let answered = |native: &str, path: &str| {
        let mut went_on = session(native, &shop.text(), path, ago(2));
        went_on.messages.pop();
        went_on
    };
    // It may have been the key that answered.
    import(&runtime, answered("b", "")).await;
    runtime.draft_what_ran_out().await.unwrap();
    assert_eq!(drafts(&runtime).await.len(), 1);
    let log = home.path().join("log.jsonl");
    let quota = json!({
        "type": "assistant", "timestamp": ago(60).to_rfc3339(), "error": "rate_limit",
        "quotaLimits": { "rateLimitType": "five_hour", "resetsAt": ago(30).0 / 1_000 },
    });
    std::fs::write(&log, format!("{quota}\n")).unwrap();
    import(&runtime, answered("c", log.to_str().unwrap())).await;
    runtime.draft_what_ran_out().await.unwrap();
    assert_eq!(drafts(&runtime).await, []);
    runtime.stop().await.unwrap();
}
