//! Promises broken on purpose, between two processes, in the files: what a program would leave
//! behind that did not keep them. The harness must notice each.

use std::path::Path;

use anyhow::Result;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

/// Which promise is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// Each sending of a `keyed` effect has a new key.
    Keys,
    /// The consumption of an approval is not durable before the effect.
    Consumption,
    /// An acknowledged result is not durable.
    Results,
}

impl Sabotage {
    /// Breaks it in the data folder of a process that has just died.
    pub async fn break_promise(self, home: &Path) -> Result<()> {
        let tail = match self {
            Self::Keys => return Ok(()),
            Self::Consumption => "attempt_started",
            Self::Results => "attempt_succeeded",
        };
        let mut connection = SqliteConnectOptions::new()
            .filename(home.join("krake.db"))
            .connect()
            .await?;
        let only = if self == Self::Consumption {
            "and json_extract(payload, '$.approval') is not null"
        } else {
            ""
        };
        let newest = format!("select max(seq) from journal where kind = '{tail}' {only}");
        // The sequence stays without a gap: what follows moves down by one.
        if let (Some(seq),) = sqlx::query_as::<_, (Option<i64>,)>(sqlx::AssertSqlSafe(newest))
            .fetch_one(&mut connection)
            .await?
        {
            sqlx::query("delete from journal where seq = $1")
                .bind(seq)
                .execute(&mut connection)
                .await?;
            sqlx::query("update journal set seq = -seq where seq > $1")
                .bind(seq)
                .execute(&mut connection)
                .await?;
            sqlx::query("update journal set seq = -seq - 1 where seq < 0")
                .execute(&mut connection)
                .await?;
        }
        connection.close().await?;
        let _ = std::fs::remove_file(home.join("journal.head"));
        Ok(())
    }
}
