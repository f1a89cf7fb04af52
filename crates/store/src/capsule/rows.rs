//! Rows of lines: added, or made what another line says.

use krake_domain::hash::Hash;
use krake_domain::id::WorkspaceId;
use serde_json::Value;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};
use sqlx::{Arguments as _, AssertSqlSafe};

use super::Noun;
use super::noun::{Column, Kind};
use crate::error::StoreError;

/// Adds the row of a line.
pub(super) async fn insert(
    connection: &mut SqliteConnection,
    noun: &'static Noun,
    line: &Value,
    at: i64,
) -> Result<(), StoreError> {
    match noun.name {
        "files" => return insert_file(connection, line, at).await,
        "routing" => return insert_rule(connection, line).await,
        _ => {}
    }
    let mut names = vec!["workspace_id"];
    let mut args = SqliteArguments::default();
    let put = "text and numbers always encode";
    args.add(WorkspaceId::PERSONAL.to_string()).expect(put);
    for column in noun.columns {
        names.push(column.name);
        put_column(&mut args, column, &line[column.name]);
    }
    if noun.name == "sessions" {
        // The hash of what it was read from stays on the machine that read it.
        names.push("raw_hash");
        args.add(Hash::ZERO.to_string()).expect(put);
    }
    let places: Vec<String> = (1..=names.len()).map(|place| format!("${place}")).collect();
    let text = format!(
        "insert into {} ({}) values ({})",
        noun.table,
        names.join(", "),
        places.join(", ")
    );
    sqlx::query_with(AssertSqlSafe(text), args)
        .execute(connection)
        .await?;
    Ok(())
}

/// Binds what a line says of a column.
fn put_column(args: &mut SqliteArguments, column: &Column, value: &Value) {
    let put = "text and numbers always encode";
    match column.kind {
        Kind::Id(_) | Kind::Text | Kind::Word(_) => {
            args.add(value.as_str().map(str::to_owned)).expect(put);
        }
        Kind::Whole | Kind::Count | Kind::Size => args.add(value.as_i64()).expect(put),
        Kind::Flag => args.add(value.as_bool()).expect(put),
        Kind::Real => args.add(value.as_f64()).expect(put),
        Kind::Document(_) => {
            let document = (!value.is_null()).then(|| value.to_string());
            args.add(document).expect(put);
        }
    }
}

async fn insert_file(
    connection: &mut SqliteConnection,
    line: &Value,
    at: i64,
) -> Result<(), StoreError> {
    let workspace = WorkspaceId::PERSONAL.to_string();
    let number: i64 = sqlx::query_scalar(
        "insert into files (workspace_id, path, format, bytes, broken_lines, read_at)
         values ($1, $2, $3, $4, $5, $6) returning file",
    )
    .bind(workspace.clone())
    .bind(line["path"].as_str().map(str::to_owned))
    .bind(line["format"].as_str().map(str::to_owned))
    .bind(line["bytes"].as_i64())
    .bind(line["broken_lines"].as_i64())
    .bind(at)
    .fetch_one(&mut *connection)
    .await?;
    insert_parts(connection, number, line).await
}

/// The stretches of a file.
async fn insert_parts(
    connection: &mut SqliteConnection,
    number: i64,
    line: &Value,
) -> Result<(), StoreError> {
    let workspace = WorkspaceId::PERSONAL.to_string();
    for part in line["parts"].as_array().into_iter().flatten() {
        // What the stretch was before secrets were taken out is known to the machine that read it.
        sqlx::query(
            "insert into file_parts (file, workspace_id, start, bytes, hash, kept_hash, kept_bytes)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(number)
        .bind(workspace.clone())
        .bind(part["start"].as_i64())
        .bind(part["bytes"].as_i64())
        .bind(Hash::ZERO.to_string())
        .bind(part["kept_hash"].as_str().map(str::to_owned))
        .bind(part["kept_bytes"].as_i64())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// After the rules that are there: those come first.
async fn insert_rule(connection: &mut SqliteConnection, line: &Value) -> Result<(), StoreError> {
    sqlx::query(
        "insert into routing (workspace_id, position, rule)
         values ($1, (select coalesce(max(position), -1) + 1 from routing where workspace_id = $1), $2)",
    )
    .bind(WorkspaceId::PERSONAL.to_string())
    .bind(line["rule"].to_string())
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes the row what the line says.
pub(super) async fn set_row(
    connection: &mut SqliteConnection,
    noun: &'static Noun,
    key: &str,
    line: &Value,
) -> Result<(), StoreError> {
    if noun.name == "files" {
        let number: i64 = sqlx::query_scalar(
            "update files set bytes = $2, broken_lines = $3 where path = $1 returning file",
        )
        .bind(key.to_owned())
        .bind(line["bytes"].as_i64())
        .bind(line["broken_lines"].as_i64())
        .fetch_one(&mut *connection)
        .await?;
        sqlx::query("delete from file_parts where file = $1")
            .bind(number)
            .execute(&mut *connection)
            .await?;
        return insert_parts(connection, number, line).await;
    }
    let mut args = SqliteArguments::default();
    args.add(key.to_owned()).expect("text always encodes");
    let mut sets = Vec::new();
    for column in noun.columns.iter().filter(|column| column.name != noun.key) {
        put_column(&mut args, column, &line[column.name]);
        sets.push(format!("{} = ${}", column.name, sets.len() + 2));
    }
    let text = format!(
        "update {} set {} where {} = $1",
        noun.table,
        sets.join(", "),
        noun.key
    );
    sqlx::query_with(AssertSqlSafe(text), args)
        .execute(connection)
        .await?;
    Ok(())
}
