//! The nouns of a capsule: which columns of which table a line holds, and what they may hold.
//!
//! What belongs to this machine alone is no column here: numbers of rows, what the file system knows a
//! file by, the name under which the vault keeps a key.

use std::collections::BTreeMap;

use krake_domain::briefing::Briefing;
use krake_domain::budget::Over;
use krake_domain::compression::Subject;
use krake_domain::hash::Hash;
use krake_domain::project::Objective;
use krake_domain::session::Usage;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::error::StoreError;
use crate::snapshots::Frozen;

/// A kind of thing, one line each in `data/NAME.jsonl`.
#[derive(Debug)]
pub struct Noun {
    pub name: &'static str,
    /// Where its rows are added.
    pub(crate) table: &'static str,
    /// Where they are read: the table, or what stands for it.
    pub(crate) from: &'static str,
    /// What tells its rows apart, and their order.
    pub(crate) key: &'static str,
    pub(crate) columns: &'static [Column],
    /// A column besides the key that no two rows may share, so that one of them is renamed.
    pub(crate) unique: Option<&'static str>,
    /// Columns that two things may differ in and yet be the same.
    pub(crate) loose: &'static [&'static str],
    /// A column that people know it by.
    pub(crate) title: &'static str,
}

#[derive(Debug)]
pub(crate) struct Column {
    pub name: &'static str,
    pub kind: Kind,
    pub optional: bool,
    /// The noun that it names a row of.
    pub refers: Option<&'static str>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    /// Prefix and 26 letters.
    Id(&'static str),
    Text,
    Word(&'static [&'static str]),
    Whole,
    /// From 0 on, below 2^32.
    Count,
    /// From 0 on.
    Size,
    Flag,
    Real,
    /// A document; the function reads it strictly and writes it as this version does.
    Document(fn(Value) -> Result<Value, String>),
}

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

use Kind::{Count, Document, Flag, Id, Real, Size, Text, Whole, Word};

const PROVIDERS: &[&str] = &[
    "anthropic", "openai", "gemini", "openai_compatible", "ollama", "claude_app", "chatgpt_app",
    "gemini_app", "other",
];
const STATUSES: &[&str] = &[
    "proposed", "running", "waiting", "paused", "cancelling", "done", "failed", "cancelled",
    "stopped",
];

/// Executions of this folder, and those that came in before.
const EXECUTIONS: &str = "(select id, name, title, source, status, created_at, started_at, ended_at,
        steps_total, steps_done, steps_failed from executions
    union all
    select id, name, title, source, status, created_at, started_at, ended_at, steps_total,
        steps_done, steps_failed from archived_executions
    where id not in (select id from executions))";

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
            column("created_at", Whole),
            column("updated_at", Whole),
        ],
        unique: Some("name"),
        loose: &["id", "created_at", "updated_at"],
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
            "id", "path", "place", "raw_bytes", "project_id", "project_fixed", "account_id",
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
        ],
        unique: Some("key"),
        loose: &["id", "created_at", "superseded_by"],
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
        from: "handoffs",
        key: "id",
        columns: &[
            column("id", Id("hnd")),
            to("projects", maybe("project_id", Text)),
            maybe("folder", Text),
            to("accounts", maybe("from_account", Text)),
            to("accounts", maybe("to_account", Text)),
            maybe("goal", Text),
            column("state", Word(&["pending", "claimed", "done"])),
            column("briefing", Document(document::<Briefing>)),
            maybe("credits_used", Real),
            to("snapshots", maybe("snapshot_id", Id("snp"))),
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

impl Noun {
    /// The noun of that name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        NOUNS.iter().find(|noun| noun.name == name)
    }

    /// What people know a line by.
    #[must_use]
    pub fn title_of(&self, line: &Value) -> String {
        match &line[self.title] {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        }
    }

    pub(crate) fn names(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.name).collect();
        names.join(", ")
    }

    /// A line as others wrote it, checked and brought into the form that this version writes.
    ///
    /// # Errors
    /// What is wrong with it, in words for people.
    pub fn read(&self, line: Value) -> Result<Value, String> {
        let Value::Object(mut fields) = line else {
            return Err("expected an object".to_owned());
        };
        let mut read = Map::new();
        for column in self.columns {
            let found = fields.remove(column.name).filter(|value| !value.is_null());
            let wrong = |why: String| format!("field `{}`: {why}", column.name);
            match found {
                Some(value) => {
                    read.insert(column.name.to_owned(), column.read(value).map_err(wrong)?);
                }
                None if column.optional => {}
                None => return Err(wrong("it is missing".to_owned())),
            }
        }
        match fields.keys().next() {
            None => Ok(Value::Object(read)),
            Some(name) => Err(format!("field `{name}` is not known to this version")),
        }
    }

    /// A row as a line.
    pub(crate) fn line(&self, row: &SqliteRow) -> Result<Value, StoreError> {
        let mut fields = Map::new();
        for column in self.columns {
            if let Some(value) = column.of_row(row)? {
                fields.insert(column.name.to_owned(), value);
            }
        }
        self.read(Value::Object(fields))
            .map_err(|why| StoreError::Corrupt(format!("a row of {}: {why}", self.table)))
    }
}

impl Column {
    fn read(&self, value: Value) -> Result<Value, String> {
        let whole = |least: i64, most: i64| {
            let fits = value
                .as_i64()
                .is_some_and(|number| (least..=most).contains(&number));
            if fits {
                Ok(())
            } else {
                Err(format!("expected a whole number from {least} to {most}"))
            }
        };
        let is_text = || match value.as_str() {
            Some(_) => Ok(()),
            None => Err("expected text".to_owned()),
        };
        match &self.kind {
            Kind::Id(prefix) => {
                let text = value.as_str().unwrap_or_default();
                if !is_id(prefix, text) {
                    return Err(format!("expected `{prefix}_` and 26 letters or digits"));
                }
            }
            Kind::Text => is_text()?,
            Kind::Word(words) => {
                if !words.iter().any(|word| value == *word) {
                    return Err(format!("expected one of {}", words.join(", ")));
                }
            }
            Kind::Whole => whole(i64::MIN, i64::MAX)?,
            Kind::Count => whole(0, i64::from(u32::MAX))?,
            Kind::Size => whole(0, i64::MAX)?,
            Kind::Flag => match value {
                Value::Bool(_) => {}
                _ => return Err("expected true or false".to_owned()),
            },
            Kind::Real => match value.as_f64() {
                // Written with a fraction always, so that 3 and 3.0 are one number.
                Some(number) => return Ok(Value::from(number)),
                None => return Err("expected a number".to_owned()),
            },
            Kind::Document(read) => return read(value),
        }
        Ok(value)
    }

    fn of_row(&self, row: &SqliteRow) -> Result<Option<Value>, StoreError> {
        Ok(match &self.kind {
            Kind::Whole | Kind::Count | Kind::Size => row
                .try_get::<Option<i64>, _>(self.name)?
                .map(Value::from),
            Kind::Flag => row
                .try_get::<Option<i64>, _>(self.name)?
                .map(|flag| Value::from(flag != 0)),
            Kind::Real => row
                .try_get::<Option<f64>, _>(self.name)?
                .map(Value::from),
            Kind::Document(_) => match row.try_get::<Option<String>, _>(self.name)? {
                Some(text) => Some(serde_json::from_str(&text).map_err(|error| {
                    StoreError::Corrupt(format!("column {}: {error}", self.name))
                })?),
                None => None,
            },
            Kind::Id(_) | Kind::Text | Kind::Word(_) => row
                .try_get::<Option<String>, _>(self.name)?
                .map(Value::from),
        })
    }
}

fn is_id(prefix: &str, text: &str) -> bool {
    let Some(letters) = text
        .strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
    else {
        return false;
    };
    letters.len() == 26
        && letters.as_bytes()[0] <= b'7'
        && letters
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'h' | b'j' | b'k' | b'm' | b'n' | b'p'..=b't' | b'v'..=b'z'))
}
