//! The physical floor: what a commit costs here and now, and what a bare group-commit loop reaches.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::report::median;

/// One raw commit of one small row (WAL, `synchronous=FULL`): the median of `times`.
pub async fn raw_commit(folder: &Path, times: usize) -> Result<Duration> {
    let mut connection = open(&folder.join("raw.db")).await?;
    let mut durations = Vec::with_capacity(times);
    for number in 0..times {
        let start = Instant::now();
        insert(&mut connection, number).await?;
        durations.push(start.elapsed());
    }
    connection.close().await?;
    Ok(median(&mut durations))
}

/// A chain through one writer task that commits whatever waits: the median time of a link.
pub async fn group_commit_chain(folder: &Path, links: usize) -> Result<Duration> {
    let mut connection = open(&folder.join("loop.db")).await?;
    let (sender, mut inbox) = mpsc::channel::<(usize, oneshot::Sender<()>)>(1_024);
    let writer = tokio::spawn(async move {
        while let Some((number, reply)) = inbox.recv().await {
            insert(&mut connection, number).await?;
            let _ = reply.send(());
        }
        connection.close().await?;
        anyhow::Ok(())
    });
    let mut durations = Vec::with_capacity(links);
    for number in 0..links {
        let start = Instant::now();
        let (reply, done) = oneshot::channel();
        sender.send((number, reply)).await?;
        done.await?;
        durations.push(start.elapsed());
    }
    drop(sender);
    writer.await??;
    Ok(median(&mut durations))
}

async fn open(path: &Path) -> Result<SqliteConnection> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = options.connect().await?;
    sqlx::query(
        "create table if not exists steps (id integer primary key, output text not null) strict",
    )
    .execute(&mut connection)
    .await?;
    Ok(connection)
}

async fn insert(connection: &mut SqliteConnection, number: usize) -> Result<()> {
    sqlx::query("insert into steps (output) values ($1)")
        .bind(format!("{{\"ok\":true,\"value\":{number}}}"))
        .execute(connection)
        .await?;
    Ok(())
}
