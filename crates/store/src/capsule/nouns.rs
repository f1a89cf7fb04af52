//! The nouns of a capsule: which columns of which table a line holds, and what they may hold.
//!
//! What belongs to this machine alone is no column here: numbers of rows, what the file system knows a
//! file by, the name under which the vault keeps a key.

use std::collections::BTreeMap;

use krake_domain::briefing::Briefing;
use krake_domain::budget::Over;
use krake_domain::compression::Subject;
use krake_domain::hash::Hash;
use krake_domain::own_price::OwnPrice;
use krake_domain::project::Objective;
use krake_domain::session::Usage;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::noun::Kind::{Count, Document, Flag, Id, Real, Size, Text, Whole, Word};
use super::noun::{Column, Kind, Noun};
use crate::snapshots::Frozen;

/// A stretch of a file, as a capsule names it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    start: u64,
    bytes: u64,
    kept_hash: Hash,
    kept_bytes: u64,
}

const fn column(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        optional: false,
        refers: None,
    }
}

const fn maybe(name: &'static str, kind: Kind) -> Column {
    Column {
        name,
        kind,
        optional: true,
        refers: None,
    }
}

const fn to(noun: &'static str, column: Column) -> Column {
    Column {
        refers: Some(noun),
        ..column
    }
}

const PROVIDERS: &[&str] = &[
    "anthropic",
    "openai",
    "gemini",
    "openai_compatible",
    "ollama",
    "claude_app",
    "chatgpt_app",
    "gemini_app",
    "other",
];
const STATUSES: &[&str] = &[
    "proposed",
    "running",
    "waiting",
    "paused",
    "cancelling",
    "done",
    "failed",
    "cancelled",
    "stopped",
];

/// Executions of this folder, and those that came in before.
const EXECUTIONS: &str =
    "(select id, name, title, source, status, created_at, started_at, ended_at,
        steps_total, steps_done, steps_failed from executions
    union all
    select id, name, title, source, status, created_at, started_at, ended_at, steps_total,
        steps_done, steps_failed from archived_executions
    where id not in (select id from executions))";

/// What is still being prepared would be delivered wherever it comes in.
const HANDOFFS: &str = "(select * from handoffs where state <> 'preparing')";

const FILES: &str = "(select path, format, bytes, broken_lines, (
        select json_group_array(json_object('start', start, 'bytes', bytes,
            'kept_hash', kept_hash, 'kept_bytes', kept_bytes))
        from (select * from file_parts where file_parts.file = files.file order by start)
    ) as parts from files)";

/// Every noun, in the order in which they come in: what is referred to comes first.
pub static NOUNS: &[Noun] = &[
    Noun {
        name: "files",
        table: "files",
        from: FILES,
        key: "path",
        columns: &[
            column("path", Text),
            column("format", Text),
            column("bytes", Size),
            column("broken_lines", Count),
            column("parts", Document(document::<Vec<Part>>)),
        ],
        unique: None,
        loose: &[],
        title: "path",
    },
    Noun {
        name: "projects",
        table: "projects",
        from: "projects",
        key: "id",
        columns: &[
            column("id", Id("prj")),
            column("name", Text),
            column("description", Text),
            column("status", Word(&["planned", "active", "paused", "done"])),
            maybe("folder", Text),
            column("objectives", Document(document::<Vec<Objective>>)),
            column("pinned", Document(document::<Vec<String>>)),
            column("created_at", Whole),
            column("updated_at", Whole),
        ],
        unique: Some("name"),
        loose: &["id", "created_at", "updated_at"],
        title: "name",
    },
    Noun {
        name: "accounts",
        table: "accounts",
        from: "accounts",
        key: "id",
        columns: &[
            column("id", Id("acc")),
            column("name", Text),
            maybe("email", Text),
            column("provider", Word(PROVIDERS)),
            maybe("plan", Text),
            maybe("specialization", Text),
            column("tags", Document(document::<Vec<String>>)),
            column("status", Word(&["active", "paused"])),
            maybe("base_url", Text),
            maybe("model", Text),
            maybe("format", Word(&["chat", "responses"])),
            maybe("prices", Document(document::<Vec<OwnPrice>>)),
            column("created_at", Whole),
            column("updated_at", Whole),
        ],
        unique: Some("name"),
        loose: &["id", "prices", "created_at", "updated_at"],
        title: "name",
    },
    Noun {
        name: "sessions",
        table: "sessions",
        from: "sessions",
        key: "id",
        columns: &[
            column("id", Id("ses")),
            column("source", Text),
            column("native_id", Text),
            to("files", column("path", Text)),
            maybe("cwd", Text),
            maybe("title", Text),
            maybe("started_at", Whole),
            maybe("ended_at", Whole),
            column("usage", Document(document::<Usage>)),
            column("raw_bytes", Size),
            column("broken_lines", Count),
            to("projects", maybe("project_id", Id("prj"))),
            column("project_fixed", Flag),
            maybe("place", Text),
            to("accounts", maybe("account_id", Text)),
            column("session_type", Text),
            column("objectives", Document(document::<Vec<Objective>>)),
            maybe("credits_used", Real),
            maybe("git_branch", Text),
            maybe("git_commit", Text),
            maybe("model", Text),
            maybe("forked_from", Text),
            column("redactions", Document(document::<BTreeMap<String, u32>>)),
        ],
        unique: Some("native_id"),
        loose: &[
            "id",
            "path",
            "place",
            "raw_bytes",
            "project_id",
            "project_fixed",
            "account_id",
        ],
        title: "title",
    },
    Noun {
        name: "knowledge",
        table: "knowledge",
        from: "knowledge",
        key: "id",
        columns: &[
            column("id", Id("kno")),
            column("key", Text),
            column("category", Text),
            column("title", Text),
            column("text", Text),
            column("sources", Document(document::<Vec<String>>)),
            column("created_at", Whole),
            to("knowledge", maybe("superseded_by", Id("kno"))),
            maybe("withdrawn_at", Whole),
        ],
        unique: Some("key"),
        loose: &["id", "created_at", "superseded_by", "withdrawn_at"],
        title: "title",
    },
    Noun {
        name: "snapshots",
        table: "snapshots",
        from: "snapshots",
        key: "id",
        columns: &[
            column("id", Id("snp")),
            to("projects", maybe("project_id", Text)),
            maybe("folder", Text),
            column("name", Text),
            maybe("occasion", Word(&["handoff", "restore"])),
            column("created_at", Whole),
            column("frozen", Document(document::<Frozen>)),
        ],
        unique: None,
        loose: &[],
        title: "name",
    },
    Noun {
        name: "handoffs",
        table: "handoffs",
        from: HANDOFFS,
        key: "id",
        columns: &[
            column("id", Id("hnd")),
            to("projects", maybe("project_id", Text)),
            maybe("folder", Text),
            to("accounts", maybe("from_account", Text)),
            to("accounts", maybe("to_account", Text)),
            maybe("goal", Text),
            column(
                "state",
                Word(&["pending", "claimed", "done", "withdrawn", "not_sent"]),
            ),
            column("briefing", Document(document::<Briefing>)),
            maybe("credits_used", Real),
            to("snapshots", maybe("snapshot_id", Id("snp"))),
            maybe("history_tokens", Size),
            column("created_at", Whole),
            maybe("claimed_at", Whole),
            to("accounts", maybe("claimed_by", Text)),
            maybe("done_at", Whole),
            maybe("note", Text),
        ],
        unique: None,
        loose: &[],
        title: "goal",
    },
    Noun {
        name: "drafts",
        table: "drafts",
        from: "drafts",
        key: "id",
        columns: &[
            column("id", Id("dft")),
            to("projects", maybe("project_id", Id("prj"))),
            to("sessions", maybe("session_id", Id("ses"))),
            to("accounts", maybe("account_id", Text)),
            column("position", Whole),
            column("source", Word(&["tool_log", "refusal", "credit"])),
            column("who", Text),
            column("said", Text),
            column("ran_out_at", Whole),
            maybe("resets_at", Whole),
            maybe("briefing", Document(document::<Briefing>)),
            maybe("wanted", Document(document::<Vec<String>>)),
            maybe("history_tokens", Size),
            maybe("trouble", Text),
            column("state", Word(&["open", "handed_over", "rejected"])),
            maybe("reason", Text),
            to("handoffs", maybe("handoff_id", Text)),
            column("created_at", Whole),
            maybe("over_at", Whole),
        ],
        unique: None,
        loose: &[],
        title: "who",
    },
    Noun {
        name: "compression_rules",
        table: "compression_rules",
        from: "compression_rules",
        key: "id",
        columns: &[
            column("id", Id("crl")),
            to("projects", maybe("project_id", Text)),
            column("effect", Word(&["always_keep", "never_keep"])),
            column("subject", Document(document::<Subject>)),
            column("created_at", Whole),
        ],
        unique: None,
        loose: &[],
        title: "subject",
    },
    Noun {
        name: "budgets",
        table: "budgets",
        from: "budgets",
        key: "id",
        columns: &[
            column("id", Id("bud")),
            column("over", Document(document::<Over>)),
            column("period", Word(&["day", "month", "always"])),
            column("unit", Word(&["usd", "tokens"])),
            column("cap", Size),
            column("created_at", Whole),
        ],
        unique: None,
        loose: &[],
        title: "over",
    },
    Noun {
        name: "routing",
        table: "routing",
        from: "routing",
        key: "position",
        columns: &[column("rule", Document(document::<Map<String, Value>>))],
        unique: None,
        loose: &[],
        title: "rule",
    },
    Noun {
        name: "executions",
        table: "archived_executions",
        from: EXECUTIONS,
        key: "id",
        columns: &[
            column("id", Id("exe")),
            column("name", Text),
            column("title", Text),
            column("source", Text),
            column("status", Word(STATUSES)),
            column("created_at", Whole),
            maybe("started_at", Whole),
            maybe("ended_at", Whole),
            column("steps_total", Count),
            column("steps_done", Count),
            column("steps_failed", Count),
        ],
        unique: None,
        loose: &[],
        title: "title",
    },
];

fn document<T: DeserializeOwned + Serialize>(value: Value) -> Result<Value, String> {
    let read: T = serde_json::from_value(value).map_err(|error| error.to_string())?;
    serde_json::to_value(read).map_err(|error| error.to_string())
}
