//! Search by meaning over a real socket: what is sent, in which order, and what ends it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use krake_domain::account::{Account, AccountStatus, Provider as At};
use krake_domain::amount::Amount;
use krake_domain::blob::BlobRef;
use krake_domain::budget::{Budget, Over, Period, Unit};
use krake_domain::hash::Hash;
use krake_domain::id::{BudgetId, SessionId, WorkspaceId};
use krake_domain::session::{Message, Role, Usage};
use krake_domain::time::Timestamp;
use krake_runtime::meaning::{Asked, Doing, MeaningError, Standing};
use krake_runtime::{AccountChange, Drive, NewAccount, Options, Runtime, start};
use krake_scripted_provider::embeddings::{DIMENSION, answer, answer_with, texts, vector};
use krake_scripted_provider::reply::{Part, Reply};
use krake_scripted_provider::{Provider, Seen};
use krake_store::ImportedSession;
use serde_json::json;

async fn owner(home: &Path) -> Runtime {
    let options = Options {
        home: home.to_owned(),
        drive: Drive::All,
        more_tools: Vec::new(),
    };
    start(options).await.unwrap()
}

async fn ollama(runtime: &Runtime, name: &str, url: &str) -> Account {
    let new = NewAccount {
        name: name.to_owned(),
        email: None,
        provider: At::Ollama,
        plan: None,
        specialization: None,
        tags: Vec::new(),
        base_url: Some(url.to_owned()),
        model: None,
        format: None,
        key: None,
    };
    runtime.add_account(new).await.unwrap()
}

async fn import(runtime: &Runtime, native: &str, from: i64, said: &[String]) {
    let messages = (0..)
        .zip(said)
        .map(|(place, text): (i64, &String)| Message {
            role: Role::User,
            text: text.clone(),
            at: Some(Timestamp(from + place)),
            ..Message::default()
        });
    let session = ImportedSession {
        id: SessionId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        source: "neutral".to_owned(),
        native_id: native.to_owned(),
        path: format!("/{native}"),
        cwd: None,
        place: None,
        title: None,
        started_at: None,
        ended_at: None,
        usage: Usage::default(),
        answers: Vec::new(),
        is_whole: false,
        raw: BlobRef {
            hash: Hash::ZERO,
            bytes: 1,
        },
        messages: messages.collect(),
        secrets: Vec::new(),
        first: 0,
        broken_lines: 0,
        project: None,
        account_id: None,
        session_type: "chat".to_owned(),
        git_branch: None,
        git_commit: None,
        model: None,
        forked_from: None,
        redactions: std::collections::BTreeMap::new(),
    };
    runtime.store().import_session(session).await.unwrap();
}

fn many(count: usize) -> Vec<String> {
    (0..count)
        .map(|place| format!("message of number {place}"))
        .collect()
}

/// Waits until it stands so; what never comes ends the test.
async fn until(runtime: &Runtime, is: impl Fn(&Standing) -> bool) -> Standing {
    let mut commits = runtime.subscribe();
    let looks = async {
        loop {
            if let Some(standing) = runtime.meaning().await.unwrap()
                && is(&standing)
            {
                return standing;
            }
            commits.recv().await.unwrap();
        }
    };
    match tokio::time::timeout(Duration::from_secs(120), looks).await {
        Ok(standing) => standing,
        Err(_) => panic!("it never stood so: {:?}", runtime.meaning().await),
    }
}

fn is_ready(standing: &Standing) -> bool {
    let progress = standing.progress;
    standing.doing == Doing::Resting
        && progress.messages > 0
        && progress.there + progress.passed_over == progress.messages
}

/// The texts of all calls for messages, in their order.
fn asked(server: &Provider) -> Vec<Vec<String>> {
    let posts = server
        .seen()
        .into_iter()
        .filter(|seen| seen.method == "POST");
    posts.map(|seen| texts(&seen)).collect()
}

fn budget(cap: i64) -> Budget {
    Budget {
        id: BudgetId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        over: Over::Everything,
        period: Period::Always,
        unit: Unit::Tokens,
        cap: Amount::whole(u64::try_from(cap).unwrap()),
        created_at: Timestamp(1),
    }
}

#[tokio::test]
async fn nothing_is_sent_before_a_person_chose_and_then_the_newest_first() {
    let home = tempfile::tempdir().unwrap();
    let runtime = owner(home.path()).await;
    let server = Provider::start(|seen, _| answer(seen));
    let account = ollama(&runtime, "here", &server.url()).await;
    import(&runtime, "a", 0, &many(70)).await;
    assert!(runtime.meaning().await.unwrap().is_none());
    assert_eq!(runtime.ask_meaning("ship").await.unwrap(), Asked::Off);
    let would = runtime.preview_meaning(account.id, "m").await.unwrap();
    assert_eq!((would.messages, would.stays_here), (70, true));
    assert!(would.tokens > 70 && would.usd.is_none(), "{would:?}");
    assert_eq!(would.place, server.url());
    assert_eq!(
        asked(&server),
        Vec::<Vec<String>>::new(),
        "a look sends no text"
    );

    runtime.choose_meaning(account.id, "m").await.unwrap();
    let standing = until(&runtime, is_ready).await;
    assert_eq!(
        (standing.progress.there, standing.model.dimension as usize),
        (70, DIMENSION)
    );
    let calls = asked(&server);
    let sizes: Vec<usize> = calls.iter().map(Vec::len).collect();
    assert_eq!(sizes, [1, 32, 32, 6]);
    assert_eq!(calls[1][0], "message of number 69");
    assert_eq!(calls[3][5], "message of number 0");

    // What comes later follows, and what is asked is asked once.
    import(&runtime, "b", 1_000, &["the ferry leaves".to_owned()]).await;
    until(&runtime, |standing| {
        is_ready(standing) && standing.progress.messages == 71
    })
    .await;
    assert_eq!(asked(&server)[4], ["the ferry leaves"]);
    let numbers = runtime.ask_meaning("ship").await.unwrap();
    assert!(matches!(numbers, Asked::Numbers(_)), "{numbers:?}");
    assert_eq!(runtime.ask_meaning("ship").await.unwrap(), numbers);
    assert_eq!(asked(&server).len(), 6);
    let calls = runtime.store().list_calls(account.id, 99).await.unwrap();
    assert!(
        calls
            .iter()
            .all(|call| call.purpose == "search" && call.state == "done")
    );
    assert_eq!(calls[0].input, Some(8), "what was told is counted");

    runtime.leave_meaning().await.unwrap();
    assert_eq!(runtime.ask_meaning("ship").await.unwrap(), Asked::Off);
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_model_that_is_not_there_is_said_and_never_fetched() {
    let home = tempfile::tempdir().unwrap();
    let runtime = owner(home.path()).await;
    let server = Provider::start(|seen, _| answer(seen));
    let account = ollama(&runtime, "here", &server.url()).await;
    for choice in [
        runtime.preview_meaning(account.id, "absent").await.err(),
        runtime.choose_meaning(account.id, "absent").await.err(),
    ] {
        assert!(
            matches!(choice, Some(MeaningError::NotThere { .. })),
            "{choice:?}"
        );
    }
    assert!(server.seen().iter().all(|seen| seen.path == "/api/tags"));
    let app = NewAccount {
        provider: At::ClaudeApp,
        base_url: None,
        name: "app".to_owned(),
        email: None,
        plan: None,
        specialization: None,
        tags: Vec::new(),
        model: None,
        format: None,
        key: None,
    };
    let app = runtime.add_account(app).await.unwrap();
    let none = runtime.choose_meaning(app.id, "m").await.unwrap_err();
    assert!(
        matches!(none, MeaningError::NoSuchCall(At::ClaudeApp)),
        "{none}"
    );
    assert!(runtime.meaning().await.unwrap().is_none());
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_budget_stops_it_with_the_reason_and_a_larger_one_lets_it_go_on() {
    let home = tempfile::tempdir().unwrap();
    let runtime = owner(home.path()).await;
    let server = Provider::start(|seen, _| answer(seen));
    let account = ollama(&runtime, "here", &server.url()).await;
    import(&runtime, "a", 0, &many(70)).await;
    // Enough for the first question and one batch of texts, by what they can be at most.
    let small = budget(700);
    runtime.store().add_budget(small.clone()).await.unwrap();
    runtime.choose_meaning(account.id, "m").await.unwrap();
    let stuck = until(&runtime, |standing| {
        matches!(standing.doing, Doing::Stuck { .. })
    })
    .await;
    let Doing::Stuck { why } = stuck.doing else {
        unreachable!()
    };
    assert!(why.contains("the budget of 700 tokens"), "{why}");
    assert!(
        stuck.progress.there > 0 && stuck.progress.there < 70,
        "{:?}",
        stuck.progress
    );
    let made = asked(&server).len();
    // Questions are not asked past it either.
    let said = runtime.ask_meaning("ship").await.unwrap();
    assert!(
        matches!(&said, Asked::No(said) if said.contains("budget")),
        "{said:?}"
    );
    assert_eq!(asked(&server).len(), made);
    runtime.store().remove_budget(small.id).await.unwrap();
    until(&runtime, is_ready).await;
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn whoever_asks_for_patience_is_not_asked_again_before_it() {
    let home = tempfile::tempdir().unwrap();
    let runtime = owner(home.path()).await;
    let limited = Arc::new(AtomicUsize::new(0));
    let count = limited.clone();
    let server = Provider::start(move |seen, _| {
        if seen.method == "POST"
            && texts(seen).len() > 1
            && count.fetch_add(1, Ordering::SeqCst) == 0
        {
            return Reply::json(429, &json!({ "error": "slow down" })).header("retry-after", "600");
        }
        answer(seen)
    });
    let account = ollama(&runtime, "here", &server.url()).await;
    import(&runtime, "a", 0, &many(40)).await;
    runtime.choose_meaning(account.id, "m").await.unwrap();
    let waits = until(&runtime, |standing| {
        matches!(standing.doing, Doing::Waiting { .. })
    })
    .await;
    let Doing::Waiting { until: at, why } = waits.doing else {
        unreachable!()
    };
    assert!(why.contains("slow down"), "{why}");
    let left = at.since(waits.model.chosen_at).as_secs();
    assert!((590..700).contains(&left), "{left}");
    assert_eq!(limited.load(Ordering::SeqCst), 1);
    import(&runtime, "b", 1_000, &["new".to_owned()]).await;
    let said = runtime.ask_meaning("ship").await.unwrap();
    assert!(matches!(said, Asked::No(_)), "{said:?}");
    assert_eq!(limited.load(Ordering::SeqCst), 1);
    // A person may try at once.
    runtime.pause_meaning(false).await.unwrap();
    let ready = until(&runtime, is_ready).await;
    assert_eq!(ready.progress.there, 41);
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn other_numbers_than_before_are_refused_and_another_model_starts_anew() {
    let home = tempfile::tempdir().unwrap();
    let runtime = owner(home.path()).await;
    let server = Provider::start(|seen, _| match texts_of(seen) {
        Some(asked) if asked.len() > 1 => {
            let short: Vec<Vec<f32>> = asked.iter().map(|_| vec![1.0, 0.5]).collect();
            answer_with(seen, &short)
        }
        _ => answer(seen),
    });
    let account = ollama(&runtime, "here", &server.url()).await;
    import(&runtime, "a", 0, &many(3)).await;
    runtime.choose_meaning(account.id, "m").await.unwrap();
    let stuck = until(&runtime, |standing| {
        matches!(standing.doing, Doing::Stuck { .. })
    })
    .await;
    let Doing::Stuck { why } = stuck.doing else {
        unreachable!()
    };
    assert!(
        why.contains("vectors of 2 numbers, and those before had 64"),
        "{why}"
    );
    assert_eq!(stuck.progress.there, 0);

    let good = Provider::start(|seen, _| answer(seen));
    let other = ollama(&runtime, "other", &good.url()).await;
    runtime.choose_meaning(other.id, "m").await.unwrap();
    let ready = until(&runtime, is_ready).await;
    assert_eq!((ready.progress.there, ready.model.account), (3, other.id));
    // An account that leads elsewhere now, or is paused, is not asked.
    let elsewhere = AccountChange {
        base_url: Some(server.url()),
        ..AccountChange::default()
    };
    runtime.change_account(other.id, elsewhere).await.unwrap();
    let before = server.seen().len();
    let said = runtime.ask_meaning("ship").await.unwrap();
    assert!(
        matches!(&said, Asked::No(why) if why.contains(&good.url())),
        "{said:?}"
    );
    assert_eq!(
        server.seen().len(),
        before,
        "nobody agreed to send anything there"
    );
    let paused = AccountChange {
        base_url: Some(good.url()),
        status: Some(AccountStatus::Paused),
        ..AccountChange::default()
    };
    runtime.change_account(other.id, paused).await.unwrap();
    let said = runtime.ask_meaning("boat").await.unwrap();
    assert_eq!(said, Asked::No("the account is paused".to_owned()));
    runtime.stop().await.unwrap();
}

fn texts_of(seen: &Seen) -> Option<Vec<String>> {
    (seen.method == "POST").then(|| texts(seen))
}

#[tokio::test]
async fn a_text_that_is_too_long_is_cut_and_one_that_is_not_taken_is_passed_over() {
    let home = tempfile::tempdir().unwrap();
    let runtime = owner(home.path()).await;
    let server = Provider::start(|seen, _| match texts_of(seen) {
        Some(asked)
            if asked
                .iter()
                .any(|text| text.len() > 600 || text.contains("poison")) =>
        {
            Reply::json(413, &json!({ "error": "too long" }))
        }
        _ => answer(seen),
    });
    let account = ollama(&runtime, "here", &server.url()).await;
    let said = [
        "short".to_owned(),
        "ship ".repeat(300),
        "poison ".repeat(40),
        String::new(),
    ];
    import(&runtime, "a", 0, &said).await;
    runtime.choose_meaning(account.id, "m").await.unwrap();
    let ready = until(&runtime, is_ready).await;
    assert_eq!((ready.progress.there, ready.progress.passed_over), (2, 2));
    let longest = |size: usize| {
        asked(&server)
            .into_iter()
            .flatten()
            .any(|text| text.len() == size)
    };
    assert!(
        longest(1_500) && longest(750) && longest(375),
        "halved until it is taken"
    );
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_pause_sends_nothing_and_a_slow_model_is_not_waited_for() {
    let home = tempfile::tempdir().unwrap();
    let runtime = owner(home.path()).await;
    let held: Arc<Mutex<Vec<String>>> = Arc::default();
    let holds = held.clone();
    let server = Provider::start(move |seen, _| match texts_of(seen) {
        Some(asked) if asked[0].contains("slow") => {
            holds.lock().unwrap().push(asked[0].clone());
            Reply::new(200, "application/json", "{").then(Part::Silence)
        }
        _ => answer(seen),
    });
    let account = ollama(&runtime, "here", &server.url()).await;
    import(&runtime, "a", 0, &many(3)).await;
    runtime.choose_meaning(account.id, "m").await.unwrap();
    until(&runtime, is_ready).await;
    let said = runtime.ask_meaning("a slow ship").await.unwrap();
    assert!(
        matches!(&said, Asked::No(why) if why.contains("1500 ms")),
        "{said:?}"
    );
    assert_eq!(held.lock().unwrap().len(), 1);

    runtime.pause_meaning(true).await.unwrap();
    let before = asked(&server).len();
    import(&runtime, "b", 1_000, &many(2)).await;
    let paused = runtime.meaning().await.unwrap().unwrap();
    assert!(paused.model.is_paused);
    // What is there still finds.
    let numbers = runtime.ask_meaning("ferry").await.unwrap();
    let raw = vector("ferry");
    assert!(
        matches!(&numbers, Asked::Numbers(of) if of.len() == raw.len()),
        "{numbers:?}"
    );
    assert_eq!(asked(&server).len(), before + 1);
    runtime.pause_meaning(false).await.unwrap();
    let ready = until(&runtime, |standing| {
        is_ready(standing) && standing.progress.there == 5
    })
    .await;
    assert!(!ready.model.is_paused);
    runtime.stop().await.unwrap();
}
