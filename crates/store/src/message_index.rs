//! Messages of one file, found by the same tables and the same statements as those of the data folder,
//! without a data folder.

use krake_domain::hash::Hash;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::search::Search;
use krake_domain::session::Transcript;
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
    /// The folder that the work was done in.
    folder: Option<String>,
}

impl MessageIndex {
    /// Indexes the messages of a file; their positions are their places there.
    pub async fn of(file: &Transcript) -> Result<Self, StoreError> {
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
            &file.messages,
        )
        .await?;
        transaction.commit().await?;
        Ok(Self {
            connection,
            folder: file.cwd.clone(),
        })
    }

    /// The messages that fit best.
    pub async fn search(&mut self, search: &Search, limit: u32) -> Result<Vec<Hit>, StoreError> {
        let mut hits = search::find(&mut self.connection, search, 0, limit).await?;
        for hit in &mut hits {
            hit.cwd.clone_from(&self.folder);
        }
        Ok(hits)
    }
}
