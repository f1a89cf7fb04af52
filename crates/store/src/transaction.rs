//! Writes of plain nouns: one transaction on the writer's connection, with the tags of what changed.

use futures_util::future::BoxFuture;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::oneshot;

use crate::commit::{Tag, Tags};
use crate::error::StoreError;

/// An open transaction on the writing connection.
pub(crate) struct Transaction {
    pub connection: SqliteConnection,
    tags: Tags,
}

impl Transaction {
    pub(crate) fn on(connection: SqliteConnection) -> Self {
        Self {
            connection,
            tags: Tags::default(),
        }
    }

    /// Says what those who show it must read again after the commit.
    pub(crate) fn changed(&mut self, tag: Tag) {
        self.tags.add(tag);
    }

    pub(crate) fn into_parts(self) -> (SqliteConnection, Vec<Tag>) {
        (self.connection, self.tags.into_vec())
    }
}

/// One such write, and the one who waits for it.
pub(crate) trait Work: Send {
    fn write<'t>(
        &'t mut self,
        transaction: &'t mut Transaction,
    ) -> BoxFuture<'t, Result<(), StoreError>>;

    /// Tells how the transaction ended, after it did.
    fn tell(self: Box<Self>, outcome: Result<(), StoreError>);
}

/// A write as a function, with what it returned until the commit is durable.
pub(crate) struct Asked<F, T> {
    work: Option<F>,
    value: Option<T>,
    reply: oneshot::Sender<Result<T, StoreError>>,
}

impl<F, T> Asked<F, T> {
    pub(crate) fn new(work: F, reply: oneshot::Sender<Result<T, StoreError>>) -> Self {
        Self {
            work: Some(work),
            value: None,
            reply,
        }
    }
}

impl<F, T> Work for Asked<F, T>
where
    F: for<'t> FnOnce(&'t mut Transaction) -> BoxFuture<'t, Result<T, StoreError>> + Send,
    T: Send,
{
    fn write<'t>(
        &'t mut self,
        transaction: &'t mut Transaction,
    ) -> BoxFuture<'t, Result<(), StoreError>> {
        Box::pin(async move {
            let work = self.work.take().expect("the writer runs each job once");
            self.value = Some(work(transaction).await?);
            Ok(())
        })
    }

    fn tell(self: Box<Self>, outcome: Result<(), StoreError>) {
        let Self { value, reply, .. } = *self;
        let answer = outcome.map(|()| value.expect("a committed write has returned"));
        // Who does not wait any more does not want to know.
        let _ = reply.send(answer);
    }
}
