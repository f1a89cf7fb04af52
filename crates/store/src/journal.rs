//! Reading the journal.

use krake_domain::event::{EVENT_VERSION, Event, Record};
use krake_domain::hash::Hash;
use krake_domain::id::ExecutionId;
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::blobs::Blobs;
use crate::error::StoreError;
use crate::head::Head;
use crate::row::row;
use crate::store::Store;
use crate::words;

impl Store {
    /// The events of one execution in order, whole; empty where there is no such execution.
    pub async fn load_execution(&self, id: ExecutionId) -> Result<Vec<Record>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select seq, workspace_id, execution_id, version, at, payload, payload_blob,
                    payload_hash
             from journal where execution_id = $1 order by seq",
        )
        .bind(id.to_string())
        .fetch_all(self.readers())
        .await?;
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            let seq = words::count(row.seq)?;
            let record = row.hydrate(self.blobs()).await?;
            records.push(record.ok_or(StoreError::Erased { seq })?);
        }
        Ok(records)
    }

    /// At most `limit` events after the sequence number `after`, of one execution or of all. Events
    /// whose payload was erased are left out.
    pub async fn events_after(
        &self,
        after: u64,
        execution: Option<ExecutionId>,
        limit: u32,
    ) -> Result<Vec<Record>, StoreError> {
        let query = match execution {
            Some(_) => sqlx::query_as::<_, Row>(
                "select seq, workspace_id, execution_id, version, at, payload, payload_blob,
                    payload_hash
                 from journal where seq > $1 and execution_id = $3
                 and (payload is not null or payload_blob is not null) order by seq limit $2",
            ),
            None => sqlx::query_as::<_, Row>(
                "select seq, workspace_id, execution_id, version, at, payload, payload_blob,
                    payload_hash
                 from journal where seq > $1
                 and (payload is not null or payload_blob is not null) order by seq limit $2",
            ),
        };
        let rows = query
            .bind(i64::try_from(after).unwrap_or(i64::MAX))
            .bind(limit)
            .bind(execution.map(|id| id.to_string()))
            .fetch_all(self.readers())
            .await?;
        let mut records = Vec::with_capacity(rows.len());
        for row in rows {
            records.extend(row.hydrate(self.blobs()).await?);
        }
        Ok(records)
    }

    /// The last event and the hash that covers the whole journal.
    pub async fn head(&self) -> Result<Head, StoreError> {
        let mut connection = self.readers().acquire().await?;
        head(&mut connection).await
    }
}

/// The head, on this connection.
pub(crate) async fn head(connection: &mut SqliteConnection) -> Result<Head, StoreError> {
    let last: Option<(i64, Vec<u8>)> =
        sqlx::query_as("select seq, hash from journal order by seq desc limit 1")
            .fetch_optional(connection)
            .await?;
    match last {
        None => Ok(Head::EMPTY),
        Some((seq, hash)) => Ok(Head {
            seq: words::count(seq)?,
            hash: hash_of(&hash)?,
        }),
    }
}

/// A hash from its 32 bytes.
pub(crate) fn hash_of(bytes: &[u8]) -> Result<Hash, StoreError> {
    bytes
        .try_into()
        .map(Hash)
        .map_err(|_| StoreError::Corrupt(format!("a hash of {} bytes", bytes.len())))
}

row! {
    /// An event as it lies in the table.
    pub(crate) struct Row {
        seq: i64,
        workspace_id: String,
        execution_id: String,
        version: i64,
        at: i64,
        payload: Option<String>,
        payload_blob: Option<String>,
        payload_hash: Vec<u8>,
    }
}

impl Row {
    /// The event with its payload; none where that was erased.
    pub(crate) async fn hydrate(self, blobs: &Blobs) -> Result<Option<Record>, StoreError> {
        let event = match (&self.payload, &self.payload_blob) {
            (Some(text), _) => self.event(text.as_bytes())?,
            (None, Some(hash)) => self.event(&blobs.get(words::parse(hash)?).await?)?,
            (None, None) => return Ok(None),
        };
        Ok(Some(Record {
            seq: words::count(self.seq)?,
            workspace: words::parse(&self.workspace_id)?,
            execution: words::parse(&self.execution_id)?,
            at: Timestamp(self.at),
            event,
        }))
    }

    /// Stored events are read by the rules of the version that wrote them, and only as they were
    /// written: nobody acts on a payload that was changed on the disk.
    fn event(&self, payload: &[u8]) -> Result<Event, StoreError> {
        if Hash::of(payload) != hash_of(&self.payload_hash)? {
            return Err(StoreError::Corrupt(format!(
                "event {} is not what was written; `krake audit verify` lists all such events",
                self.seq
            )));
        }
        if self.version > i64::from(EVENT_VERSION) {
            return Err(StoreError::NewerSchema);
        }
        serde_json::from_slice(payload)
            .map_err(|error| StoreError::Corrupt(format!("event {}: {error}", self.seq)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Tag;
    use crate::fixture;
    use krake_domain::execution::ExecutionStatus;

    #[tokio::test]
    async fn what_was_appended_is_read_back_by_owner_and_reader() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let mut commits = store.commits();
        let (one, two) = (fixture::execution(), fixture::execution());
        // Small, padded, cut into several statements, and larger than a row may be.
        let mut expected = Vec::new();
        for (count, bytes) in [(1, 10), (3, 10), (40, 10), (700, 10), (2, 200_000)] {
            let mut batch = fixture::batch(one, (0..count).map(|n| fixture::done(n, bytes)));
            batch.summary = Some(fixture::summary(ExecutionStatus::Running, count));
            let records = store.append(batch).await.unwrap();
            let commit = commits.recv().await.unwrap();
            assert_eq!(commit.records, records);
            assert_eq!(commit.tags, [Tag::Execution(one), Tag::Executions]);
            expected.extend(records);
        }
        let other = fixture::batch(two, [fixture::done(1, 1)]);
        let other = store.append(other).await.unwrap();
        let seqs: Vec<u64> = expected.iter().map(|record| record.seq).collect();
        assert_eq!(seqs, (1..=746).collect::<Vec<_>>());
        assert_eq!(other[0].seq, 747);

        let reader = Store::open_reader(dir.path()).await.unwrap();
        for store in [&store, &reader] {
            assert_eq!(store.load_execution(one).await.unwrap(), expected);
            assert_eq!(
                store.events_after(744, None, 2).await.unwrap(),
                expected[744..]
            );
            assert_eq!(store.events_after(5, Some(two), 9).await.unwrap(), other);
            assert_eq!(store.events_after(u64::MAX, None, 9).await.unwrap(), []);
            assert_eq!(store.head().await.unwrap().seq, 747);
            let row = store.find_execution(one).await.unwrap().unwrap();
            assert_eq!(row.summary.steps_done, 2);
        }
        let refused = reader.append(fixture::batch(one, [fixture::done(1, 1)]));
        assert_eq!(refused.await, Err(StoreError::ReadOnly));
    }

    #[tokio::test]
    async fn many_at_once_are_grouped_and_stay_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let mut commits = store.commits();
        let ids: Vec<ExecutionId> = (0..20).map(|_| fixture::execution()).collect();
        let appends = (0..400_u32).map(|number| {
            let mut batch = fixture::batch(ids[number as usize % 20], [fixture::done(number, 1)]);
            batch.summary = Some(fixture::summary(ExecutionStatus::Running, number));
            let store = store.clone();
            async move { store.append(batch).await.unwrap() }
        });
        let appended = futures_util::future::join_all(appends).await;
        let mut seqs: Vec<u64> = appended.iter().flatten().map(|record| record.seq).collect();
        seqs.sort_unstable();
        assert_eq!(seqs, (1..=400).collect::<Vec<_>>());
        let mut published = 0;
        let mut groups = 0;
        while published < 400 {
            published += commits.recv().await.unwrap().records.len();
            groups += 1;
        }
        assert!(groups < 100, "{groups} commits for 400 appends");
        assert_eq!(store.verify_journal().await.unwrap().faults, []);
        // The line of an execution is the one that came with its last event.
        let last = store.load_execution(ids[19]).await.unwrap().pop().unwrap();
        let Event::AttemptSucceeded { attempt, .. } = last.event else {
            panic!("another event: {last:?}");
        };
        let row = store.find_execution(ids[19]).await.unwrap().unwrap();
        assert_eq!(row.summary.steps_done, attempt);
    }

    #[tokio::test]
    async fn an_erased_event_is_left_out_of_streams_and_stops_a_fold() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let id = fixture::execution();
        let events = (0..3).map(|number| fixture::done(number, 1));
        store.append(fixture::batch(id, events)).await.unwrap();
        fixture::pragma(&store, "update journal set payload = null where seq = 2").await;
        assert_eq!(store.events_after(0, None, 9).await.unwrap().len(), 2);
        assert_eq!(
            store.load_execution(id).await,
            Err(StoreError::Erased { seq: 2 })
        );
    }
}
