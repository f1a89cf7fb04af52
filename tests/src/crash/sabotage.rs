//! Promises broken on purpose, between two processes, in the files: what a program would leave
//! behind that did not keep them. The harness must notice each.

use std::path::Path;

use anyhow::Result;
use krake_domain::hash::Hash;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

/// Which promise is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sabotage {
    /// Each sending of a `keyed` effect has a new key.
    Keys,
    /// The consumption of an approval is not durable before the effect: the intents of attempts
    /// that were running are forgotten.
    Consumption,
    /// An acknowledged result is not durable: the newest one is forgotten, with what followed it.
    Results,
}

const RUNNING_WITH_APPROVAL: &str = "
    update journal set payload = $1, payload_hash = $2
    where kind = 'attempt_started' and json_extract(payload, '$.approval') is not null
      and not exists (select 1 from journal as later
        where later.execution_id = journal.execution_id and later.seq > journal.seq
          and json_extract(later.payload, '$.step') = json_extract(journal.payload, '$.step'))";
const NEWEST_RESULT: &str = "
    update journal set payload = $1, payload_hash = $2
    from (select execution_id as run, max(seq) as cut from journal
        where seq = (select max(seq) from journal where kind = 'attempt_succeeded')) as newest
    where journal.execution_id = newest.run and journal.seq >= newest.cut";

impl Sabotage {
    /// Breaks it in the data folder of a process that has just died.
    pub async fn break_promise(self, home: &Path) -> Result<()> {
        let forget = match self {
            Self::Keys => return Ok(()),
            Self::Consumption => RUNNING_WITH_APPROVAL,
            Self::Results => NEWEST_RESULT,
        };
        let mut connection = SqliteConnectOptions::new()
            .filename(home.join("krake.db"))
            .connect()
            .await?;
        let nothing = "{\"kind\":\"execution_started\"}";
        sqlx::query(forget)
            .bind(nothing)
            .bind(Hash::of(nothing.as_bytes()).0.to_vec())
            .execute(&mut connection)
            .await?;
        connection.close().await?;
        Ok(())
    }
}
