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
    let amount = |text: &str| text.parse::<Amount>().unwrap();
    let counted = BudgetUse {
        counted: amount("0.6"),
        reserved: Amount::ZERO,
        at_most: amount("0.5"),
        unpriced: 0,
    };
    assert_eq!(spent[0].1, Some(counted));
    let now = call(one, 8, Some("0.2"));
    store.reserve_call(now).await.unwrap();
    // What was made elsewhere while no budget counted it has neither a cost nor a most.
    let all = budget(Over::Everything, Unit::Usd, "9");
    store.add_budget(all).await.unwrap();
    let spent = store.spent_of_budgets(Timestamp(9)).await.unwrap();
    let used = spent[1].1.unwrap();
    assert_eq!(
        (used.counted, used.reserved),
        (amount("0.8"), amount("0.2"))
    );
    assert_eq!((used.at_most, used.unpriced), (amount("0.5"), 1));

    let used = store.use_since(Timestamp(0)).await.unwrap()[&one];
    assert_eq!(
        (used.calls, used.done, used.failed, used.unpriced),
        (3, 1, 1, 1)
    );
    assert_eq!((used.input, used.cache_read, used.output), (100, 40, 20));
    let listed = store.list_calls(one, 10).await.unwrap();
    assert_eq!(listed.len(), 4);
    assert_eq!(listed[1].outcome.as_deref(), Some("bad_output"));
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
    let used = spent[0].1.unwrap();
    assert_eq!(used.counted, Amount::whole(1_000));
    assert_eq!(
        used.at_most,
        Amount::whole(1_000),
        "nobody knows how it ended"
    );
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

#[tokio::test]
async fn what_a_budget_refused_is_found_again_and_a_changed_budget_counts_what_was_spent() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let one = account("One", Provider::Anthropic).id;
    let cap = budget(Over::Everything, Unit::Usd, "1");
    store.add_budget(cap.clone()).await.unwrap();
    store.reserve_call(call(one, 5, Some("0.8"))).await.unwrap();
    let dear = PlannedCall {
        project: Some("prj_shop".to_owned()),
        run: Some("exe_a".to_owned()),
        ..call(one, 6, Some("0.5"))
    };
    store.reserve_call(dear.clone()).await.unwrap();
    store.reserve_call(call(one, 7, None)).await.unwrap();
    let refused = store.list_refused_calls(None, 10).await.unwrap();
    let amount = |text: &str| Some(text.parse::<Amount>().unwrap());
    let said: Vec<_> = refused
        .iter()
        .map(|one| (one.reason, one.spent, one.wanted, one.at))
        .collect();
    assert_eq!(
        said,
        [
            (RefusedFor::PriceUnknown, None, None, Timestamp(7)),
            (
                RefusedFor::Spent,
                amount("0.8"),
                amount("0.5"),
                Timestamp(6)
            ),
        ]
    );
    assert_eq!((refused[1].id, refused[1].budget), (dear.id, cap.id));
    assert_eq!(
        (&refused[1].run, &refused[1].project),
        (&dear.run, &dear.project)
    );
    // A refused call is in no sum and in no list of calls.
    assert_eq!(store.list_calls(one, 10).await.unwrap().len(), 1);
    let other = BudgetId::from_uuid(uuid());
    assert_eq!(store.list_refused_calls(Some(other), 10).await.unwrap(), []);

    let more = Budget {
        cap: "2".parse().unwrap(),
        period: Period::Month,
        ..cap.clone()
    };
    store.change_budget(more.clone()).await.unwrap();
    let spent = store.spent_of_budgets(Timestamp(9)).await.unwrap();
    assert_eq!(
        (&spent[0].0, spent[0].1.unwrap().counted),
        (&more, "0.8".parse().unwrap())
    );
    let now = store.reserve_call(call(one, 9, Some("0.5"))).await.unwrap();
    assert_eq!(now, Reserved::Reserved);
    store.remove_budget(cap.id).await.unwrap();
    let gone = store.change_budget(more).await;
    assert!(matches!(gone, Err(StoreError::NotFound(_))));
}

#[tokio::test]
async fn who_asks_again_and_again_does_not_fill_the_disk() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let one = account("One", Provider::Anthropic).id;
    store
        .add_budget(budget(Over::Everything, Unit::Usd, "1"))
        .await
        .unwrap();
    for at in 0..210 {
        store.reserve_call(call(one, at, Some("2"))).await.unwrap();
    }
    let kept = store.list_refused_calls(None, 500).await.unwrap();
    assert_eq!((kept.len(), kept[0].at), (200, Timestamp(209)));
}
