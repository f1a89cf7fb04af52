//! Checking the journal: finds edited rows, gaps and a cut tail.
//!
//! A tail that was cut off together with the side file leaves no trace here; that needs a head that
//! was kept elsewhere.

use krake_domain::hash::Hash;

use crate::chain::Link;
use crate::error::StoreError;
use crate::head::{self, Head};
use crate::journal::hash_of;
use crate::row::row;
use crate::store::Store;
use crate::words;

const PAGE: i64 = 1_000;

/// What a check of the whole journal found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// Events that were read.
    pub events: u64,
    /// The last of them; to be compared with a head that was kept elsewhere.
    pub head: Head,
    /// Empty where everything fits.
    pub faults: Vec<Fault>,
}

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The event that it was noticed at.
    pub seq: u64,
    /// A sentence for people.
    pub what: String,
}

impl Store {
    /// Reads the whole journal and checks every hash. Erased payloads are no fault.
    pub async fn verify_journal(&self) -> Result<Audit, StoreError> {
        // Read first: events that come meanwhile lie after it.
        let seen = head::remembered(self.dir()).filter(|head| head.seq > 0);
        let mut check = Check {
            seen,
            head: Head::EMPTY,
            events: 0,
            faults: Vec::new(),
        };
        loop {
            let rows: Vec<Row> =
                sqlx::query_as("select * from journal where seq > $1 order by seq limit $2")
                    .bind(words::number(check.head.seq))
                    .bind(PAGE)
                    .fetch_all(self.readers())
                    .await?;
            if rows.is_empty() {
                break;
            }
            for row in rows {
                let payload = self.payload_hash(&row).await;
                check.take(&row, payload)?;
            }
        }
        check.end();
        Ok(Audit {
            events: check.events,
            head: check.head,
            faults: check.faults,
        })
    }

    /// The hash of the payload that is there; none where it was erased.
    async fn payload_hash(&self, row: &Row) -> Result<Option<Hash>, StoreError> {
        match (&row.payload, &row.payload_blob) {
            (Some(text), _) => Ok(Some(Hash::of(text.as_bytes()))),
            (None, Some(hash)) => {
                let bytes = self.blobs().get(words::parse(hash)?).await?;
                Ok(Some(Hash::of(&bytes)))
            }
            (None, None) => Ok(None),
        }
    }
}

/// The walk along the chain.
struct Check {
    seen: Option<Head>,
    head: Head,
    events: u64,
    faults: Vec<Fault>,
}

impl Check {
    /// Takes the next row. After a fault the walk goes on from what the row itself says, so that one
    /// edit is one fault.
    fn take(
        &mut self,
        row: &Row,
        payload: Result<Option<Hash>, StoreError>,
    ) -> Result<(), StoreError> {
        let seq = words::count(row.seq)?;
        let (prev, hash) = (hash_of(&row.prev)?, hash_of(&row.hash)?);
        if seq != self.head.seq + 1 {
            let missing = self.head.seq + 1;
            self.fault(seq, format!("events {missing} to {} are missing", seq - 1));
        } else if prev != self.head.hash {
            self.fault(seq, "it does not follow the event before it".to_owned());
        }
        match row.link_hash(seq, prev) {
            Ok(computed) if computed == hash => {}
            _ => self.fault(seq, "its row was changed".to_owned()),
        }
        match payload {
            Ok(None) => {}
            Ok(Some(found)) if found.0 == row.payload_hash.as_slice() => {}
            Ok(Some(_)) => self.fault(seq, "its payload was changed".to_owned()),
            Err(error) => self.fault(seq, format!("its payload cannot be read: {error}")),
        }
        if self
            .seen
            .is_some_and(|seen| seen.seq == seq && seen.hash != hash)
        {
            self.fault(seq, "the folder remembers another event here".to_owned());
        }
        self.events += 1;
        self.head = Head { seq, hash };
        Ok(())
    }

    fn end(&mut self) {
        if let Some(seen) = self.seen.filter(|seen| seen.seq > self.head.seq) {
            let what = format!("the folder has seen events up to {}", seen.seq);
            self.fault(self.head.seq, what);
        }
    }

    fn fault(&mut self, seq: u64, what: String) {
        self.faults.push(Fault { seq, what });
    }
}

row! {
    struct Row {
        seq: i64,
        workspace_id: String,
        execution_id: String,
        kind: String,
        version: i64,
        at: i64,
        payload: Option<String>,
        payload_blob: Option<String>,
        payload_hash: Vec<u8>,
        prev: Vec<u8>,
        hash: Vec<u8>,
    }
}

impl Row {
    fn link_hash(&self, seq: u64, prev: Hash) -> Result<Hash, StoreError> {
        let link = Link {
            seq,
            workspace: words::parse(&self.workspace_id)?,
            execution: words::parse(&self.execution_id)?,
            kind: &self.kind,
            version: words::count(self.version)?,
            at: self.at,
            payload_hash: hash_of(&self.payload_hash)?,
        };
        Ok(link.hash(prev))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::connection::open_writer;
    use crate::{fixture, folder};

    /// A journal of 2,500 events with one large payload, after `edits` made behind our back.
    async fn audit_after(edits: &'static str) -> Vec<Fault> {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let execution = fixture::execution();
        let events = (0..2_499).map(|number| fixture::done(number, 5));
        store
            .append(fixture::batch(execution, events))
            .await
            .unwrap();
        let large = fixture::batch(execution, [fixture::done(7, 100_000)]);
        store.append(large).await.unwrap();
        store.stop().await.unwrap();
        let mut connection = open_writer(&folder::database(dir.path())).await.unwrap();
        sqlx::query(edits).execute(&mut connection).await.unwrap();
        let store = Store::open_reader(dir.path()).await.unwrap();
        store.verify_journal().await.unwrap().faults
    }

    fn fault(seq: u64, what: &str) -> Fault {
        Fault {
            seq,
            what: what.to_owned(),
        }
    }

    #[tokio::test]
    async fn an_untouched_journal_and_erased_payloads_have_no_faults() {
        let erased = "update journal set payload = null, payload_blob = null where seq > 2000";
        assert_eq!(audit_after("select 1").await, []);
        assert_eq!(audit_after(erased).await, []);
    }

    #[tokio::test]
    async fn edits_gaps_and_cut_tails_are_found() {
        assert_eq!(
            audit_after("update journal set payload = replace(payload, 'x', 'y') where seq = 3")
                .await,
            [fault(3, "its payload was changed")]
        );
        assert_eq!(
            audit_after("update journal set kind = 'step_failed' where seq = 1500").await,
            [fault(1500, "its row was changed")]
        );
        assert_eq!(
            audit_after("delete from journal where seq between 10 and 12").await,
            [fault(13, "events 10 to 12 are missing")]
        );
        assert_eq!(
            audit_after("delete from journal where seq > 2400").await,
            [fault(2400, "the folder has seen events up to 2500")]
        );
        let swapped = audit_after(
            "update journal set prev = (select prev from journal where seq = 8) where seq = 9",
        );
        assert_eq!(
            swapped.await,
            [
                fault(9, "it does not follow the event before it"),
                fault(9, "its row was changed")
            ]
        );
    }
}
