//! `krake ask` and `krake plan TEXT`: a request in plain words, the plan for it, and its run.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::args::{Approve, Ask};
use crate::columns::field;
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::follow::follow;
use crate::out::{Out, say};
use crate::{ask, inputs, plan};

/// `krake ask`: proposes, shows, asks whether to run it, runs.
///
/// # Errors
/// The request is none, an input is wrong, or the core cannot be reached.
pub async fn run(home: &Path, out: Out, args: Ask) -> Result<Exit, Stopped> {
    let query = args.text.join(" ");
    let proposal = propose(home, &query, &args.inputs).await?;
    if proposal["outcome"] != "planned" {
        return unsure(out, &proposal);
    }
    refuse_what_cannot_run(&proposal)?;
    if proposal["plan"]["ok"] != true {
        let text = field_text(&proposal, "plan_text");
        return plan::faults(
            out,
            &field(&proposal["plan"], "name"),
            text,
            &proposal["plan"],
        );
    }
    if args.approve == Approve::All && proposal["planner"] == "model" {
        return Err(Stopped::usage(
            "a model wrote this plan just now, and nobody has read it: leave `--approve all` out, or keep the plan with `krake plan`, read it, and run it",
        ));
    }
    let looks = ask::is_possible() && !args.yes;
    if looks {
        say(&shown(&proposal));
        if !ask::yes_or_no("run it? [y/N] ").await? {
            say("nothing was run");
            return Ok(Exit::Cancelled);
        }
    } else {
        out.note(&shown(&proposal));
    }
    start(home, out, &query, &proposal, args.approve).await
}

/// `krake plan TEXT`: only the proposal. One that cannot run ends as `krake ask` ends with it.
///
/// # Errors
/// As [`run`].
pub async fn only_plan(
    home: &Path,
    out: Out,
    text: &[String],
    given: &[(String, String)],
) -> Result<Exit, Stopped> {
    let proposal = propose(home, &text.join(" "), given).await?;
    if proposal["outcome"] != "planned" {
        return unsure(out, &proposal);
    }
    out.answer(&proposal, shown)?;
    refuse_what_cannot_run(&proposal)?;
    Ok(Exit::Done)
}

async fn propose(home: &Path, query: &str, given: &[(String, String)]) -> Result<Value, Stopped> {
    let door = Door::look_without_data(home).await?;
    let mut ask = json!({ "query": query, "folder": crate::run::absolute(".") });
    let mut proposal = door.call("plans.propose", ask.clone()).await?;
    if given.is_empty() || proposal["outcome"] != "planned" {
        return Ok(proposal);
    }
    if proposal["planner"] == "model" {
        // A second question would give another plan, and another bill.
        let schemas = proposal["plan"]["inputs"].as_object().cloned();
        let typed = inputs::typed(&schemas.unwrap_or_default(), given)?;
        if let Some(missing) = proposal["missing"].as_array_mut() {
            missing.retain(|input| !typed.contains_key(&field(input, "name")));
        }
        proposal["inputs"] = Value::Object(typed);
        return Ok(proposal);
    }
    // What type a value has is known only when the plan is.
    let schemas = proposal["plan"]["inputs"].as_object().cloned();
    ask["inputs"] = Value::Object(inputs::typed(&schemas.unwrap_or_default(), given)?);
    door.call("plans.propose", ask).await
}

/// Runs exactly the plan that was shown.
async fn start(
    home: &Path,
    out: Out,
    query: &str,
    proposal: &Value,
    approve: Approve,
) -> Result<Exit, Stopped> {
    let door = Door::write(home).await?;
    let input = json!({
        "plan": proposal["plan_text"],
        "inputs": proposal["inputs"],
        "source": query,
        "folder": crate::run::absolute("."),
    });
    match door.call("executions.orchestrate", input).await {
        Ok(started) => {
            let id = field(&started, "execution_id");
            out.note(&id);
            follow(home, door, out, &id, approve, 0).await
        }
        Err(error) => {
            door.close().await;
            Err(error)
        }
    }
}

fn refuse_what_cannot_run(proposal: &Value) -> Result<(), Stopped> {
    let missing: Vec<String> = list(proposal, "missing")
        .map(|input| {
            let name = field(input, "name");
            match field(input, "description") {
                about if about.is_empty() => format!("  -i {name}=…"),
                about => format!("  -i {name}=…   {about}"),
            }
        })
        .collect();
    let name = field(&proposal["plan"], "name");
    if !missing.is_empty() {
        return Err(Stopped::usage(format!(
            "{name} needs more than the request says:\n{}",
            missing.join("\n")
        )));
    }
    match list(proposal, "refused").next().and_then(Value::as_str) {
        Some(fault) => Err(Stopped::usage(format!("{name}: {fault}"))),
        None => Ok(()),
    }
}

/// Says why there is no plan, and what comes near.
fn unsure(out: Out, proposal: &Value) -> Result<Exit, Stopped> {
    if out.json {
        out.document(proposal)?;
        return Ok(Exit::Failed);
    }
    say(&format!(
        "krake: no plan for this: {}",
        field(proposal, "because")
    ));
    let unknown = words(proposal, "unknown");
    if !unknown.is_empty() {
        say(&format!("  not understood  {unknown}"));
    }
    for near in list(proposal, "nearest") {
        say(&format!(
            "  near            {}: {}",
            field(near, "playbook"),
            field(near, "description")
        ));
        let example = field(near, "example");
        if !example.is_empty() {
            say(&format!("                  such as “{example}”"));
        }
    }
    if list(proposal, "nearest").next().is_none() {
        say("  `krake playbooks list` shows what can be asked for");
    }
    Ok(Exit::Failed)
}

/// The proposal for reading: the plan, its inputs and where they come from, what was not used.
fn shown(proposal: &Value) -> String {
    let mut lines = vec![plan::described(&proposal["plan"])];
    lines.push(format!("  because         {}", field(proposal, "because")));
    if proposal["planner"] == "model" {
        lines.extend(by_model(proposal));
    }
    let empty = Map::new();
    let values = proposal["inputs"].as_object().unwrap_or(&empty);
    for (name, value) in values {
        lines.push(format!("  input           {name} = {}", value_text(value)));
    }
    for name in list(proposal, "assumed").filter_map(Value::as_str) {
        let default = &proposal["plan"]["inputs"][name]["default"];
        lines.push(format!(
            "  assumed         {name} = {}",
            value_text(default)
        ));
    }
    for input in list(proposal, "missing") {
        lines.push(format!("  missing         {}", field(input, "name")));
    }
    for fault in list(proposal, "refused").filter_map(Value::as_str) {
        lines.push(format!("  not taken       {fault}"));
    }
    let unknown = words(proposal, "unknown");
    if !unknown.is_empty() {
        lines.push(format!("  not understood  {unknown}"));
    }
    lines.join("\n")
}

/// Which model wrote the plan, what it cost, and what exactly it wants each step to be given.
fn by_model(proposal: &Value) -> Vec<String> {
    let used = &proposal["model"];
    let tokens = |name: &str| {
        let told = used["usage"][name].as_u64();
        told.map_or_else(|| "unknown".to_owned(), |tokens| tokens.to_string())
    };
    let mut lines = vec![format!(
        "  planned by      {} ({} at {}), {} tokens in, {} out; every step that changes something asks",
        field(used, "model"),
        field(used, "provider"),
        field(used, "place"),
        tokens("input"),
        tokens("output"),
    )];
    for note in list(proposal, "notes").filter_map(Value::as_str) {
        lines.push(format!("  note            {note}"));
    }
    for step in list(&proposal["plan"], "preview") {
        let args = krake_api::visible_line(&step["args"].to_string());
        lines.push(format!(
            "  step            {} → {} {args}",
            field(step, "id"),
            field(step, "tool")
        ));
    }
    lines
}

fn value_text(value: &Value) -> String {
    value.as_str().map_or_else(
        || krake_api::visible_line(&value.to_string()),
        krake_api::visible_line,
    )
}

fn words(value: &Value, name: &str) -> String {
    let words: Vec<&str> = list(value, name).filter_map(Value::as_str).collect();
    words.join(", ")
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value[name].as_array().into_iter().flatten()
}

fn field_text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}
