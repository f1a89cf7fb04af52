//! Every other row that holds text of people, table by table. What is not named here holds names,
//! numbers, ids and paths; the decision 0053 lists both.

use std::collections::BTreeMap;

use krake_domain::id::SessionId;
use krake_domain::rescan::Findings;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Row as _};

use super::{RescanStep, mark, note_session};
use crate::commit::Tag;
use crate::error::StoreError;
use crate::kept_secrets::{self, SealedSecret};
use crate::store::Store;

/// Rows that are read at once.
const MOST: i64 = 100;

/// A table with text of people.
struct Table {
    name: &'static str,
    /// What tells its rows apart, as one text.
    key: &'static str,
    /// Which rows come after the key `$1`, and which one has it.
    after: &'static str,
    is: &'static str,
    order: &'static str,
    texts: &'static [&'static str],
    documents: &'static [&'static str],
    tag: Option<Tag>,
}

const BY_ID: Table = Table {
    name: "",
    key: "id",
    after: "id > $1",
    is: "id = $1",
    order: "id",
    texts: &[],
    documents: &[],
    tag: None,
};

/// In this order.
const TABLES: &[Table] = &[
    Table {
        name: "sessions",
        texts: &["title", "git_branch"],
        documents: &["objectives"],
        tag: Some(Tag::Sessions),
        ..BY_ID
    },
    Table {
        name: "knowledge",
        texts: &["title", "text"],
        documents: &["sources"],
        tag: Some(Tag::Knowledge),
        ..BY_ID
    },
    Table {
        name: "projects",
        texts: &["description"],
        documents: &["objectives", "pinned"],
        tag: Some(Tag::Projects),
        ..BY_ID
    },
    Table {
        name: "handoffs",
        texts: &["goal", "note"],
        documents: &["briefing", "delivery"],
        tag: Some(Tag::Handoffs),
        ..BY_ID
    },
    Table {
        name: "drafts",
        texts: &["said", "trouble", "reason"],
        documents: &["briefing", "wanted"],
        tag: Some(Tag::Threads),
        ..BY_ID
    },
    Table {
        name: "snapshots",
        texts: &["name"],
        documents: &["frozen"],
        tag: Some(Tag::Snapshots),
        ..BY_ID
    },
    Table {
        name: "compression_rules",
        documents: &["subject"],
        tag: Some(Tag::CompressionRules),
        ..BY_ID
    },
    Table {
        name: "accounts",
        texts: &["specialization", "check_said"],
        tag: Some(Tag::Accounts),
        ..BY_ID
    },
    Table {
        name: "executions",
        texts: &["title"],
        tag: Some(Tag::Executions),
        ..BY_ID
    },
    Table {
        name: "archived_executions",
        texts: &["title"],
        tag: Some(Tag::Executions),
        ..BY_ID
    },
    Table {
        name: "archived_events",
        key: "execution_id || '/' || seq",
        after: "(execution_id, seq) > (substr($1, 1, instr($1, '/') - 1),
                cast(substr($1, instr($1, '/') + 1) as integer))",
        is: "execution_id = substr($1, 1, instr($1, '/') - 1)
             and seq = cast(substr($1, instr($1, '/') + 1) as integer)",
        order: "execution_id, seq",
        documents: &["event"],
        tag: Some(Tag::Executions),
        ..BY_ID
    },
    Table {
        name: "capsule_imports",
        documents: &["playbooks"],
        tag: Some(Tag::Capsules),
        ..BY_ID
    },
    Table {
        name: "capsule_items",
        key: "import_id || '/' || place",
        after: "(import_id, place) > (substr($1, 1, instr($1, '/') - 1),
                cast(substr($1, instr($1, '/') + 1) as integer))",
        is: "import_id = substr($1, 1, instr($1, '/') - 1)
             and place = cast(substr($1, instr($1, '/') + 1) as integer)",
        order: "import_id, place",
        documents: &["before"],
        ..BY_ID
    },
    Table {
        name: "replies",
        key: "key",
        after: "key > $1",
        is: "key = $1",
        order: "key",
        documents: &["body"],
        ..BY_ID
    },
];

/// One row with its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRecord {
    table: usize,
    key: String,
    pub texts: Vec<StoredText>,
}

/// One text of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredText {
    column: &'static str,
    /// It is a document in JSON.
    pub is_document: bool,
    pub text: String,
}

/// A row in which something was replaced.
#[derive(Debug, Clone)]
pub struct ChangedRecord {
    pub was: StoredRecord,
    /// Those that are others now, by their place among the texts.
    pub texts: BTreeMap<usize, String>,
    pub replaced: BTreeMap<String, u32>,
    pub secrets: Vec<SealedSecret>,
}

impl StoredRecord {
    /// The session that it is about, where it is one.
    #[must_use]
    pub fn session(&self) -> Option<SessionId> {
        (TABLES[self.table].name == "sessions")
            .then(|| self.key.parse().ok())
            .flatten()
    }
}

impl Store {
    /// The next rows after this place (empty at the beginning), and the place after them; nothing at
    /// the end.
    pub async fn records_after(
        &self,
        place: &str,
    ) -> Result<Option<(Vec<StoredRecord>, String)>, StoreError> {
        let (table, key) = place.split_once(' ').unwrap_or(("0", ""));
        let number: usize = table
            .parse()
            .map_err(|_| StoreError::Corrupt(format!("a place among rows: `{place}`")))?;
        let Some(table) = TABLES.get(number) else {
            return Ok(None);
        };
        let rows: Vec<SqliteRow> = sqlx::query(AssertSqlSafe(table.select()))
            .bind(key.to_owned())
            .bind(MOST)
            .fetch_all(self.readers())
            .await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|rows| rows == MOST);
        let records: Vec<StoredRecord> = rows
            .iter()
            .map(|row| table.record(number, row))
            .collect::<Result<_, _>>()?;
        let next = match records.last() {
            Some(last) if is_full => format!("{number} {}", last.key),
            _ => format!("{} ", number + 1),
        };
        Ok(Some((records, next)))
    }

    /// Changes these rows and moves the mark. Nothing where one of them is another by now: then nothing
    /// was written, and they are read again.
    pub async fn change_records(
        &self,
        mut step: RescanStep,
        changed: Vec<ChangedRecord>,
    ) -> Result<Option<Findings>, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                for one in &changed {
                    if !is_as_it_was(&mut transaction.connection, &one.was).await? {
                        return Ok(None);
                    }
                }
                for one in &changed {
                    let connection = &mut transaction.connection;
                    step.found.records += 1;
                    step.found.count(&one.replaced);
                    change(connection, one).await?;
                    let session = one.was.session();
                    let kept = kept_secrets::keep(connection, session, session, &one.secrets);
                    step.found.kept += u64::from(kept.await?);
                    if let Some(session) = session {
                        note_session(connection, &mut step, &session.to_string()).await?;
                        transaction.changed(Tag::Session(session));
                    }
                    if let Some(tag) = TABLES[one.was.table].tag {
                        transaction.changed(tag);
                    }
                }
                mark(&mut transaction.connection, &step).await?;
                transaction.changed(Tag::Secrets);
                Ok(Some(step.found))
            })
        })
        .await
    }
}

impl Table {
    fn select(&self) -> String {
        let columns = [self.texts, self.documents].concat().join(", ");
        format!(
            "select {} as row_key, {columns} from {} where {} order by {} limit $2",
            self.key, self.name, self.after, self.order
        )
    }

    fn record(&self, number: usize, row: &SqliteRow) -> Result<StoredRecord, StoreError> {
        let columns = self.texts.iter().map(|column| (*column, false));
        let columns = columns.chain(self.documents.iter().map(|column| (*column, true)));
        let mut texts = Vec::new();
        for (column, is_document) in columns {
            if let Some(text) = row.try_get::<Option<String>, _>(column)? {
                texts.push(StoredText {
                    column,
                    is_document,
                    text,
                });
            }
        }
        Ok(StoredRecord {
            table: number,
            key: row.try_get("row_key")?,
            texts,
        })
    }
}

async fn is_as_it_was(
    connection: &mut SqliteConnection,
    was: &StoredRecord,
) -> Result<bool, StoreError> {
    let table = &TABLES[was.table];
    for one in &was.texts {
        let text = format!(
            "select {} from {} where {}",
            one.column, table.name, table.is
        );
        let now: Option<Option<String>> = sqlx::query_scalar(AssertSqlSafe(text))
            .bind(was.key.clone())
            .fetch_optional(&mut *connection)
            .await?;
        if now.flatten().as_ref() != Some(&one.text) {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn change(
    connection: &mut SqliteConnection,
    changed: &ChangedRecord,
) -> Result<(), StoreError> {
    let table = &TABLES[changed.was.table];
    for (place, text) in &changed.texts {
        let column = changed.was.texts[*place].column;
        let set = format!("update {} set {column} = $2 where {}", table.name, table.is);
        sqlx::query(AssertSqlSafe(set))
            .bind(changed.was.key.clone())
            .bind(text.clone())
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

#[cfg(test)]
pub(super) fn columns() -> Vec<(&'static str, &'static str)> {
    TABLES
        .iter()
        .flat_map(|table| {
            let columns = table.texts.iter().chain(table.documents);
            columns.map(|column| (table.name, *column))
        })
        .collect()
}
