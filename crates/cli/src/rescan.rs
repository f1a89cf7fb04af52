//! `krake secrets rescan`: all that is stored, looked through once more.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::anyhow;
use serde_json::{Value, json};

use crate::columns::{counted, field, time};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::vault;

const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Begins it, or joins the one under way, and waits for its end.
///
/// # Errors
/// What the command says, or why it stands still.
pub async fn run(home: &Path, out: Out, no_wait: bool) -> Result<Exit, Stopped> {
    let door = vault::write(home).await?;
    let ended = async {
        let mut shown = door.call("secrets.rescan", json!({})).await?;
        let mut progress = Progress::new(out);
        while !no_wait && shown["state"] == "working" {
            progress.show(&shown);
            tokio::time::sleep(LOOK_AGAIN).await;
            shown = door.call("secrets.rescanned", json!({})).await?;
        }
        progress.end();
        Ok::<Value, Stopped>(shown)
    };
    let ended = ended.await;
    let is_remote = door.is_remote();
    door.close().await;
    let shown = ended?;
    if shown["state"] == "stopped" {
        return Err(Stopped::Other(anyhow!(
            "it stands still at {}: {}",
            stage(&shown),
            field(&shown, "trouble")
        )));
    }
    out.answer(&shown, |shown| lines(shown).join("\n"))?;
    if no_wait && !is_remote && shown["state"] != "done" {
        out.note("Krake does not run: it goes on when the app or `krake serve` starts");
    }
    Ok(Exit::Done)
}

/// How it stands, for whoever asks about the policy.
///
/// # Errors
/// What the command says.
pub async fn standing(door: &Door) -> Result<Value, Stopped> {
    door.call("secrets.rescanned", json!({})).await
}

/// One line about when all was looked through, and a second one where today more would be found.
pub fn standing_lines(shown: &Value) -> Vec<String> {
    let rescan = "`krake secrets rescan`";
    let mut lines = vec![match shown["state"].as_str() {
        Some("done") => format!(
            "what is stored was last looked through on {}",
            time(shown, "ended_at")
        ),
        Some("working") => format!("what is stored is being looked through: {}", stage(shown)),
        Some("waiting") => {
            "what is stored is looked through while the app or `krake serve` runs".to_owned()
        }
        Some("stopped") => format!(
            "looking through what is stored stands still: {}; {rescan} goes on",
            field(shown, "trouble")
        ),
        _ if shown["rules_are_newer"] == true => {
            "what is stored from before was never looked through again".to_owned()
        }
        _ => "what is stored was looked through when it came".to_owned(),
    }];
    if shown["state"] == "done" || shown["state"] == "never" {
        if shown["rules_are_newer"] == true {
            lines.push(format!(
                "the rules are newer than some of what is stored: {rescan} looks once more"
            ));
        }
        let keys = number(&shown["keys_since"]);
        if keys > 0 {
            let keys = counted(keys, "key");
            lines.push(format!(
                "{keys} of accounts came after it: {rescan} looks once more"
            ));
        }
    }
    lines
}

/// What it found, what it left, and what is older than it.
fn lines(shown: &Value) -> Vec<String> {
    let found = &shown["found"];
    let left = &found["left"];
    let mut lines = match shown["state"] == "done" {
        true => vec!["looked through all that is stored".to_owned()],
        false => standing_lines(shown),
    };
    lines.push(format!(
        "  {} looked at, {} changed in {}",
        counted(number(&found["messages"]), "message"),
        number(&found["changed_messages"]),
        counted(number(&found["sessions"]), "session"),
    ));
    lines.push(format!(
        "  {} and {} changed",
        counted(number(&found["records"]), "other row"),
        counted(number(&found["changed_parts"]), "raw part"),
    ));
    let kinds: Vec<String> = found["secrets"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(kind, times)| format!("{times} {kind}"))
        .collect();
    lines.push(match kinds.is_empty() {
        true => "  no secrets were found".to_owned(),
        false => format!("  secrets replaced: {}", kinds.join(", ")),
    });
    let kept = number(&found["kept_secrets"]);
    if kept > 0 {
        lines.push(format!("  {kept} of them kept encrypted"));
    }
    let lost = number(&found["lost_secrets"]);
    if lost > 0 {
        let why = field(found, "lost_because");
        lines.push(format!(
            "  dropped the words of {lost} that were to be kept: {why}"
        ));
    }
    let missing = number(&found["missing_keys"]);
    if missing > 0 {
        lines.push(format!(
            "  the keys of {} could not be had, and were not looked for",
            counted(missing, "account")
        ));
    }
    lines.extend(left_lines(left));
    lines.extend(older_lines(shown));
    lines
}

fn left_lines(left: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let events = number(&left["events"]);
    if events > 0 {
        lines.push(format!(
            "left as they are: {} of the journal, which is never changed ({})",
            counted(events, "event"),
            names(&left["executions"])
        ));
    }
    let results = number(&left["results"]);
    if results > 0 {
        let results = counted(results, "large result");
        lines.push(format!(
            "left as they are: {results} of steps, which the journal names"
        ));
    }
    let more = number(&left["more_logs"]);
    for (what, list) in [("logs of steps", "logs"), ("playbooks", "playbooks")] {
        let named = names(&left[list]);
        if named.is_empty() {
            continue;
        }
        let more = match list == "logs" && more > 0 {
            true => format!(" and {more} more"),
            false => String::new(),
        };
        lines.push(format!(
            "left as they are: {what}, yours to change or remove: {named}{more}"
        ));
    }
    let unreadable = number(&left["unreadable"]);
    if unreadable > 0 {
        lines.push(format!(
            "not looked at: {}, damaged or too large",
            counted(unreadable, "part")
        ));
    }
    if left["log"] == true {
        lines.push(
            "the log of the database is emptied at the next stop: another program was reading"
                .to_owned(),
        );
    }
    lines
}

/// Nothing reaches into copies; whoever made them removes them.
fn older_lines(shown: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let backups = shown["older_backups"].as_array().into_iter().flatten();
    let backups: Vec<&str> = backups.filter_map(Value::as_str).collect();
    if !backups.is_empty() {
        lines.push(
            "older backups hold what was replaced; make a new one and remove them:".to_owned(),
        );
        lines.push("  krake backup now".to_owned());
        lines.extend(
            backups
                .iter()
                .map(|name| format!("  krake backup remove {name}")),
        );
    }
    let copies = names(&shown["older_copies"]);
    if !copies.is_empty() {
        lines.push(format!(
            "older copies of the database in the data folder, yours to delete: {copies}"
        ));
    }
    let changed = ["changed_messages", "records", "changed_parts"];
    if changed
        .iter()
        .any(|name| number(&shown["found"][*name]) > 0)
    {
        lines.push(
            "capsules that were exported before hold it too, wherever they lie: export them anew (`krake export`)"
                .to_owned(),
        );
    }
    lines
}

fn names(list: &Value) -> String {
    let all = list.as_array().into_iter().flatten();
    let all: Vec<String> = all
        .filter_map(Value::as_str)
        .map(krake_api::visible_line)
        .collect();
    all.join(", ")
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap_or(0)).unwrap_or(usize::MAX)
}

fn stage(shown: &Value) -> String {
    let found = &shown["found"];
    match shown["stage"].as_str() {
        Some("messages") => format!(
            "{} of {} messages",
            number(&found["messages"]),
            number(&found["messages_in_all"])
        ),
        Some("records") => "titles, knowledge and handoffs".to_owned(),
        Some("parts") => format!("{} raw parts", number(&found["parts"])),
        Some("journal") => "the journal and the logs".to_owned(),
        Some("index") => "the index is cleared of what is gone".to_owned(),
        Some("file") => "the database is written anew".to_owned(),
        _ => "the end".to_owned(),
    }
}

/// One line on a terminal, written over and over.
struct Progress {
    is_shown: bool,
    drawn: bool,
}

impl Progress {
    fn new(out: Out) -> Self {
        Self {
            is_shown: !out.quiet && std::io::stderr().is_terminal(),
            drawn: false,
        }
    }

    fn show(&mut self, shown: &Value) {
        if self.is_shown {
            eprint_line(&format!("\r\x1b[2K{}", stage(shown)));
            self.drawn = true;
        }
    }

    fn end(&self) {
        if self.drawn {
            eprint_line("\r\x1b[2K");
        }
    }
}

fn eprint_line(text: &str) {
    let mut err = std::io::stderr();
    // Whoever closed it does not want to see it.
    let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
}
