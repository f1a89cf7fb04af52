//! Messages of one file, found by the same tables and the same statements as those of the data folder,
//! without a data folder.

use krake_domain::hash::Hash;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::search::Search;
use krake_domain::session::Message;
use krake_domain::time::Timestamp;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::error::StoreError;
use crate::search::{self, Hit};
use crate::{messages, schema};

/// An index in memory.
#[derive(Debug)]
pub struct MessageIndex {
    connection: SqliteConnection,
}

impl MessageIndex {
    /// Indexes messages; their positions are their places here.
    pub async fn of(messages: &[Message]) -> Result<Self, StoreError> {
        // There is one session, which needs no row of its own.
        let mut connection = SqliteConnectOptions::new()
            .filename(":memory:")
            .foreign_keys(false)
            .disable_statement_logging()
            .connect()
            .await?;
        schema::create(&mut connection).await?;
        let session = SessionId::from_parts(Timestamp(0), Hash::ZERO);
        let mut transaction = connection.begin().await?;
        messages::keep(
            &mut transaction,
            session,
            WorkspaceId::PERSONAL,
            0,
            messages,
        )
        .await?;
        transaction.commit().await?;
        Ok(Self { connection })
    }

    /// The messages that fit best.
    pub async fn search(&mut self, search: &Search, limit: u32) -> Result<Vec<Hit>, StoreError> {
        search::find(&mut self.connection, search, 0, limit).await
    }
}
