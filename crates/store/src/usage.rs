//! What answers of models took: each answer once, in however many sessions it stands, and the sums
//! of each session by quarter of an hour, model and size.

use std::collections::BTreeMap;

use krake_domain::hash::Hash;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::session::Usage;
use krake_domain::spending::{QUARTER_MS, Spending};
use krake_domain::time::Timestamp;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};

use crate::bulk::{MOST_ROWS, pad, padded, put, values};
use crate::error::StoreError;
use crate::words;

const COLUMNS: usize = 13;

/// One answer of a session, with its moment and the size at which it is priced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub spending: Spending,
    pub at: Timestamp,
    /// It read more tokens than this: the last size below its own at which a price changes.
    pub above: u64,
    /// How many it stands for; more than one only where they have no name.
    pub count: u32,
}

/// The session that answers were read in.
pub(crate) struct Place<'p> {
    pub session: SessionId,
    pub workspace: WorkspaceId,
    pub source: &'p str,
    /// Its id in its own tool.
    pub native_id: &'p str,
}

/// What is kept of an answer, or of several without a name.
struct Row {
    name: [u8; 16],
    named: bool,
    answers: i64,
    at: i64,
    model: String,
    above: u64,
    usage: Usage,
}

/// Keeps what answers of a session took, and sums them up where they are the last ones. An answer that
/// another session was read with first stays there, unless that one is a fork of this one.
pub(crate) async fn keep(
    connection: &mut SqliteConnection,
    place: &Place<'_>,
    answers: &[Answer],
    are_last: bool,
) -> Result<(), StoreError> {
    if !are_last {
        return keep_all(connection, place, answers).await;
    }
    let session = place.session.to_string();
    sqlx::query("delete from answers where session_id = $1 and named = 0")
        .bind(session.clone())
        .execute(&mut *connection)
        .await?;
    let forks = forks(connection, place).await?;
    keep_all(connection, place, answers).await?;
    for session in forks.iter().chain([&session]) {
        sum_up(connection, session).await?;
    }
    Ok(())
}

async fn keep_all(
    connection: &mut SqliteConnection,
    place: &Place<'_>,
    answers: &[Answer],
) -> Result<(), StoreError> {
    for rows in rows(place, answers).chunks(MOST_ROWS) {
        keep_rows(connection, place, rows).await?;
    }
    Ok(())
}

/// Sessions that were forked from this one and hold answers, or did before the pieces of this one came.
async fn forks(
    connection: &mut SqliteConnection,
    place: &Place<'_>,
) -> Result<Vec<String>, StoreError> {
    Ok(sqlx::query_scalar(
        "select id from sessions where workspace_id = $1 and source = $2 and forked_from = $3
           and (exists (select 1 from answers where session_id = sessions.id)
                or exists (select 1 from usage where session_id = sessions.id))",
    )
    .bind(place.workspace.to_string())
    .bind(place.source.to_owned())
    .bind(place.native_id.to_owned())
    .fetch_all(connection)
    .await?)
}

fn rows(place: &Place<'_>, answers: &[Answer]) -> Vec<Row> {
    let mut sums: BTreeMap<(i64, &str, u64), (i64, Usage)> = BTreeMap::new();
    let mut rows = Vec::new();
    for one in answers {
        let model = one.spending.model.as_deref().unwrap_or_default();
        let Some(answer) = &one.spending.answer else {
            let key = (one.at.0.div_euclid(QUARTER_MS), model, one.above);
            let (count, sum) = sums.entry(key).or_default();
            *count += i64::from(one.count);
            *sum = sum.plus(one.spending.usage);
            continue;
        };
        rows.push(Row {
            name: name(place, &[answer]),
            named: true,
            answers: 1,
            at: one.at.0,
            model: model.to_owned(),
            above: one.above,
            usage: one.spending.usage,
        });
    }
    let session = place.session.to_string();
    rows.extend(
        sums.into_iter()
            .map(|((quarter, model, above), (answers, usage))| {
                let of = [
                    session.as_str(),
                    &quarter.to_string(),
                    model,
                    &above.to_string(),
                ];
                Row {
                    name: name(place, &of),
                    named: false,
                    answers,
                    at: quarter * QUARTER_MS,
                    model: model.to_owned(),
                    above,
                    usage,
                }
            }),
    );
    rows
}

/// A name among those of all tools.
fn name(place: &Place<'_>, parts: &[&str]) -> [u8; 16] {
    let workspace = place.workspace.to_string();
    let mut all = vec![workspace.as_bytes(), place.source.as_bytes()];
    all.extend(parts.iter().map(|part| part.as_bytes()));
    let hash = Hash::of_parts(&all);
    *hash.0.first_chunk().expect("a hash has 32 bytes")
}

async fn keep_rows(
    connection: &mut SqliteConnection,
    place: &Place<'_>,
    rows: &[Row],
) -> Result<(), StoreError> {
    let mut args = SqliteArguments::default();
    let (workspace, session) = (place.workspace.to_string(), place.session.to_string());
    for row in rows {
        put(&mut args, row.name.to_vec());
        put(&mut args, row.named);
        put(&mut args, row.answers);
        put(&mut args, workspace.as_str());
        put(&mut args, session.as_str());
        put(&mut args, row.at);
        put(&mut args, row.model.as_str());
        put(&mut args, counted(row.above));
        for count in [
            row.usage.input,
            row.usage.output,
            row.usage.cache_read,
            row.usage.cache_write,
            row.usage.reasoning,
        ] {
            put(&mut args, counted(count));
        }
    }
    pad(&mut args, COLUMNS, rows.len());
    put(&mut args, workspace.as_str());
    put(&mut args, place.source);
    put(&mut args, place.native_id);
    let text = format!(
        "insert into answers (answer, named, answers, workspace_id, session_id, at, model, above,
         input, output, cache_read, cache_write, reasoning)
         select * from {}
         on conflict (answer) do update set session_id = excluded.session_id,
         at = min(at, excluded.at), model = max(model, excluded.model),
         above = max(above, excluded.above), input = max(input, excluded.input),
         output = max(output, excluded.output), cache_read = max(cache_read, excluded.cache_read),
         cache_write = max(cache_write, excluded.cache_write),
         reasoning = max(reasoning, excluded.reasoning)
         where answers.session_id = excluded.session_id or answers.session_id in (
             select id from sessions where workspace_id = ? and source = ? and forked_from = ?
         )",
        values(COLUMNS, padded(rows.len()))
    );
    sqlx::query_with(AssertSqlSafe(text), args)
        .execute(connection)
        .await?;
    Ok(())
}

/// The sums of a session from its answers.
pub(crate) async fn sum_up(
    connection: &mut SqliteConnection,
    session: &str,
) -> Result<(), StoreError> {
    sqlx::query("delete from usage where session_id = $1")
        .bind(session.to_owned())
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        // What is the same in all rows is not sorted with each of them.
        "insert into usage (session_id, workspace_id, quarter, model, above, answers, input, output,
         cache_read, cache_write, reasoning)
         select $1, (select workspace_id from sessions where id = $1), at / $2 - (at % $2 < 0), model,
                above, sum(answers), sum(input), sum(output), sum(cache_read), sum(cache_write),
                sum(reasoning)
         from answers where session_id = $1 group by 3, 4, 5",
    )
    .bind(session.to_owned())
    .bind(QUARTER_MS)
    .execute(connection)
    .await?;
    Ok(())
}

/// A count that others wrote: nobody reads a million million tokens at once, and sums of fewer do
/// not turn over.
fn counted(count: u64) -> i64 {
    const MOST: u64 = 1_000_000_000_000;
    words::number(count.min(MOST))
}

#[cfg(test)]
#[path = "usage_test.rs"]
mod tests;
