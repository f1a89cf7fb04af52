//! Taking out of the files what was deleted: from the full-text indexes, which keep the words of what
//! was taken out of them until their pieces are merged, then from the database, which keeps bytes of
//! what was deleted or moved in its free places.

use sqlx::AssertSqlSafe;
use tokio::sync::oneshot;

use crate::error::StoreError;
use crate::job::Job;
use crate::store::Store;

/// The full-text indexes.
pub const INDEXES: [&str; 4] = [
    "message_words",
    "name_parts",
    "session_titles",
    "knowledge_words",
];

/// Pages of an index that one transaction merges, 4 KiB each.
const PAGES: i64 = 1_000;

impl Store {
    /// Merges a stretch of one of [`INDEXES`]; whether something is left. The `first` call takes in all
    /// pieces that there are.
    pub async fn merge_index(&self, index: usize, first: bool) -> Result<bool, StoreError> {
        let name = INDEXES[index];
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                let changes = "select total_changes()";
                let before: i64 = sqlx::query_scalar(changes)
                    .fetch_one(&mut *connection)
                    .await?;
                let text = format!("insert into {name} ({name}, rank) values ('merge', $1)");
                sqlx::query(AssertSqlSafe(text))
                    .bind(if first { -PAGES } else { PAGES })
                    .execute(&mut *connection)
                    .await?;
                let after: i64 = sqlx::query_scalar(changes)
                    .fetch_one(&mut *connection)
                    .await?;
                // One change is the statement itself (<https://sqlite.org/fts5.html#the_merge_command>).
                Ok(after - before >= 2)
            })
        })
        .await
    }

    /// Empties the log alone, after a reader was in the way.
    pub async fn empty_log(&self) -> Result<bool, StoreError> {
        self.ask_for_file(Job::EmptyLog).await
    }

    /// Writes the database anew and empties its log. Others read on meanwhile, and writers wait.
    /// `false` where a reader kept the log from being emptied.
    pub async fn rewrite_file(&self) -> Result<bool, StoreError> {
        self.ask_for_file(Job::Rewrite).await
    }

    async fn ask_for_file(
        &self,
        job: fn(oneshot::Sender<Result<bool, StoreError>>) -> Job,
    ) -> Result<bool, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.queue()?
            .send(job(reply))
            .await
            .map_err(|_| StoreError::Stopped)?;
        answer.await.map_err(|_| StoreError::Stopped)?
    }
}
