//! What becomes of a line that comes in: it is new, it is here already, or something else has its
//! place, and then both are kept.

use std::collections::{BTreeMap, HashMap};

use krake_domain::canonical_json;
use krake_domain::hash::Hash;
use krake_domain::id::WorkspaceId;
use serde_json::{Map, Value};
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use super::grown::Grown;
use super::naming::{another_id, holder, rename, same_draft};
use super::out::{below_execution, below_session};
use super::take_in::Arriving;
use super::{Clean, Lines, Noun, digest};
use crate::blobs::Blobs;
use crate::error::StoreError;

/// Differences that are told one by one; more are counted.
const MOST_TOLD: usize = 200;

/// What becomes of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    New,
    /// The same is here.
    Equal,
    /// What is here is its beginning; the rest is added to that.
    Grown,
    /// Something else is here under its id or its name; it comes in beside that.
    KeptBoth,
}

/// A line that differs from what is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub noun: &'static str,
    pub id: String,
    pub title: String,
    /// Under which id and name it comes in.
    pub kept_as: String,
    pub why: &'static str,
}

/// How many lines of one noun.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub new: u64,
    pub equal: u64,
    pub grown: u64,
    pub kept_both: u64,
}

/// What becomes of a whole capsule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Judgement {
    pub counts: BTreeMap<&'static str, Counts>,
    pub differing: Vec<Judged>,
    pub more_differing: u64,
}

/// What was decided on one line.
pub(super) struct Ruling {
    pub verdict: Verdict,
    /// As it is kept: what it refers to by the ids of this folder.
    pub line: Value,
    pub key: String,
    /// What is extended, where it is.
    pub grown: Option<Grown>,
    pub why: &'static str,
}

/// The lines of one capsule, judged one after the other.
pub(super) struct Judge {
    pub(super) clean: Clean,
    blobs: Blobs,
    /// What came in under another id than it has in the capsule.
    ids: HashMap<(&'static str, String), String>,
    pub judgement: Judgement,
}

impl Judge {
    pub fn new(clean: Clean, blobs: Blobs) -> Self {
        Self {
            clean,
            blobs,
            ids: HashMap::new(),
            judgement: Judgement::default(),
        }
    }

    pub async fn judge(
        &mut self,
        connection: &mut SqliteConnection,
        arriving: &Arriving,
    ) -> Result<Ruling, StoreError> {
        let noun = arriving.noun;
        let ruling = self.rule(connection, arriving).await?;
        let id = key_of(noun, &arriving.line);
        let counts = self.judgement.counts.entry(noun.name).or_default();
        match ruling.verdict {
            Verdict::New => counts.new += 1,
            Verdict::Equal => counts.equal += 1,
            Verdict::Grown => counts.grown += 1,
            Verdict::KeptBoth => {
                counts.kept_both += 1;
                if self.judgement.differing.len() < MOST_TOLD {
                    self.judgement.differing.push(Judged {
                        noun: noun.name,
                        id: id.clone(),
                        title: noun.title_of(&arriving.line),
                        kept_as: shown(noun, &ruling),
                        why: ruling.why,
                    });
                } else {
                    self.judgement.more_differing += 1;
                }
            }
        }
        if ruling.key != id {
            self.ids.insert((noun.name, id), ruling.key.clone());
        }
        Ok(ruling)
    }

    /// Lines that refer to later ones of the same noun: what is referred to is judged first. The
    /// rulings are in the order of the lines.
    pub async fn judge_linked(
        &mut self,
        connection: &mut SqliteConnection,
        lines: &[Arriving],
    ) -> Result<Vec<Ruling>, StoreError> {
        let mut rulings = Vec::with_capacity(lines.len());
        for arriving in lines.iter().rev() {
            rulings.push(self.judge(connection, arriving).await?);
        }
        rulings.reverse();
        Ok(rulings)
    }

    async fn rule(
        &self,
        connection: &mut SqliteConnection,
        arriving: &Arriving,
    ) -> Result<Ruling, StoreError> {
        let noun = arriving.noun;
        let mut line = self.mapped(noun, &arriving.line);
        let equal = |key: String, line: Value| Ruling {
            verdict: Verdict::Equal,
            line,
            key,
            grown: None,
            why: "",
        };
        let incoming = digest(&arriving.line, arriving.below);
        if let Some(key) = brought_before(connection, noun, incoming).await? {
            return Ok(equal(key, line));
        }
        let key = key_of(noun, &line);
        if noun.name == "routing" {
            let rule = canonical_json(&line["rule"]);
            let verdict = match routing_position(connection, &rule).await? {
                Some(_) => Verdict::Equal,
                None => Verdict::New,
            };
            return Ok(Ruling {
                verdict,
                line,
                key,
                grown: None,
                why: "",
            });
        }
        if noun.name == "drafts"
            && let Some(same) = same_draft(connection, &line).await?
        {
            let extended = self.extend(connection, &same, arriving, &line).await?;
            return Ok(extended.unwrap_or_else(|| equal(same, line)));
        }
        let mut why = "";
        let mut kept = key.clone();
        if let Some(here) = self.load(connection, noun, &key).await? {
            // What it refers to may have come in under another id; where it is, it stays.
            let here = canonical_json(&here);
            let is_same = here == canonical_json(&line) || here == canonical_json(&arriving.line);
            if is_same
                && self
                    .has_below(connection, noun, &key, arriving.below)
                    .await?
            {
                return Ok(equal(key, line));
            }
            if self
                .is_longer_here(connection, noun, &key, arriving)
                .await?
            {
                return Ok(equal(key, line));
            }
            // A draft is known by its limit alone.
            if noun.name != "drafts"
                && let Some(ruling) = self.extend(connection, &key, arriving, &line).await?
            {
                return Ok(ruling);
            }
            why = self.difference(connection, &key, arriving).await?;
            if why.is_empty() {
                why = "something else is here under its id";
            }
            kept = self.free_key(connection, noun, &key, incoming).await?;
            line[noun.key] = Value::from(kept.clone());
        }
        if let Some(unique) = noun.unique
            && let Some(other) = holder(connection, noun, unique, &line).await?
        {
            if other != key
                && self
                    .is_longer_here(connection, noun, &other, arriving)
                    .await?
            {
                return Ok(equal(other, line));
            }
            if other != key
                && let Some(here) = self.load(connection, noun, &other).await?
                && tight(noun, &here) == tight(noun, &line)
                && self
                    .has_below(connection, noun, &other, arriving.below)
                    .await?
            {
                return Ok(equal(other, line));
            }
            if other != key
                && let Some(ruling) = self.extend(connection, &other, arriving, &line).await?
            {
                return Ok(ruling);
            }
            if why.is_empty() {
                why = self.difference(connection, &other, arriving).await?;
            }
            if why.is_empty() {
                why = "something else is here under its name";
            }
            rename(connection, noun, unique, &mut line, incoming).await?;
        }
        let verdict = match why {
            "" => Verdict::New,
            _ => Verdict::KeptBoth,
        };
        Ok(Ruling {
            verdict,
            line,
            key: kept,
            grown: None,
            why,
        })
    }

    /// The line with what it refers to under the ids of this folder.
    fn mapped(&self, noun: &'static Noun, line: &Value) -> Value {
        let mut line = line.clone();
        for column in noun.columns {
            if let Some(other) = column.refers
                && let Some(id) = line[column.name].as_str()
                && let Some(here) = self.ids.get(&(other, id.to_owned()))
            {
                line[column.name] = Value::from(here.clone());
            }
        }
        let inner = match noun.name {
            "budgets" => [
                ("over", "project_id", "projects"),
                ("over", "account_id", "accounts"),
            ],
            "routing" => [
                ("rule", "accounts", "accounts"),
                ("rule", "accounts", "accounts"),
            ],
            _ => return line,
        };
        for (field, name, other) in inner {
            if let Some(id) = line[field][name].as_str()
                && let Some(here) = self.ids.get(&(other, id.to_owned()))
            {
                line[field][name] = Value::from(here.clone());
            }
        }
        line
    }

    /// Takes secrets out of a line.
    pub fn clean(&self, line: &mut Value) {
        (self.clean)(line);
    }

    /// A row of this folder as its line would go out.
    pub async fn load(
        &self,
        connection: &mut SqliteConnection,
        noun: &'static Noun,
        key: &str,
    ) -> Result<Option<Value>, StoreError> {
        load(connection, noun, key, &self.clean).await
    }

    /// Whether the session went on here after the capsule was made: it holds all that comes, and more.
    async fn is_longer_here(
        &self,
        connection: &mut SqliteConnection,
        noun: &'static Noun,
        key: &str,
        arriving: &Arriving,
    ) -> Result<bool, StoreError> {
        let (Some(below), "sessions") = (arriving.below, noun.name) else {
            return Ok(false);
        };
        let count: i64 = sqlx::query_scalar("select count(*) from messages where session_id = $1")
            .bind(key.to_owned())
            .fetch_one(&mut *connection)
            .await?;
        if below.count == 0 || count.unsigned_abs() <= below.count {
            return Ok(false);
        }
        let first = below_session(connection, key, Some(below.count), &self.clean).await?;
        Ok(first == below)
    }

    async fn has_below(
        &self,
        connection: &mut SqliteConnection,
        noun: &'static Noun,
        key: &str,
        below: Option<Lines>,
    ) -> Result<bool, StoreError> {
        let here = below_of(connection, &self.blobs, noun, key, &self.clean).await?;
        Ok(here == below)
    }

    /// An id that nothing here has; the same for the same line.
    async fn free_key(
        &self,
        connection: &mut SqliteConnection,
        noun: &'static Noun,
        key: &str,
        incoming: Hash,
    ) -> Result<String, StoreError> {
        let mut salt = incoming;
        loop {
            let candidate = if noun.name == "files" {
                format!("{key}#{}", &salt.to_string()[..8])
            } else {
                another_id(key, salt)
            };
            if self.load(connection, noun, &candidate).await?.is_none() {
                return Ok(candidate);
            }
            salt = Hash::of(&salt.0);
        }
    }
}

/// The row as a line, without what secrets it may hold.
pub(super) async fn load(
    connection: &mut SqliteConnection,
    noun: &'static Noun,
    key: &str,
    clean: &Clean,
) -> Result<Option<Value>, StoreError> {
    let row = sqlx::query(AssertSqlSafe(format!(
        "select {} from {} where {} = $1",
        noun.names(),
        noun.from,
        noun.key
    )))
    .bind(key.to_owned())
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let mut line = noun.line(&row)?;
    clean(&mut line);
    Ok(Some(line))
}

/// What lies below a row: messages of a session, events of an execution.
pub(super) async fn below_of(
    connection: &mut SqliteConnection,
    blobs: &Blobs,
    noun: &'static Noun,
    key: &str,
    clean: &Clean,
) -> Result<Option<Lines>, StoreError> {
    Ok(match noun.name {
        "sessions" => Some(below_session(connection, key, None, clean).await?),
        "executions" => Some(below_execution(connection, blobs, key, clean).await?),
        _ => None,
    })
}

/// Where this rule stands, if it does.
pub(super) async fn routing_position(
    connection: &mut SqliteConnection,
    rule: &str,
) -> Result<Option<i64>, StoreError> {
    let rows: Vec<(i64, String)> =
        sqlx::query_as("select position, rule from routing where workspace_id = $1")
            .bind(WorkspaceId::PERSONAL.to_string())
            .fetch_all(connection)
            .await?;
    let same = |text: &str| {
        serde_json::from_str::<Value>(text).is_ok_and(|value| canonical_json(&value) == rule)
    };
    let found = rows.into_iter().find(|(_, text)| same(text));
    Ok(found.map(|(position, _)| position))
}

/// What tells a line apart.
pub(super) fn key_of(noun: &Noun, line: &Value) -> String {
    match line[noun.key].as_str() {
        Some(key) => key.to_owned(),
        None => Hash::of(canonical_json(line).as_bytes()).to_string(),
    }
}

/// The row that an import which still counts brought for the very same line.
async fn brought_before(
    connection: &mut SqliteConnection,
    noun: &'static Noun,
    incoming: Hash,
) -> Result<Option<String>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "select capsule_items.id from capsule_items
         join capsule_imports on capsule_imports.id = capsule_items.import_id
         where noun = $1 and incoming = $2 and undone_at is null",
    )
    .bind(noun.name)
    .bind(incoming.to_string())
    .fetch_all(&mut *connection)
    .await?;
    for id in ids {
        let there = match noun.name {
            "routing" => continue,
            _ => {
                sqlx::query_scalar::<_, i64>(AssertSqlSafe(format!(
                    "select count(*) from {} where {} = $1",
                    noun.from, noun.key
                )))
                .bind(id.clone())
                .fetch_one(&mut *connection)
                .await?
            }
        };
        if there > 0 {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Without what two things may differ in and yet be the same.
fn tight(noun: &Noun, line: &Value) -> String {
    let fields: Map<String, Value> = line
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| !noun.loose.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    canonical_json(&Value::Object(fields))
}

fn shown(noun: &Noun, ruling: &Ruling) -> String {
    match noun.unique.and_then(|unique| ruling.line[unique].as_str()) {
        Some(name) if name != ruling.key => format!("{} ({name})", ruling.key),
        _ => ruling.key.clone(),
    }
}
