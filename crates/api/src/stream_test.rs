//! What a stream keeps when its reader is slow, stale, or has no owner beside it.

use super::*;
use crate::context::Core;
use futures_util::FutureExt as _;
use krake_domain::principal::Principal;
use krake_runtime::{Drive, Options};
use serde_json::Value;

async fn owner(home: &std::path::Path) -> (krake_runtime::Runtime, Ctx) {
    let options = Options {
        home: home.to_owned(),
        drive: Drive::Named,
        more_tools: Vec::new(),
    };
    let runtime = krake_runtime::start(options).await.unwrap();
    let ctx = Ctx::new(Core::Owner(runtime.clone()), Some(Principal::owner()));
    (runtime, ctx)
}

async fn call(ctx: &Ctx, name: &str, input: Value) -> Value {
    crate::find(name)
        .unwrap()
        .call(ctx.clone(), input)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_is_too_slow_is_told_to_come_back() {
    let home = tempfile::tempdir().unwrap();
    let (runtime, ctx) = owner(home.path()).await;
    let all = StreamEvents {
        after: None,
        kinds: None,
    };
    let mut slow = events(ctx.clone(), all).await.unwrap();
    // It has caught up and listens; then it stops reading while more happens than is kept.
    assert!(slow.next().now_or_never().is_none());
    for number in 0..1_100 {
        call(
            &ctx,
            "knowledge.add",
            json!({ "title": number.to_string(), "text": "x" }),
        )
        .await;
    }
    let mut items = Vec::new();
    while let Some(item) = slow.next().await {
        items.push(item);
    }
    assert_eq!(items.last().map(|item| item.name), Some("reset"));
    assert!(
        items.len() < 10,
        "what was missed is not made up for in memory"
    );
    runtime.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_only_reads_sees_the_past_and_ends() {
    let home = tempfile::tempdir().unwrap();
    let (runtime, ctx) = owner(home.path()).await;
    let plan = "name: one\nsteps:\n  - { id: a, tool: wait, args: { ms: 1 } }\n";
    let made = call(&ctx, "executions.orchestrate", json!({ "plan": plan })).await;
    let id: ExecutionId = made["execution_id"].as_str().unwrap().parse().unwrap();
    runtime.settled(id).await.unwrap();
    runtime.stop().await.unwrap();

    let reader = krake_runtime::open_reader(home.path()).await.unwrap();
    let ctx = Ctx::new(Core::Reader(reader), Some(Principal::owner()));
    let past = execution(ctx.clone(), StreamExecution { id, after: None })
        .await
        .unwrap();
    let seen: Vec<StreamItem> = past.collect().await;
    assert_eq!(seen.last().map(|item| item.name), Some("complete"));
    let all = events(
        ctx,
        StreamEvents {
            after: Some(2),
            kinds: None,
        },
    )
    .await
    .unwrap();
    assert_eq!(all.collect::<Vec<_>>().await, seen[2..]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_that_the_journal_has_not_reached_is_answered_with_reset() {
    let home = tempfile::tempdir().unwrap();
    let (runtime, ctx) = owner(home.path()).await;
    let stale = StreamEvents {
        after: Some(5_000),
        kinds: None,
    };
    let items: Vec<StreamItem> = events(ctx, stale).await.unwrap().collect().await;
    assert_eq!(items.len(), 1);
    assert_eq!(
        (items[0].name, &items[0].data),
        ("reset", &json!({ "last": 0 }))
    );
    runtime.stop().await.unwrap();
}
