//! What the answers of sessions took, on their way out and in: numbers that belong to a session, so that
//! a session that comes in counts by day as it did where it came from.

use krake_domain::id::{ImportId, SessionId, WorkspaceId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::error::StoreError;
use crate::usage;

/// Nobody reads a million million tokens at once, and sums of fewer do not turn over.
const MOST: i64 = 1_000_000_000_000;
/// Bytes of a name.
const NAME: usize = 16;

/// One answer, or several without a name, as a capsule says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerLine {
    /// A hash by which an answer is the same in however many sessions it stands.
    id: String,
    named: bool,
    answers: i64,
    at: i64,
    /// Empty where nobody knows.
    model: String,
    above: i64,
    input: i64,
    output: i64,
    cache_read: i64,
    cache_write: i64,
    reasoning: i64,
}

impl AnswerLine {
    /// The numbers as others wrote them.
    ///
    /// # Errors
    /// What is wrong with them, in words for people.
    pub fn read(line: Value) -> Result<Self, String> {
        let read: Self = serde_json::from_value(line).map_err(|error| error.to_string())?;
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if read.id.len() != 2 * NAME || !read.id.bytes().all(is_hex) {
            return Err("field `id`: expected 32 hexadecimal digits".to_owned());
        }
        let counts = [
            read.answers,
            read.above,
            read.input,
            read.output,
            read.cache_read,
            read.cache_write,
            read.reasoning,
        ];
        if !counts.iter().all(|count| (0..=MOST).contains(count)) {
            return Err(format!("a count is not between 0 and {MOST}"));
        }
        Ok(read)
    }

    /// Its place among those of a session.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    fn of_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: row.try_get("id")?,
            named: row.try_get::<i64, _>("named")? != 0,
            answers: row.try_get("answers")?,
            at: row.try_get("at")?,
            model: row.try_get("model")?,
            above: row.try_get("above")?,
            input: row.try_get("input")?,
            output: row.try_get("output")?,
            cache_read: row.try_get("cache_read")?,
            cache_write: row.try_get("cache_write")?,
            reasoning: row.try_get("reasoning")?,
        })
    }
}

/// The answers of a session as lines, in their order.
pub(super) async fn answers_of(
    connection: &mut SqliteConnection,
    session: &str,
) -> Result<Vec<Value>, StoreError> {
    let rows = sqlx::query(
        "select lower(hex(answer)) as id, named, answers, at, model, above, input, output,
                cache_read, cache_write, reasoning
         from answers where session_id = $1 order by answer",
    )
    .bind(session.to_owned())
    .fetch_all(connection)
    .await?;
    let line = |row: &SqliteRow| Ok(json!(AnswerLine::of_row(row)?));
    rows.iter().map(line).collect()
}

/// Adds one that comes in. An answer that is counted here already stays where it is.
pub(super) async fn bring(
    connection: &mut SqliteConnection,
    import: ImportId,
    session: SessionId,
    line: &AnswerLine,
) -> Result<(), StoreError> {
    sqlx::query(
        "insert into answers (answer, named, answers, workspace_id, session_id, at, model, above,
         input, output, cache_read, cache_write, reasoning, import_id)
         values (unhex($1), $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (answer) do nothing",
    )
    .bind(line.id.clone())
    .bind(line.named)
    .bind(line.answers)
    .bind(WorkspaceId::PERSONAL.to_string())
    .bind(session.to_string())
    .bind(line.at)
    .bind(line.model.clone())
    .bind(line.above)
    .bind(line.input)
    .bind(line.output)
    .bind(line.cache_read)
    .bind(line.cache_write)
    .bind(line.reasoning)
    .bind(import.to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes those away that an import brought to a session which stays.
pub(super) async fn take_back(
    connection: &mut SqliteConnection,
    import: ImportId,
    session: &str,
) -> Result<(), StoreError> {
    sqlx::query("delete from answers where session_id = $1 and import_id = $2")
        .bind(session.to_owned())
        .bind(import.to_string())
        .execute(&mut *connection)
        .await?;
    usage::sum_up(connection, session).await
}
