//! `krake status`: one look says what runs, what waits for a person, and what there is to work with.

use std::path::Path;

use serde_json::{Value, json};

use crate::columns::field;
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::inbox;
use crate::out::Out;

/// Threads that are named; the inbox has them all.
const MOST: u64 = 5;

/// Asks and prints; the numbers are those of the window.
///
/// # Errors
/// What the queries say.
pub async fn run(home: &Path, out: Out) -> Result<Exit, Stopped> {
    let door = Door::look_or_begin(home).await?;
    let asked = async {
        let stats = door.call("stats", json!({})).await?;
        let open = json!({ "state": "open", "limit": MOST });
        let threads = door.call("threads.list", open).await?["items"].take();
        Ok::<_, Stopped>(json!({ "stats": stats, "waiting": waiting(&threads) }))
    };
    let answer = asked.await;
    door.close().await;
    let answer = answer?;
    out.answer(&answer, |answer| {
        shown(&answer["stats"], &answer["waiting"])
    })?;
    Ok(Exit::Done)
}

/// Those that wait for a person.
fn waiting(threads: &Value) -> Vec<&Value> {
    let all = threads.as_array().into_iter().flatten();
    all.filter(|thread| thread["waits"] == true).collect()
}

fn shown(stats: &Value, waiting: &Value) -> String {
    let count = |name: &str| stats[name].as_u64().unwrap_or(0);
    let mut lines = vec![
        format!("running   {}", count("running")),
        format!("waiting   {}", count("waiting")),
    ];
    let named = waiting.as_array().map_or(&[][..], Vec::as_slice);
    lines.extend(named.iter().map(|thread| {
        let (id, what) = (field(thread, "id"), inbox::what(thread));
        format!("  {id}  {what}")
    }));
    let more = count("waiting").saturating_sub(named.len() as u64);
    if more > 0 {
        lines.push(format!("  {more} more: krake inbox list"));
    }
    lines.push(match count("accounts") {
        0 => "accounts  none yet: krake accounts add NAME --provider PROVIDER".to_owned(),
        all => format!("accounts  {} of {all} can work", count("accounts_usable")),
    });
    lines.push(match count("all_projects") {
        0 => "projects  none yet: krake projects found".to_owned(),
        _ => format!(
            "projects  {} active, {} sessions",
            count("projects"),
            count("sessions")
        ),
    });
    let today = &stats["today"];
    let cap = match field(today, "cap") {
        none if none.is_empty() => String::new(),
        cap => format!(" of {cap}"),
    };
    let least = if today["at_least"] == true {
        "at least "
    } else {
        ""
    };
    lines.push(format!("today     {least}{}{cap} USD", field(today, "usd")));
    if !stats["trouble"].is_null() {
        lines.push(format!("trouble   {}", field(stats, "trouble")));
    }
    if let Some(first) = named.first() {
        lines.push(format!("next      krake inbox show {}", field(first, "id")));
    }
    lines.join("\n")
}
