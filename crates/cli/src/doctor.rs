//! `krake doctor`: what is installed, reachable and locked, each found out now and none assumed.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use krake_edge::process::{self, Spec};
use krake_runtime::watch::Places;
use krake_store::{Owner, Store, StoreError};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::columns::{columns, field};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::remote;

/// Looks and prints; ends with 1 when something does not work.
///
/// # Errors
/// The output is closed.
pub async fn run(home: &Path, out: Out) -> Result<Exit, Stopped> {
    let findings = vec![
        version(),
        folder(home),
        owner(home).await,
        database(home).await,
        git().await,
        planner(home).await,
        vault(home).await,
        transcripts(),
    ];
    let good = findings.iter().all(|finding| finding["state"] != "broken");
    out.answer(&json!({ "ok": good, "findings": findings }), |found| {
        let row = |one: &Value| vec![field(one, "what"), field(one, "state"), field(one, "found")];
        columns(
            &["what", "state", "found"],
            &found["findings"]
                .as_array()
                .into_iter()
                .flatten()
                .map(row)
                .collect::<Vec<_>>(),
        )
    })?;
    Ok(if good { Exit::Done } else { Exit::Failed })
}

fn finding(what: &str, state: &str, found: impl Into<String>) -> Value {
    json!({ "what": what, "state": state, "found": found.into() })
}

fn version() -> Value {
    finding("krake", "ok", env!("CARGO_PKG_VERSION"))
}

fn folder(home: &Path) -> Value {
    let shown = home.display().to_string();
    match std::fs::metadata(home) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => finding(
            "data folder",
            "absent",
            format!("{shown}: `krake run` or `krake serve` makes it"),
        ),
        Err(error) => finding("data folder", "broken", format!("{shown}: {error}")),
        Ok(found) if !found.is_dir() => {
            finding("data folder", "broken", format!("{shown} is not a folder"))
        }
        Ok(found) => match open_to_others(&found) {
            Some(mode) => finding(
                "data folder",
                "broken",
                format!("{shown} has mode {mode:o}, expected 700"),
            ),
            None => finding("data folder", "ok", shown),
        },
    }
}

#[cfg(unix)]
fn open_to_others(found: &std::fs::Metadata) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = found.permissions().mode() & 0o777;
    (mode & 0o077 != 0).then_some(mode)
}

/// Elsewhere the data folder lies in the user's own profile, which others cannot read.
#[cfg(not(unix))]
fn open_to_others(_: &std::fs::Metadata) -> Option<u32> {
    None
}

async fn owner(home: &Path) -> Value {
    let announced = Owner::find(home);
    match (remote::owner(home).await, announced) {
        (Ok(Some(_)), Some(owner)) => {
            let port = owner
                .port
                .map_or_else(String::new, |port| format!(", port {port}"));
            finding(
                "owner",
                "ok",
                format!("process {}{port}, proved", owner.pid),
            )
        }
        (Ok(_), None) => finding(
            "owner",
            "none",
            "nobody drives executions; `krake serve` or the app would",
        ),
        (Ok(_), Some(owner)) => finding(
            "owner",
            "unknown",
            format!(
                "process {} announced itself and does not answer: it is starting, or ended without a farewell",
                owner.pid
            ),
        ),
        (Err(error), _) => finding("owner", "broken", error.to_string()),
    }
}

async fn database(home: &Path) -> Value {
    match Store::open_reader(home).await {
        Ok(store) => match (store.sqlite_version().await, store.head().await) {
            (Ok(sqlite), Ok(head)) => finding(
                "database",
                "ok",
                format!("SQLite {sqlite}, {} events", head.seq),
            ),
            (Err(error), _) | (_, Err(error)) => finding("database", "broken", error.to_string()),
        },
        Err(StoreError::NotFound(_)) => finding("database", "absent", "made with the data folder"),
        Err(error) => finding("database", "broken", error.to_string()),
    }
}

async fn git() -> Value {
    let spec = Spec {
        program: "git".to_owned(),
        args: vec![OsString::from("--version")],
        cwd: std::env::temp_dir(),
        pass_env: Vec::new(),
        env: Vec::new(),
        stdin: None,
        cap_bytes: 256,
        spool_dir: None,
        timeout: Duration::from_secs(5),
        cancel: CancellationToken::new(),
        listener: None,
    };
    match process::run(spec).await {
        Ok(said) if said.succeeded() => {
            finding("git", "ok", String::from_utf8_lossy(&said.head).trim())
        }
        Ok(said) => finding("git", "broken", said.stderr),
        Err(error) => finding(
            "git",
            "absent",
            format!("{error}; the git tools and brief-repo need it"),
        ),
    }
}

/// The model that would be asked for a plan: by the owner, where there is one, because its
/// environment counts then.
async fn planner(home: &Path) -> Value {
    let shown = match Door::look_without_data(home).await {
        Ok(door) => door.call("planner.show", json!({})).await,
        Err(error) => Err(error),
    };
    let shown = match shown {
        Ok(shown) => shown,
        Err(error) => return finding("planner", "unknown", error.to_string()),
    };
    let chosen = &shown["chosen"];
    match shown["state"].as_str() {
        Some("ready") => finding(
            "planner",
            "ok",
            format!(
                "{} ({} at {}), because of {}; asked only where no playbook fits",
                field(chosen, "model"),
                field(chosen, "provider"),
                field(chosen, "place"),
                field(chosen, "from")
            ),
        ),
        Some("broken") => finding("planner", "broken", field(&shown, "because")),
        _ => finding(
            "planner",
            "none",
            format!("playbooks only: {}", field(&shown, "because")),
        ),
    }
}

/// Where a new key would go, and whether it could be kept there now.
async fn vault(home: &Path) -> Value {
    let shown = match Door::look(home).await {
        Ok(door) => door.call("vault.show", json!({})).await,
        Err(_) => return finding("vault", "unknown", "asked once there is a data folder"),
    };
    let shown = match shown {
        Ok(shown) => shown,
        Err(error) => return finding("vault", "unknown", error.to_string()),
    };
    let place = field(&shown, "place");
    let standing = &shown[place.as_str()];
    let because = [field(standing, "because"), field(standing, "next")];
    let because: Vec<String> = because
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    let because = because.join("; ");
    match standing["state"].as_str() {
        Some("ready") => finding("vault", "ok", format!("keys go to the {place}")),
        Some("missing") => finding("vault", "none", because),
        Some("broken") => finding("vault", "broken", because),
        _ => finding("vault", "locked", because),
    }
}

/// The places where other tools keep their sessions, as far as they are there.
fn transcripts() -> Value {
    let places = Places::of_user();
    let folders = places
        .stores()
        .into_iter()
        .filter(|(folder, _)| folder.is_dir());
    let databases = places.goose.iter().filter(|file| file.is_file());
    let found: Vec<String> = folders
        .map(|(folder, format)| (folder, format.as_str()))
        .chain(databases.map(|file| (file.clone(), "goose")))
        .map(|(place, tool)| format!("{} ({tool})", place.display()))
        .collect();
    if found.is_empty() {
        let text = "no sessions of Claude Code, Codex, Gemini CLI or Goose on this machine";
        finding("transcripts", "none", text)
    } else {
        finding("transcripts", "ok", found.join("; "))
    }
}
