//! Calls by accounts over a real socket: keys from a real vault, reservations, failover, and what a
//! call teaches about the account.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::path::Path;

use krake_domain::account::{Account, CheckOutcome, Provider as At};
use krake_domain::amount::Amount;
use krake_domain::budget::{Budget, Over, Period, RefusedFor, Unit};
use krake_domain::id::{BudgetId, WorkspaceId};
use krake_domain::limit::{LimitSource, Span};
use krake_domain::secret::Hidden;
use krake_domain::time::Timestamp;
use krake_engine::accounts::Need;
use krake_llm::{Caps, Message, ModelError, Request, ToolChoice, setting};
use krake_runtime::accounts::call::{Answered, Purpose};
use krake_runtime::planner::model::Models;
use krake_runtime::{
    AccountChange, AccountError, Drive, NewAccount, Options, PlanAnswer, PlanRequest, Runtime,
    plan_request, start,
};
use krake_scripted_provider::Provider;
use krake_scripted_provider::reply::{Part, Reply};
use krake_scripted_provider::streams::{Format, Say};
use serde_json::json;
use tokio_util::sync::CancellationToken;

const KEY: &str = "sk-canary-0123456789";

async fn owner(home: &Path) -> Runtime {
    let options = Options {
        home: home.to_owned(),
        drive: Drive::All,
        more_tools: Vec::new(),
    };
    start(options).await.unwrap()
}

/// An owner whose keys lie in the encrypted file.
async fn with_vault(home: &Path) -> Runtime {
    let runtime = owner(home).await;
    let passphrase = Hidden::new("correct horse".to_owned());
    runtime.make_vault(passphrase).await.unwrap();
    runtime
}

fn new(name: &str, provider: At, url: &str) -> NewAccount {
    NewAccount {
        name: name.to_owned(),
        email: None,
        provider,
        plan: None,
        specialization: None,
        tags: Vec::new(),
        base_url: Some(url.to_owned()),
        model: Some("m".to_owned()),
        format: None,
        key: Some(Hidden::new(KEY.to_owned())),
    }
}

fn request() -> Request {
    Request {
        system: String::new(),
        messages: vec![Message::User("hello".to_owned())],
        tools: Vec::new(),
        choice: ToolChoice::Auto,
        max_tokens: 100,
        temperature: None,
    }
}

fn purpose() -> Purpose {
    Purpose {
        word: "test".to_owned(),
        ..Purpose::default()
    }
}

async fn ask(runtime: &Runtime, account: &Account) -> Result<Answered, AccountError> {
    let cancel = CancellationToken::new();
    runtime
        .ask_account(account, &purpose(), &request(), Caps::default(), &cancel)
        .await
}

async fn ask_any(runtime: &Runtime) -> Result<Option<Answered>, AccountError> {
    let cancel = CancellationToken::new();
    runtime
        .ask_accounts(
            Need::default(),
            &purpose(),
            &request(),
            Caps::default(),
            &cancel,
        )
        .await
}

fn budget(over: Over, unit: Unit, cap: u64) -> Budget {
    Budget {
        id: BudgetId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        over,
        period: Period::Day,
        unit,
        cap: Amount::whole(cap),
        created_at: Timestamp(1),
    }
}

fn error(status: u16) -> Reply {
    Reply::json(status, &json!({ "error": { "message": "words" } }))
}

#[tokio::test]
async fn each_provider_is_called_with_its_key_and_the_call_is_written_down() {
    let home = tempfile::tempdir().unwrap();
    let runtime = with_vault(home.path()).await;
    for (name, provider, format, header) in [
        ("a", At::Anthropic, Format::Anthropic, "x-api-key"),
        ("b", At::OpenAi, Format::Responses, "authorization"),
        ("c", At::OpenAiCompatible, Format::OpenAi, "authorization"),
        ("d", At::Gemini, Format::Gemini, "x-goog-api-key"),
        ("e", At::Ollama, Format::Ollama, "authorization"),
    ] {
        let server = Provider::always(format.reply(&[Say::text("hi there")]));
        let account = new(name, provider, &server.url());
        let account = runtime.add_account(account).await.unwrap();
        let answered = ask(&runtime, &account).await.unwrap();
        assert_eq!(answered.answer.text, "hi there");
        let seen = server.seen().remove(0);
        let sent = seen.header(header).unwrap();
        assert_eq!(sent.strip_prefix("Bearer ").unwrap_or(sent), KEY, "{name}");
        let calls = runtime.store().list_calls(account.id, 10).await.unwrap();
        let call = &calls[0];
        assert_eq!(
            (call.state.as_str(), call.outcome.as_deref()),
            ("done", Some("done"))
        );
        assert_eq!((call.input, call.output), (Some(25), Some(89)), "{name}");
        assert_eq!(
            call.usd, None,
            "what stands at another address has no known price"
        );
    }
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_budget_refuses_before_anything_is_sent_and_counts_what_was_used() {
    let home = tempfile::tempdir().unwrap();
    let runtime = with_vault(home.path()).await;
    let server = Provider::always(Format::Anthropic.reply(&[Say::text("hi")]));
    let account = new("a", At::Anthropic, &server.url());
    let account = runtime.add_account(account).await.unwrap();
    let store = runtime.store();
    let over = || Over::Account {
        account_id: account.id,
    };
    // A call can use 100 tokens of answer and half its bytes of question; it uses 114.
    store
        .add_budget(budget(over(), Unit::Tokens, 300))
        .await
        .unwrap();
    ask(&runtime, &account).await.unwrap();
    let spent = store.spent_of_budgets(Timestamp(i64::MAX)).await.unwrap();
    let counted = spent[0].1.unwrap().counted;
    assert_eq!(counted, Amount::ZERO, "another day counts anew");
    let mut made = 1;
    let refused = loop {
        match ask(&runtime, &account).await {
            Ok(_) if made < 10 => made += 1,
            Ok(_) => panic!("300 tokens are more than ten calls of 114"),
            Err(error) => break error,
        }
    };
    assert!(
        matches!(&refused, AccountError::Budget(why) if why.contains("300 tokens")),
        "{refused}"
    );
    assert_eq!(server.seen().len(), made, "a refused call is not sent");
    // A budget in money cannot count what has no price.
    store
        .add_budget(budget(Over::Everything, Unit::Usd, 5))
        .await
        .unwrap();
    let other = new("b", At::Anthropic, &server.url());
    let other = runtime.add_account(other).await.unwrap();
    let unpriced = ask(&runtime, &other).await.unwrap_err();
    assert!(
        unpriced.to_string().contains("price of `m` is not known"),
        "{unpriced}"
    );
    assert_eq!(server.seen().len(), made);
    let refused = store.list_refused_calls(None, 10).await.unwrap();
    let reasons: Vec<RefusedFor> = refused.iter().map(|call| call.reason).collect();
    assert_eq!(reasons, [RefusedFor::PriceUnknown, RefusedFor::Spent]);
    assert_eq!(refused[0].model.as_deref(), Some("m"));
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_question_that_nobody_is_asked_for_want_of_a_budget_is_written_down() {
    let home = tempfile::tempdir().unwrap();
    let runtime = with_vault(home.path()).await;
    let server = Provider::always(Format::Anthropic.reply(&[Say::text("hi")]));
    let account = new("a", At::Anthropic, &server.url());
    let account = runtime.add_account(account).await.unwrap();
    ask(&runtime, &account).await.unwrap();
    // 114 tokens are used already: no account has anything left, and none is asked.
    runtime
        .store()
        .add_budget(budget(Over::Everything, Unit::Tokens, 100))
        .await
        .unwrap();
    assert!(ask_any(&runtime).await.unwrap().is_none());
    assert_eq!(server.seen().len(), 1);
    let refused = runtime.store().list_refused_calls(None, 10).await.unwrap();
    assert_eq!(refused.len(), 1);
    let call = &refused[0];
    assert_eq!((call.reason, call.account), (RefusedFor::Spent, account.id));
    assert_eq!((call.spent, call.wanted), (Some(Amount::whole(114)), None));
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn the_next_account_is_asked_where_one_is_limited_and_its_limit_is_kept() {
    let home = tempfile::tempdir().unwrap();
    let runtime = with_vault(home.path()).await;
    let limited = Provider::always(error(429).header("retry-after", "7200"));
    let broke = Provider::always(Reply::json(
        429,
        &json!({ "error": { "code": "insufficient_quota", "message": "words" } }),
    ));
    let good = Provider::always(
        Format::Anthropic
            .reply(&[Say::text("hi")])
            .header("anthropic-ratelimit-requests-limit", "50")
            .header("anthropic-ratelimit-requests-remaining", "49"),
    );
    let add = |name: &'static str, provider, url: String| {
        let runtime = runtime.clone();
        async move {
            runtime
                .add_account(new(name, provider, &url))
                .await
                .unwrap()
        }
    };
    let one = add("1", At::Anthropic, limited.url()).await;
    let two = add("2", At::OpenAi, broke.url()).await;
    let three = add("3", At::Anthropic, good.url()).await;
    let answered = ask_any(&runtime).await.unwrap().unwrap();
    assert_eq!(answered.account.id, three.id);
    let tried: Vec<&str> = answered
        .tried
        .iter()
        .map(|(one, _)| one.name.as_str())
        .collect();
    assert_eq!(tried, ["1", "2"]);

    // What was refused costs nothing, and is not asked again before its time.
    let calls = runtime.store().list_calls(one.id, 9).await.unwrap();
    assert_eq!(calls[0].state, "returned");
    let looks = runtime.store().list_limits(one.id).await.unwrap();
    assert_eq!(
        (looks[0].source, looks[0].span),
        (LimitSource::Refusal, Span::FiveHours)
    );
    let two = runtime.load_account(two.id).await.unwrap();
    assert_eq!(two.check.unwrap().outcome, CheckOutcome::OutOfCredit);
    let looks = runtime.store().list_limits(three.id).await.unwrap();
    assert_eq!(looks[0].remaining, Some(Amount::whole(49)));
    let (before, after) = (limited.seen().len(), broke.seen().len());
    let again = ask_any(&runtime).await.unwrap().unwrap();
    assert_eq!((again.account.id, again.tried.len()), (three.id, 0));
    assert_eq!((limited.seen().len(), broke.seen().len()), (before, after));

    // Nobody is left.
    let paused = AccountChange {
        status: Some(krake_domain::account::AccountStatus::Paused),
        ..AccountChange::default()
    };
    runtime.change_account(three.id, paused).await.unwrap();
    assert!(ask_any(&runtime).await.unwrap().is_none());
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_call_whose_caller_goes_away_is_settled_and_counts_in_full() {
    let home = tempfile::tempdir().unwrap();
    let runtime = with_vault(home.path()).await;
    let mut silent = Format::Anthropic.reply(&[]);
    silent.parts = vec![Part::Silence];
    let server = Provider::always(silent);
    let account = new("a", At::Anthropic, &server.url());
    let account = runtime.add_account(account).await.unwrap();
    let mut commits = runtime.subscribe();
    {
        let asked = ask(&runtime, &account);
        tokio::pin!(asked);
        tokio::select! {
            answer = &mut asked => panic!("{answer:?}"),
            () = async { while server.seen().is_empty() { tokio::task::yield_now().await; } } => {}
        }
    }
    loop {
        let calls = runtime.store().list_calls(account.id, 9).await.unwrap();
        if calls[0].state == "done" {
            assert_eq!(calls[0].outcome.as_deref(), Some("cancelled"));
            assert_eq!((calls[0].input, calls[0].usd), (None, None));
            break;
        }
        commits.recv().await.unwrap();
    }
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_locked_vault_stops_the_call_and_a_new_key_takes_the_place_of_the_old() {
    let home = tempfile::tempdir().unwrap();
    let runtime = with_vault(home.path()).await;
    let server = Provider::always(Format::Anthropic.reply(&[Say::text("hi")]));
    let account = new("a", At::Anthropic, &server.url());
    let account = runtime.add_account(account).await.unwrap();
    let change = AccountChange {
        key: Some(Hidden::new("another-canary-key".to_owned())),
        ..AccountChange::default()
    };
    let changed = runtime.change_account(account.id, change).await.unwrap();
    assert_ne!(changed.credential, account.credential);
    ask(&runtime, &changed).await.unwrap();
    assert_eq!(
        server.seen()[0].header("x-api-key"),
        Some("another-canary-key")
    );
    let old = ask(&runtime, &account).await.unwrap_err();
    assert!(matches!(old, AccountError::Vault(_)), "{old}");
    assert!(
        runtime
            .store()
            .list_left_credentials()
            .await
            .unwrap()
            .is_empty()
    );
    runtime.stop().await.unwrap();

    let runtime = owner(home.path()).await;
    let locked = ask(&runtime, &changed).await.unwrap_err();
    assert!(locked.to_string().contains("locked"), "{locked}");
    let wrong = runtime
        .unlock_vault(Hidden::new("wrong horse".to_owned()))
        .await;
    assert!(wrong.is_err());
    runtime
        .unlock_vault(Hidden::new("correct horse".to_owned()))
        .await
        .unwrap();
    ask(&runtime, &changed).await.unwrap();
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_plan_is_asked_of_an_account_where_the_environment_names_no_model() {
    let home = tempfile::tempdir().unwrap();
    let runtime = with_vault(home.path()).await;
    let plan = json!({
        "name": "hello", "description": "Waits.",
        "steps": [{ "id": "a", "tool": "wait", "args": { "ms": 1 } }],
    });
    let server = Provider::always(Format::Gemini.reply(&[Say::call("propose_plan", plan)]));
    let limited = Provider::always(error(429).header("retry-after", "900"));
    let first = new("A first one", At::Anthropic, &limited.url());
    runtime.add_account(first).await.unwrap();
    let account = new("Gemini, work", At::Gemini, &server.url());
    let account = runtime.add_account(account).await.unwrap();
    let cancel = CancellationToken::new();
    let inputs = serde_json::Map::new();
    let planned = |models: Models| {
        let (runtime, cancel, inputs) = (runtime.clone(), cancel.clone(), inputs.clone());
        async move {
            let request = PlanRequest {
                query: "paint the fence in seventeen colours",
                inputs: &inputs,
            };
            let (playbooks, catalog) = (runtime.playbooks(), runtime.catalog());
            plan_request(playbooks, catalog, Some(&models), request, &cancel).await
        }
    };
    let unnamed = || {
        Models::new(setting(&|name| {
            // A place where no Ollama is, so that the habit finds nobody.
            (name == "KRAKE_MODEL").then(|| "m".to_owned())
        }))
    };
    let models = unnamed().or_accounts_of(Some(&runtime));
    let chosen = models.chosen().await.unwrap();
    assert_eq!(chosen.from, "the account A first one");
    let PlanAnswer::Planned(plan) = planned(models).await else {
        panic!("the account plans");
    };
    assert_eq!(plan.model.as_ref().unwrap().provider, "gemini");
    let told = "the account A first one was asked first";
    assert!(
        plan.notes.iter().any(|note| note.starts_with(told)),
        "{:?}",
        plan.notes
    );
    let calls = runtime.store().list_calls(account.id, 9).await.unwrap();
    assert_eq!(
        (calls[0].purpose.as_str(), calls[0].state.as_str()),
        ("planner", "done")
    );
    // Switched off, nobody is asked.
    let off = Models::off().or_accounts_of(Some(&runtime));
    assert!(matches!(planned(off).await, PlanAnswer::Unsure(_, None)));
    // A budget that is spent is said, not passed over.
    let cap = budget(Over::Everything, Unit::Tokens, 1);
    runtime.store().add_budget(cap).await.unwrap();
    let models = unnamed().or_accounts_of(Some(&runtime));
    let PlanAnswer::Unsure(_, Some(fault)) = planned(models).await else {
        panic!("there is no budget for it");
    };
    assert!(fault.to_string().contains("budget"), "{fault}");
    assert_eq!(server.seen().len(), 1);
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_provider_that_fails_for_good_is_said_as_it_is() {
    let home = tempfile::tempdir().unwrap();
    let runtime = with_vault(home.path()).await;
    let server = Provider::always(error(400));
    let account = new("a", At::Anthropic, &server.url());
    let account = runtime.add_account(account).await.unwrap();
    let failed = ask_any(&runtime).await.unwrap_err();
    assert!(
        matches!(failed, AccountError::Model(ModelError::BadRequest { .. })),
        "{failed}"
    );
    let known = runtime.load_account(account.id).await.unwrap();
    assert_eq!(
        known.check, None,
        "one bad request says nothing about the account"
    );
    runtime.stop().await.unwrap();
}

#[tokio::test]
async fn a_server_that_lists_no_models_is_asked_for_one_token() {
    let home = tempfile::tempdir().unwrap();
    let runtime = with_vault(home.path()).await;
    let server = Provider::start(|seen, _| match seen.method.as_str() {
        "GET" => error(404),
        _ => Format::OpenAi.reply(&[Say::text("h")]),
    });
    let account = new("a", At::OpenAiCompatible, &server.url());
    let account = runtime.add_account(account).await.unwrap();
    let check = runtime.check_account(account.id).await.unwrap();
    assert_eq!(check.outcome, CheckOutcome::Reached, "{check:?}");
    assert_eq!(server.seen()[1].json()["max_tokens"], 1);
    let calls = runtime.store().list_calls(account.id, 9).await.unwrap();
    assert_eq!((calls.len(), calls[0].purpose.as_str()), (1, "check"));
    runtime.stop().await.unwrap();
}
