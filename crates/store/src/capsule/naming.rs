//! Names and ids that nothing here has yet, for what comes in beside what is here.

use krake_domain::hash::Hash;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use super::Noun;
use crate::error::StoreError;

/// Which row has the name of this line.
pub(super) async fn holder(
    connection: &mut SqliteConnection,
    noun: &'static Noun,
    unique: &str,
    line: &Value,
) -> Result<Option<String>, StoreError> {
    let source = match noun.name {
        "sessions" => "and source = $2",
        _ => "and $2 is null",
    };
    let found = sqlx::query_scalar(AssertSqlSafe(format!(
        "select {} from {} where {unique} = $1 {source}",
        noun.key, noun.table
    )))
    .bind(line[unique].as_str().map(str::to_owned))
    .bind(line["source"].as_str().map(str::to_owned))
    .fetch_optional(connection)
    .await?;
    Ok(found)
}

/// Gives the line a name that nothing here has.
pub(super) async fn rename(
    connection: &mut SqliteConnection,
    noun: &'static Noun,
    unique: &str,
    line: &mut Value,
    incoming: Hash,
) -> Result<(), StoreError> {
    let name = line[unique].as_str().unwrap_or_default().to_owned();
    let mut salt = incoming;
    for number in 2_u32.. {
        line[unique] = match unique {
            "name" => Value::from(format!("{name} ({number})")),
            _ => Value::from(format!("{name}#{}", &salt.to_string()[..8])),
        };
        if holder(connection, noun, unique, line).await?.is_none() {
            break;
        }
        salt = Hash::of(&salt.0);
    }
    Ok(())
}

/// The draft of the same limit: two who look at one limit draft once, also on two machines.
pub(super) async fn same_draft(
    connection: &mut SqliteConnection,
    line: &Value,
) -> Result<Option<String>, StoreError> {
    let text = |field: &str| line[field].as_str().map(str::to_owned);
    let found = sqlx::query_scalar(
        "select id from drafts where coalesce(session_id, account_id) = coalesce($1, $2)
         and source = $3 and position = $4",
    )
    .bind(text("session_id"))
    .bind(text("account_id"))
    .bind(text("source"))
    .bind(line["position"].as_i64())
    .fetch_optional(connection)
    .await?;
    Ok(found)
}

/// The same prefix and time, other letters.
pub(super) fn another_id(id: &str, salt: Hash) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let kept = id.len().saturating_sub(15);
    let tail = salt.0.iter().take(15);
    let tail: String = tail
        .map(|byte| char::from(LETTERS[usize::from(byte & 31)]))
        .collect();
    format!("{}{tail}", &id[..kept])
}
