//! Budgets hold: reserved before, settled once, counted once, also across the death of a process.

use krake_domain::account::Provider;
use krake_domain::budget::Period;

use super::*;
use crate::fixture::{account, uuid};

fn call(account: AccountId, at: i64, usd: Option<&str>) -> PlannedCall {
    PlannedCall {
        id: CallId::from_uuid(uuid()),
        account,
        project: None,
        run: None,
        purpose: "planner".to_owned(),
        model: "m".to_owned(),
        at: Timestamp(at),
        most_usd: usd.map(|usd| usd.parse().unwrap()),
        most_tokens: Amount::whole(1_000),
    }
}

fn end(usd: Option<&str>, outcome: &str) -> CallEnd {
    CallEnd {
        at: Timestamp(9),
        usd: usd.map(|usd| usd.parse().unwrap()),
        input: Some(100),
        cache_read: Some(40),
        cache_write: None,
        output: Some(20),
        outcome: outcome.to_owned(),
        took_ms: 30,
    }
}

fn budget(over: Over, unit: Unit, cap: &str) -> Budget {
    Budget {
        id: BudgetId::from_uuid(uuid()),
        workspace: WorkspaceId::PERSONAL,
        over,
        period: Period::Day,
        unit,
        cap: cap.parse().unwrap(),
        created_at: Timestamp(1),
    }
}

#[tokio::test]
async fn calls_side_by_side_do_not_spend_a_budget_twice() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let one = account("One", Provider::Anthropic).id;
    let cap = budget(Over::Everything, Unit::Usd, "1");
    store.add_budget(cap.clone()).await.unwrap();
    let tries = (0..8).map(|_| store.reserve_call(call(one, 5, Some("0.3"))));
    let tries: Vec<Reserved> = futures_util::future::try_join_all(tries).await.unwrap();
    let made = tries
        .iter()
        .filter(|one| **one == Reserved::Reserved)
        .count();
    assert_eq!(made, 3);
    let refused = Reserved::Spent {
        budget: cap,
        spent: "0.9".parse().unwrap(),
        wanted: "0.3".parse().unwrap(),
    };
    assert_eq!(tries.iter().filter(|one| **one == refused).count(), 5);
    // The next day counts anew.
    let tomorrow = call(one, 24 * 3_600_000, Some("0.3"));
    assert_eq!(
        store.reserve_call(tomorrow).await.unwrap(),
        Reserved::Reserved
    );
}

#[tokio::test]
async fn what_a_call_cost_counts_once_and_an_unknown_price_is_never_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let one = account("One", Provider::Anthropic).id;
    let other = account("Two", Provider::OpenAi).id;
    let over = Over::Account { account_id: one };
    store
        .add_budget(budget(over, Unit::Usd, "1"))
        .await
        .unwrap();
    let unpriced = store.reserve_call(call(one, 5, None)).await.unwrap();
    assert!(matches!(unpriced, Reserved::PriceUnknown { .. }));
    let elsewhere = store.reserve_call(call(other, 5, None)).await.unwrap();
    assert_eq!(elsewhere, Reserved::Reserved);

    let first = call(one, 5, Some("0.9"));
    store.reserve_call(first.clone()).await.unwrap();
    store
        .settle_call(first.id, end(Some("0.1"), "done"))
        .await
        .unwrap();
    store
        .settle_call(first.id, end(Some("0.8"), "done"))
        .await
        .unwrap();
    let second = call(one, 6, Some("0.9"));
    assert_eq!(
        store.reserve_call(second.clone()).await.unwrap(),
        Reserved::Reserved
    );
    store
        .return_call(second.id, "unavailable".to_owned())
        .await
        .unwrap();
    let third = call(one, 7, Some("0.5"));
    assert_eq!(
        store.reserve_call(third.clone()).await.unwrap(),
        Reserved::Reserved
    );
    // Its provider told no usage: it counts with all that it could have cost.
    let unknown = CallEnd {
        usd: None,
        input: None,
        cache_read: None,
        output: None,
        ..end(None, "bad_output")
    };
    store.settle_call(third.id, unknown).await.unwrap();
    let spent = store.spent_of_budgets(Timestamp(8)).await.unwrap();
    assert_eq!(spent[0].1, Some("0.6".parse().unwrap()));

    let used = store.use_since(Timestamp(0)).await.unwrap()[&one];
    assert_eq!(
        (used.calls, used.done, used.failed, used.unpriced),
        (2, 1, 1, 1)
    );
    assert_eq!((used.input, used.cache_read, used.output), (100, 40, 20));
    let listed = store.list_calls(one, 10).await.unwrap();
    assert_eq!(listed.len(), 3);
    assert_eq!(listed[0].outcome.as_deref(), Some("bad_output"));
}

#[tokio::test]
async fn a_reservation_of_a_dead_process_counts_in_full() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let one = account("One", Provider::Anthropic).id;
    let cap = budget(Over::Everything, Unit::Tokens, "1500");
    store.add_budget(cap.clone()).await.unwrap();
    let lost = call(one, 5, None);
    store.reserve_call(lost.clone()).await.unwrap();
    assert_eq!(store.settle_lost_calls().await.unwrap(), 0);
    crate::fixture::abandon(store).await;

    let store = Store::open_owner(dir.path()).await.unwrap();
    assert_eq!(store.settle_lost_calls().await.unwrap(), 1);
    assert_eq!(store.settle_lost_calls().await.unwrap(), 0);
    store.settle_call(lost.id, end(None, "done")).await.unwrap();
    let spent = store.spent_of_budgets(Timestamp(5)).await.unwrap();
    assert_eq!(spent[0].1, Some(Amount::whole(1_000)));
    let refused = store.reserve_call(call(one, 5, None)).await.unwrap();
    assert!(matches!(refused, Reserved::Spent { .. }));
    store.remove_budget(cap.id).await.unwrap();
    let free = store.reserve_call(call(one, 5, None)).await.unwrap();
    assert_eq!(free, Reserved::Reserved);
}

#[tokio::test]
async fn each_run_has_its_own_budget_and_so_has_a_project() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let one = account("One", Provider::Anthropic).id;
    store
        .add_budget(budget(Over::Run, Unit::Usd, "1"))
        .await
        .unwrap();
    let shop = Over::Project {
        project_id: "prj_shop".to_owned(),
    };
    store
        .add_budget(budget(shop, Unit::Usd, "2"))
        .await
        .unwrap();
    let of = |run: &str, project: &str| PlannedCall {
        run: Some(run.to_owned()),
        project: Some(project.to_owned()),
        ..call(one, 5, Some("0.7"))
    };
    let mut outcomes = Vec::new();
    for (run, project) in [
        ("a", "prj_shop"),
        ("a", "prj_shop"),
        ("b", "prj_shop"),
        ("c", "prj_shop"),
        ("c", "prj_other"),
    ] {
        let made = store.reserve_call(of(run, project)).await.unwrap();
        outcomes.push(made == Reserved::Reserved);
    }
    assert_eq!(outcomes, [true, false, true, false, true]);
}
