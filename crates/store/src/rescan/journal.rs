//! Events of the journal as they lie there, to be looked at and never changed.

use krake_domain::id::ExecutionId;

use crate::error::StoreError;
use crate::store::Store;
use crate::words;

/// Events that are read at once.
const MOST: i64 = 200;

/// The payload of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    pub seq: u64,
    pub execution: ExecutionId,
    /// Nothing where it was erased, or cannot be read.
    pub payload: Option<Vec<u8>>,
}

impl Store {
    /// The next events after this one as they lie in the journal; none at the end.
    pub async fn payloads_after(&self, seq: u64) -> Result<Vec<StoredEvent>, StoreError> {
        let rows: Vec<(i64, String, Option<String>, Option<String>)> = sqlx::query_as(
            "select seq, execution_id, payload, payload_blob from journal where seq > $1
             order by seq limit $2",
        )
        .bind(words::number(seq))
        .bind(MOST)
        .fetch_all(self.readers())
        .await?;
        let mut events = Vec::with_capacity(rows.len());
        for (seq, execution, payload, blob) in rows {
            let payload = match (payload, blob) {
                (Some(text), _) => Some(text.into_bytes()),
                (None, Some(hash)) => self.blobs().get(words::parse(&hash)?).await.ok(),
                (None, None) => None,
            };
            events.push(StoredEvent {
                seq: words::count(seq)?,
                execution: words::parse(&execution)?,
                payload,
            });
        }
        Ok(events)
    }
}
