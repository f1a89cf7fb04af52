//! The schema: migrations as data, run forward only, with a copy of the file made first.

use std::path::Path;
use std::sync::LazyLock;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::error::StoreError;
use crate::folder;

macro_rules! migrations {
    ($($version:literal $name:literal)*) => {
        &[$((
            $version,
            $name,
            include_str!(concat!("../../../migrations/", $name, ".sql")),
        )),*]
    };
}

/// Every migration there is, in order. What was released is never changed.
const MIGRATIONS: &[(i64, &str, &str)] = migrations![
    1 "0001_owner"
    2 "0002_journal"
    3 "0003_executions"
    4 "0004_approvals"
    5 "0005_replies"
    6 "0006_knowledge"
    7 "0007_knowledge_search"
    8 "0008_sessions"
    9 "0009_messages"
    10 "0010_appended"
    11 "0011_rules"
    12 "0012_threads"
    13 "0013_marks_end"
    14 "0014_projects"
    15 "0015_session_facts"
    16 "0016_files"
    20 "0020_message_numbers"
    21 "0021_message_search"
    22 "0022_session_titles"
    25 "0025_accounts"
    26 "0026_credentials"
    27 "0027_limits"
    28 "0028_model_calls"
    29 "0029_budgets"
    30 "0030_snapshots"
    31 "0031_handoffs"
    32 "0032_compression_rules"
    33 "0033_drafts"
    34 "0034_deliveries"
    35 "0035_commit_rules"
    38 "0038_archived_executions"
    39 "0039_capsule_imports"
    40 "0040_backup_schedule"
    43 "0043_usage"
    44 "0044_limit_messages"
    45 "0045_history_tokens"
    46 "0046_recommendation_marks"
    49 "0049_kept_secrets"
    50 "0050_refused_calls"
    51 "0051_assumed_zones"
    52 "0052_capsule_growth"
    53 "0053_meaning_model"
    54 "0054_message_vectors"
    55 "0055_brought_answers"
    57 "0057_project_secret_policy"
    58 "0058_rescans"
    60 "0060_draft_wanted"
    61 "0061_account_prices"
    64 "0064_accounts_by_id"
    65 "0065_draft_sessions"
    66 "0066_handoffs_not_sent"
    67 "0067_knowledge_withdrawn"
    68 "0068_snapshot_occasions"
];

static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| {
    Migrator::with_migrations(
        MIGRATIONS
            .iter()
            .map(|(version, name, sql)| {
                Migration::new(
                    *version,
                    (*name).into(),
                    MigrationType::Simple,
                    sql.into_sql_str(),
                    false,
                )
            })
            .collect(),
    )
});

/// Brings the database up to date, each migration in its own transaction. A file that holds data is
/// copied to `backups/` before it is touched.
pub(crate) async fn migrate(
    dir: &Path,
    connection: &mut SqliteConnection,
) -> Result<(), StoreError> {
    let found = version(&mut *connection).await?;
    let newest = newest();
    if found > newest {
        return Err(StoreError::NewerSchema);
    }
    if (1..newest).contains(&found) {
        back_up(dir, connection, found).await?;
    }
    MIGRATOR.run_direct(None, connection, false).await?;
    Ok(())
}

/// A database in memory with every table there is.
pub(crate) async fn create(connection: &mut SqliteConnection) -> Result<(), StoreError> {
    Ok(MIGRATOR.run_direct(None, connection, false).await?)
}

/// The tables as they were after an earlier migration.
#[cfg(test)]
pub(crate) async fn create_up_to(
    connection: &mut SqliteConnection,
    version: i64,
) -> Result<(), StoreError> {
    Ok(MIGRATOR
        .run_direct(Some(version), connection, false)
        .await?)
}

/// Whether a reader finds exactly the tables that it knows.
pub(crate) async fn check(readers: &SqlitePool) -> Result<(), StoreError> {
    let mut connection = readers.acquire().await?;
    match version(&mut connection).await?.cmp(&newest()) {
        std::cmp::Ordering::Less => Err(StoreError::OlderSchema),
        std::cmp::Ordering::Equal => Ok(()),
        std::cmp::Ordering::Greater => Err(StoreError::NewerSchema),
    }
}

/// Whether the database has this table.
pub(crate) async fn has_table(
    connection: &mut SqliteConnection,
    name: &str,
) -> Result<bool, StoreError> {
    let found: i64 =
        sqlx::query_scalar("select count(*) from sqlite_schema where type = 'table' and name = $1")
            .bind(name.to_owned())
            .fetch_one(connection)
            .await?;
    Ok(found > 0)
}

pub(crate) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |(version, _, _)| *version)
}

/// The last migration that was applied; 0 for an empty file.
pub(crate) async fn version(connection: &mut SqliteConnection) -> Result<i64, StoreError> {
    if !has_table(connection, "_sqlx_migrations").await? {
        return Ok(0);
    }
    let version: Option<i64> = sqlx::query_scalar("select max(version) from _sqlx_migrations")
        .fetch_one(connection)
        .await?;
    Ok(version.unwrap_or(0))
}

/// Copies the whole database, as it is now, to `backups/schema-NNNN-K.db`.
async fn back_up(
    dir: &Path,
    connection: &mut SqliteConnection,
    version: i64,
) -> Result<(), StoreError> {
    let folder = dir.join("backups");
    folder::make_private_folder(&folder)?;
    let path = (1..)
        .map(|copy: u32| folder.join(format!("schema-{version:04}-{copy}.db")))
        .find(|path| !path.exists())
        .expect("there are more numbers than files");
    // Made closed to others before SQLite fills it: an empty file is an accepted target.
    drop(folder::open_private(&path)?);
    let target = path.to_string_lossy().replace('\'', "''");
    sqlx::raw_sql(AssertSqlSafe(format!("vacuum into '{target}'")))
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::open_writer;

    async fn writer(dir: &Path) -> SqliteConnection {
        let path = folder::make_database(dir).unwrap();
        open_writer(&path).await.unwrap()
    }

    #[tokio::test]
    async fn schema_is_the_golden_one_and_every_table_names_its_workspace() {
        let dir = tempfile::tempdir().unwrap();
        let mut connection = writer(dir.path()).await;
        migrate(dir.path(), &mut connection).await.unwrap();
        migrate(dir.path(), &mut connection).await.unwrap();
        let schema: Vec<(String, String)> = sqlx::query_as(
            "select name, sql from sqlite_schema
             where sql is not null and name not like '\\_sqlx%' escape '\\'
               and name not in (select name from pragma_table_list where type = 'shadow')
             order by name",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        for (name, sql) in &schema {
            if sql.starts_with("create table") || sql.starts_with("CREATE TABLE") {
                assert!(sql.contains("strict"), "{name} is not strict");
                assert!(
                    name == "owner" || sql.contains("workspace_id text not null"),
                    "{name} has no workspace"
                );
            }
        }
        let text: Vec<String> = schema.into_iter().map(|(_, sql)| sql + ";").collect();
        insta::assert_snapshot!(text.join("\n\n"));
    }

    #[tokio::test]
    async fn an_older_file_is_copied_before_it_is_migrated() {
        let dir = tempfile::tempdir().unwrap();
        let mut connection = writer(dir.path()).await;
        MIGRATOR
            .run_direct(Some(2), &mut connection, false)
            .await
            .unwrap();
        migrate(dir.path(), &mut connection).await.unwrap();
        let copy = dir.path().join("backups/schema-0002-1.db");
        let mut copy = open_writer(&copy).await.unwrap_or_else(|error| {
            panic!("the copy opens: {error}");
        });
        assert_eq!(version(&mut copy).await.unwrap(), 2);
        assert_eq!(version(&mut connection).await.unwrap(), newest());
    }

    #[tokio::test]
    async fn a_newer_file_is_refused_and_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let mut connection = writer(dir.path()).await;
        migrate(dir.path(), &mut connection).await.unwrap();
        sqlx::query(
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             values (9999, 'later', true, x'00', 0)",
        )
        .execute(&mut connection)
        .await
        .unwrap();
        assert_eq!(
            migrate(dir.path(), &mut connection).await,
            Err(StoreError::NewerSchema)
        );
    }

    #[test]
    fn each_migration_is_numbered_in_order_and_says_why() {
        // Numbers are given out before the work begins, so there may be gaps.
        assert!(MIGRATIONS.is_sorted_by(|(one, ..), (next, ..)| one < next));
        for (version, name, sql) in MIGRATIONS {
            assert!(name.starts_with(&format!("{version:04}_")));
            assert!(sql.starts_with("-- Why: "), "{name}");
        }
    }
}
