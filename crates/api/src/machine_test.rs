//! What the door keeps apart: a machine and a person, and two who change the same plan.

use krake_domain::principal::Principal;
use krake_runtime::planner::model::Models;
use krake_runtime::{Drive, Options, Runtime};
use serde_json::{Value, json};

use crate::context::{Core, Ctx};
use crate::error::{ApiError, Code};

const PLAN: &str = "{name: p, steps: [{id: a, tool: wait, args: {ms: 1}}]}";

/// A runtime, asked by a person and by a machine.
async fn both(home: &std::path::Path) -> (Runtime, Ctx, Ctx) {
    let options = Options {
        home: home.to_owned(),
        drive: Drive::Named,
        more_tools: Vec::new(),
    };
    let runtime = krake_runtime::start(options).await.unwrap();
    let machine = Principal::Machine {
        name: "model".to_owned(),
    };
    let ctx = |who| Ctx::new(Core::Owner(runtime.clone()), Some(who));
    let (person, machine) = (ctx(Principal::owner()), ctx(machine));
    (runtime, person, machine)
}

async fn call(ctx: &Ctx, name: &str, input: Value) -> Result<Value, ApiError> {
    crate::find(name).unwrap().call(ctx.clone(), input).await
}

async fn is_marked(ctx: &Ctx, id: &Value) -> bool {
    let plan = call(ctx, "executions.plan", json!({ "id": id })).await;
    let plan = plan.unwrap();
    let is_written = plan["text"].as_str().unwrap().contains("planned_by: model");
    assert_eq!(plan["planned_by"] == "model", is_written);
    is_written
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_a_machine_sends_is_marked_whatever_it_says_about_itself() {
    let home = tempfile::tempdir().unwrap();
    let (runtime, person, machine) = both(home.path()).await;
    let unmarked = json!({ "plan": PLAN, "start": false });
    let sent = call(&machine, "executions.orchestrate", unmarked.clone()).await;
    let id = &sent.unwrap()["execution_id"];
    assert!(is_marked(&person, id).await);

    let says = PLAN.replace("name: p", "name: q, planned_by: person");
    let revised = json!({ "id": id, "plan": says });
    let revise = |ctx| call(ctx, "executions.revise", revised.clone());
    revise(&machine).await.unwrap();
    assert!(is_marked(&person, id).await);
    // A person answers for what a person sends.
    revise(&person).await.unwrap();
    assert!(!is_marked(&person, id).await);
    revise(&machine).await.unwrap();
    assert!(is_marked(&person, id).await);

    let own = call(&person, "executions.orchestrate", unmarked).await;
    assert!(!is_marked(&person, &own.unwrap()["execution_id"]).await);
    runtime.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_from_an_older_version_is_a_conflict() {
    let home = tempfile::tempdir().unwrap();
    let (runtime, person, _) = both(home.path()).await;
    let proposed = json!({ "plan": PLAN, "start": false });
    let sent = call(&person, "executions.orchestrate", proposed).await;
    let id = &sent.unwrap()["execution_id"];
    let change = |version: u32| {
        let input = json!({ "id": id, "plan": PLAN, "version": version });
        call(&person, "executions.revise", input)
    };
    assert_eq!(change(1).await.unwrap()["version"], 2);
    let late = change(1).await.unwrap_err();
    assert_eq!(late.code, Code::Conflict);
    assert_eq!(late.details.as_deref(), Some(&json!({ "version": 2 })));
    assert_eq!(change(2).await.unwrap()["version"], 3);
    runtime.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_does_not_lift_a_limit() {
    let home = tempfile::tempdir().unwrap();
    let (runtime, person, machine) = both(home.path()).await;
    let plan = "{name: p, limits: {attempts: 1}, steps: [\
        {id: a, tool: text.template, args: {template: x}}, \
        {id: b, tool: text.template, args: {template: y}, needs: [a]}]}";
    let mut commits = runtime.subscribe();
    let sent = call(&person, "executions.orchestrate", json!({ "plan": plan })).await;
    let id = json!({ "id": sent.unwrap()["execution_id"] });
    loop {
        let shown = call(&person, "executions.show", id.clone()).await.unwrap();
        if shown["execution"]["status"] == "stopped" {
            break;
        }
        commits.recv().await.unwrap();
    }
    let refused = call(&machine, "executions.resume", id.clone()).await;
    assert_eq!(refused.unwrap_err().code, Code::NoAccess);
    let resumed = call(&person, "executions.resume", id).await.unwrap();
    assert_ne!(resumed["status"], "stopped");
    runtime.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_does_not_even_make_an_ollama_list_its_models() {
    let home = tempfile::tempdir().unwrap();
    let (runtime, person, machine) = both(home.path()).await;
    let refused = call(&machine, "planner.show", json!({})).await;
    assert_eq!(refused.unwrap_err().code, Code::NoAccess);
    let off = runtime.clone().with_models(Models::off());
    let shown = call(&person, "planner.show", json!({})).await.unwrap();
    assert_eq!(shown["state"], "off");
    off.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_machine_changes_is_journaled_before_it_acts() {
    let home = tempfile::tempdir().unwrap();
    let (runtime, person, _) = both(home.path()).await;
    let machine = person.clone().for_machine("mcp");
    let entry = json!({ "title": "Ports", "text": "Ports above 4000 are free." });
    call(&person, "knowledge.add", entry.clone()).await.unwrap();
    call(&machine, "knowledge.add", entry.clone())
        .await
        .unwrap();
    call(&machine, "knowledge.search", json!({ "query": "ports" }))
        .await
        .unwrap();
    let wrong = call(&machine, "knowledge.add", json!({ "title": "Ports" })).await;
    assert_eq!(wrong.unwrap_err().code, Code::BadInput);
    // It is named before anybody knows what comes of it.
    let id = "hnd_01fjwzyzbje0r81vrd6kqzhn3x";
    let claim = call(&machine, "handoffs.claim", json!({ "id": id })).await;
    assert_eq!(claim.unwrap_err().code, Code::NotFound);
    let change = json!({ "id": "some name", "name": "other" });
    let change = call(&machine, "projects.change", change).await;
    assert_eq!(change.unwrap_err().code, Code::NotFound);

    let page = call(&person, "audit.export", json!({})).await.unwrap();
    let by = json!({ "kind": "machine", "name": "mcp" });
    let events: Vec<&Value> = page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["event"])
        .collect();
    assert_eq!(
        events,
        [
            &json!({ "kind": "machine_called", "command": "knowledge.add", "by": by }),
            &json!({ "kind": "machine_called", "command": "handoffs.claim", "id": id, "by": by }),
            &json!({ "kind": "machine_called", "command": "projects.change", "by": by }),
        ]
    );
    runtime.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_becomes_no_machine() {
    let home = tempfile::tempdir().unwrap();
    let stranger = Ctx::new(Core::bare(home.path()), None).for_machine("mcp");
    let refused = call(&stranger, "stats", json!({})).await;
    assert_eq!(refused.unwrap_err().code, Code::NoToken);
}
