//! `krake inbox`: what waits for a person, what ended badly, what was drafted and what waits for others,
//! in one list, and a person's order in it.

use std::path::Path;

use krake_domain::time::Timestamp;
use serde_json::{Value, json};

use crate::args::{Inbox, State};
use crate::ask;
use crate::columns::{columns, field, items, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::handoff;
use crate::out::Out;

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Inbox) -> Result<Exit, Stopped> {
    match args {
        Inbox::List { state, limit } => {
            let input = json!({ "state": state.map(State::as_str), "limit": limit });
            let page = Door::look(home).await?.call("threads.list", input).await?;
            out.answer(&page, |page| list(page, state))?;
        }
        Inbox::Show { id } => {
            let door = Door::look(home).await?;
            let shown = door.call("threads.show", json!({ "id": id })).await?;
            out.answer(&shown, show)?;
        }
        Inbox::Done { ids } => {
            triage(home, out, "threads.done", json!({ "ids": ids }), "done").await?;
        }
        Inbox::Snooze { ids, span, until } => {
            let until = until.unwrap_or_else(|| {
                let now = std::time::SystemTime::now()
                    .duration_since(std::time::UNIX_EPOCH)
                    .unwrap_or_default();
                Timestamp(0)
                    .plus(now + span.unwrap_or_default())
                    .to_rfc3339()
            });
            let input = json!({ "ids": ids, "until": until });
            triage(home, out, "threads.snooze", input, "snoozed").await?;
        }
        Inbox::HandOver(wish) => {
            let input = json!({
                "id": wish.id,
                "to_account_id": wish.to,
                "write_file": !wish.no_file,
                "commit": wish.commit.word(),
                "commit_paths": wish.commit.chosen(),
                "commit_branch": wish.commit.branch,
            });
            let sent = write(home, "drafts.hand_over", input).await?;
            out.answer(&sent, handoff::sent)?;
        }
        Inbox::MakeProject { id, name } => {
            let input = json!({ "id": id, "name": name });
            let placed = write(home, "drafts.make_project", input).await?;
            out.answer(&placed, |placed| {
                let mut lines = Vec::new();
                draft(placed, &mut lines);
                lines.push(format!("  next     krake inbox hand-over {id}"));
                lines.join("\n")
            })?;
        }
        Inbox::Reject { id, reason } => {
            let input = json!({ "id": id, "reason": reason });
            let rejected = write(home, "drafts.reject", input).await?;
            out.answer(&rejected, |draft| {
                format!("{} rejected", field(draft, "id"))
            })?;
        }
        Inbox::Wake { ids } => {
            triage(home, out, "threads.wake", json!({ "ids": ids }), "open").await?;
        }
    }
    Ok(Exit::Done)
}

async fn triage(
    home: &Path,
    out: Out,
    name: &str,
    input: Value,
    word: &str,
) -> Result<(), Stopped> {
    let marked = write(home, name, input).await?;
    out.answer(&marked, |page| {
        let lines = items(page).iter().map(|thread| {
            let until = match thread["snoozed_until"].is_null() {
                true => String::new(),
                false => format!(" until {}", time(thread, "snoozed_until")),
            };
            format!("{} {word}{until}", field(thread, "id"))
        });
        lines.collect::<Vec<_>>().join("\n")
    })
}

async fn write(home: &Path, name: &str, input: Value) -> Result<Value, Stopped> {
    let door = Door::write(home).await?;
    let answer = door.call(name, input).await;
    door.close().await;
    answer
}

fn list(page: &Value, state: Option<State>) -> String {
    let rows: Vec<Vec<String>> = items(page)
        .iter()
        .map(|thread| {
            vec![
                field(thread, "id"),
                field(thread, "kind").replace('_', " "),
                stands(thread),
                time(thread, "since"),
                whose(thread),
                what(thread),
            ]
        })
        .collect();
    if rows.is_empty() {
        return match state {
            Some(State::Snoozed) => "nothing is snoozed",
            Some(State::Done) => "nothing is done",
            Some(State::Open) | None => "nothing waits for you",
        }
        .to_owned();
    }
    columns(&["id", "kind", "", "since", "of", "what"], &rows)
}

fn stands(thread: &Value) -> String {
    if !thread["snoozed_until"].is_null() {
        format!("until {}", time(thread, "snoozed_until"))
    } else if !thread["done_at"].is_null() {
        "done".to_owned()
    } else if thread["waits"] == true {
        "waits for you".to_owned()
    } else if !thread["handoff"].is_null() {
        "waits for others".to_owned()
    } else {
        "to look at".to_owned()
    }
}

/// The execution or the project that it is about.
fn whose(thread: &Value) -> String {
    let names = [
        (&thread["execution"], "name"),
        (&thread["draft"], "project"),
        (&thread["draft"], "becomes"),
        (&thread["handoff"], "project"),
    ];
    let mut filled = names.iter().map(|(about, name)| field(about, name));
    filled.find(|name| !name.is_empty()).unwrap_or_default()
}

/// What is asked, how the execution ended, who ran out, or who is waited for.
pub fn what(thread: &Value) -> String {
    if !thread["approval"].is_null() {
        return field(&thread["approval"], "summary");
    }
    if !thread["draft"].is_null() {
        return ran_out(&thread["draft"]);
    }
    if !thread["handoff"].is_null() {
        let to = field(&thread["handoff"], "to");
        return match to.is_empty() {
            true => "sent, not claimed yet".to_owned(),
            false => format!("sent to {to}, not claimed yet"),
        };
    }
    field(&thread["execution"], "title")
}

/// Who ran out, until when, and who could go on.
fn ran_out(draft: &Value) -> String {
    let who = field(draft, "who");
    let reset = time(draft, "resets_at");
    let mut until = match (reset.is_empty(), draft["has_reset"] == true) {
        (true, _) => "nobody said until when".to_owned(),
        (false, true) => format!("filled again since {reset}"),
        (false, false) => format!("until {reset}"),
    };
    if let Some(zone) = draft["resets_zone"].as_str() {
        until.push_str(&format!(" (if that is a time of {zone})"));
    }
    let next = match proposed(draft) {
        Some(to) => format!("next: {}", field(to, "name")),
        None => "no account could go on".to_owned(),
    };
    format!("{who} ran out, {until}; {next}")
}

fn proposed(draft: &Value) -> Option<&Value> {
    let ranked = draft["ranked"].as_array()?;
    ranked
        .iter()
        .find(|account| account["id"] == draft["to_account_id"])
}

fn show(thread: &Value) -> String {
    let mut lines = Vec::new();
    let (id, execution) = (field(thread, "id"), field(&thread["execution"], "id"));
    if !thread["approval"].is_null() {
        lines.push(ask::shown(&thread["approval"]));
    } else if !thread["draft"].is_null() {
        draft(&thread["draft"], &mut lines);
    } else if !thread["handoff"].is_null() {
        lines.push(format!("{id}  {}", what(thread)));
        lines.push(handoff::parts(&thread["handoff"]));
    } else {
        lines.push(format!(
            "{execution}  {}  {}",
            field(&thread["execution"], "status"),
            field(&thread["execution"], "name")
        ));
        lines.push(format!("  why      {}", what(thread)));
        lines.push(format!("  since    {}", field(thread, "since")));
    }
    lines.push(format!("  inbox    {}", stands(thread)));
    let next = match thread["kind"].as_str() {
        Some("failed") => format!("krake executions rerun {execution}"),
        Some("stopped") => format!("krake executions resume {execution}"),
        Some("ran_out") if proposed(&thread["draft"]).is_some() => {
            format!("krake inbox hand-over {id}")
        }
        Some("ran_out") => format!("krake inbox done {id}"),
        Some("handoff") => format!("krake handoff withdraw {id}"),
        _ => format!("krake approvals show {id}"),
    };
    lines.push(format!("  next     {next}"));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// A draft with the accounts and why each could go on or could not.
fn draft(draft: &Value, lines: &mut Vec<String>) {
    lines.push(format!("{}  {}", field(draft, "id"), ran_out(draft)));
    lines.push(format!("  said     {}", field(draft, "said")));
    let met = draft["sessions"].as_array().map_or(&[][..], Vec::as_slice);
    if met.len() > 1 {
        for session in met {
            let (id, title) = (field(session, "id"), field(session, "title"));
            lines.push(format!("  met by   {id} {title}").trim_end().to_owned());
        }
    }
    if draft["tokens"].is_number() {
        let share = draft["score"].as_f64().unwrap_or_default() * 100.0;
        let of = match field(draft, "project") {
            none if none.is_empty() => "the session".to_owned(),
            project => project,
        };
        lines.push(format!(
            "  draft    {of}: {} of {} tokens, {share:.0} % of what must not be lost",
            field(draft, "tokens"),
            field(draft, "budget")
        ));
    } else {
        let why = match field(draft, "trouble") {
            why if why.is_empty() => "nobody knows which work was done with it".to_owned(),
            why => why,
        };
        lines.push(format!("  no draft {why}"));
    }
    if draft["folder"].is_string() {
        let folder = field(draft, "folder");
        lines.push(format!(
            "  project  none yet; handing over makes one of {folder}"
        ));
    } else if draft["becomes"].is_string() {
        let called = field(draft, "becomes");
        lines.push(format!(
            "  project  none yet, and its folder is not here; handing over makes one called {called}"
        ));
    }
    for account in draft["ranked"].as_array().into_iter().flatten() {
        let because: Vec<&str> = account["because"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let mark = match (
            account["id"] == draft["to_account_id"],
            account["usable"] == true,
        ) {
            (true, _) => "next   ",
            (false, true) => "could  ",
            (false, false) => "cannot ",
        };
        lines.push(format!(
            "  {mark}  {}: {}",
            field(account, "name"),
            because.join(", ")
        ));
    }
}
