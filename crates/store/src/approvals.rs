//! The list of approvals: what waits and what was answered, read from the events that say so.

use krake_domain::approval::{Answer, Approval, ApprovalStatus};
use krake_domain::event::Event;
use krake_domain::id::{ApprovalId, ExecutionId};

use crate::error::StoreError;
use crate::journal;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Which approvals are wanted, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ApprovalFilter {
    pub status: Option<ApprovalStatus>,
    pub execution: Option<ExecutionId>,
    pub limit: u32,
}

/// An approval with where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct ApprovalRow {
    pub approval: Approval,
    pub status: ApprovalStatus,
    /// Absent while it waits, and where it ended without an answer.
    pub answer: Option<Answer>,
}

impl Store {
    /// Approvals; one whose event was erased is left out.
    pub async fn list_approvals(
        &self,
        filter: ApprovalFilter,
    ) -> Result<Vec<ApprovalRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select status, asked_seq, ended_seq from approvals
             where ($1 is null or status = $1) and ($2 is null or execution_id = $2)
             order by asked_seq desc limit $3",
        )
        .bind(filter.status.map(|status| words::spell(&status)))
        .bind(filter.execution.map(|id| id.to_string()))
        .bind(filter.limit)
        .fetch_all(self.readers())
        .await?;
        let mut approvals = Vec::with_capacity(rows.len());
        for row in rows {
            approvals.extend(self.load_approval(row).await?);
        }
        Ok(approvals)
    }

    /// One approval, if there is one of that id.
    pub async fn find_approval(&self, id: ApprovalId) -> Result<Option<ApprovalRow>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as("select status, asked_seq, ended_seq from approvals where id = $1")
                .bind(id.to_string())
                .fetch_optional(self.readers())
                .await?;
        match row {
            Some(row) => self.load_approval(row).await,
            None => Ok(None),
        }
    }

    async fn load_approval(&self, row: Row) -> Result<Option<ApprovalRow>, StoreError> {
        let Some(Event::ApprovalAsked { approval }) = self.event_at(row.asked_seq).await? else {
            return Ok(None);
        };
        let ended = match row.ended_seq {
            Some(seq) => self.event_at(seq).await?,
            None => None,
        };
        Ok(Some(ApprovalRow {
            approval: *approval,
            status: words::read(&row.status)?,
            answer: match ended {
                Some(Event::ApprovalAnswered { answer, .. }) => Some(answer),
                _ => None,
            },
        }))
    }

    async fn event_at(&self, seq: i64) -> Result<Option<Event>, StoreError> {
        let row: journal::Row = sqlx::query_as(
            "select seq, workspace_id, execution_id, version, at, payload, payload_blob,
                    payload_hash
             from journal where seq = $1",
        )
        .bind(seq)
        .fetch_one(self.readers())
        .await?;
        Ok(row.hydrate(self.blobs()).await?.map(|record| record.event))
    }
}

row! {
    struct Row {
        status: String,
        asked_seq: i64,
        ended_seq: Option<i64>,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commit::Tag;
    use crate::fixture;
    use krake_domain::approval::Verdict;
    use krake_domain::principal::Principal;
    use krake_domain::time::Timestamp;

    #[tokio::test]
    async fn the_list_follows_from_the_events() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let mut commits = store.commits();
        let execution = fixture::execution();
        let approvals: Vec<Approval> = (0..3).map(|_| fixture::approval(execution)).collect();
        let asked = approvals.iter().map(|approval| Event::ApprovalAsked {
            approval: Box::new(approval.clone()),
        });
        store
            .append(fixture::batch(execution, asked))
            .await
            .unwrap();
        assert_eq!(
            commits.recv().await.unwrap().tags,
            [Tag::Execution(execution), Tag::Approvals]
        );
        let answer = Answer {
            verdict: Verdict::Reject {
                reason: "no".to_owned(),
            },
            by: Principal::owner(),
            at: Timestamp(9),
        };
        let ended = [
            Event::ApprovalAnswered {
                approval: approvals[0].id,
                answer: answer.clone(),
            },
            Event::ApprovalEnded {
                approval: approvals[1].id,
                status: ApprovalStatus::Expired,
            },
        ];
        store
            .append(fixture::batch(execution, ended))
            .await
            .unwrap();

        let find = |place: usize| {
            let (store, id) = (store.clone(), approvals[place].id);
            async move { store.find_approval(id).await.unwrap().unwrap() }
        };
        assert_eq!(
            find(0).await,
            ApprovalRow {
                approval: approvals[0].clone(),
                status: ApprovalStatus::Rejected,
                answer: Some(answer),
            }
        );
        assert_eq!(find(1).await.status, ApprovalStatus::Expired);
        assert_eq!(find(1).await.answer, None);
        let waiting = ApprovalFilter {
            status: Some(ApprovalStatus::Waiting),
            execution: None,
            limit: 10,
        };
        assert_eq!(
            store.list_approvals(waiting.clone()).await.unwrap(),
            [find(2).await]
        );
        let elsewhere = ApprovalFilter {
            execution: Some(fixture::execution()),
            ..waiting
        };
        assert_eq!(store.list_approvals(elsewhere).await.unwrap(), []);
    }

    #[tokio::test]
    async fn one_wrong_batch_does_not_fail_those_that_are_committed_with_it() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let execution = fixture::execution();
        let ask = || Event::ApprovalAsked {
            approval: Box::new(fixture::approval(execution)),
        };
        let first = ask();
        let asked = fixture::batch(execution, [first.clone()]);
        store.append(asked).await.unwrap();
        let (good, wrong, other) = tokio::join!(
            store.append(fixture::batch(execution, [ask()])),
            store.append(fixture::batch(execution, [first])),
            store.append(fixture::batch(execution, [ask()])),
        );
        assert!(matches!(wrong, Err(StoreError::Sql { .. })));
        assert_eq!((good.unwrap()[0].seq, other.unwrap()[0].seq), (2, 3));
        assert_eq!(store.verify_journal().await.unwrap().faults, []);
    }
}
