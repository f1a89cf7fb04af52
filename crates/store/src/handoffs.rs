//! The queue of handoffs: kept when made, claimed by one, ended once.

use krake_domain::handoff::{Handoff, HandoffState};
use krake_domain::id::HandoffId;
use krake_domain::time::Timestamp;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

impl Store {
    /// Keeps a handoff.
    pub async fn add_handoff(&self, handoff: Handoff) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query(
                    "insert into handoffs (id, workspace_id, project_id, folder, from_account,
                     to_account, goal, state, briefing, credits_used, snapshot_id, created_at,
                     history_tokens)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
                )
                .bind(handoff.id.to_string())
                .bind(handoff.workspace.to_string())
                .bind(handoff.project)
                .bind(handoff.folder)
                .bind(handoff.from_account)
                .bind(handoff.to_account)
                .bind(handoff.goal)
                .bind(words::spell(&handoff.state))
                .bind(serde_json::to_string(&handoff.briefing).expect("a briefing is plain data"))
                .bind(handoff.credits_used)
                .bind(handoff.snapshot.map(|id| id.to_string()))
                .bind(handoff.created_at.0)
                .bind(handoff.history_tokens.map(words::number))
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Handoffs);
                Ok(())
            })
        })
        .await
    }

    /// The newest handoffs, in one state or in all.
    pub async fn list_handoffs(
        &self,
        state: Option<HandoffState>,
        limit: u32,
    ) -> Result<Vec<Handoff>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from handoffs where $1 is null or state = $1 order by id desc limit $2",
        )
        .bind(state.map(|state| words::spell(&state)))
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// Handoffs that an account took between two moments, oldest first.
    pub async fn handoffs_taken(
        &self,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Handoff>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from handoffs where claimed_at >= $1 and claimed_at < $2 order by claimed_at, id",
        )
        .bind(from.0)
        .bind(until.0)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// One handoff, if there is one of that id.
    pub async fn find_handoff(&self, id: HandoffId) -> Result<Option<Handoff>, StoreError> {
        let row: Option<Row> = sqlx::query_as("select * from handoffs where id = $1")
            .bind(id.to_string())
            .fetch_optional(self.readers())
            .await?;
        row.map(Row::parse).transpose()
    }

    /// Gives a pending handoff to an account. `false`: it was not pending, and nothing changed; of two
    /// who claim at once, one gets it.
    pub async fn claim_handoff(
        &self,
        id: HandoffId,
        by: Option<String>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.step(
            id,
            "update handoffs set state = 'claimed', claimed_by = coalesce($2, to_account), claimed_at = $3
             where id = $1 and state = 'pending'",
            by,
            at,
        )
        .await
    }

    /// Ends a claimed handoff. `false`: it was not claimed, and nothing changed.
    pub async fn end_handoff(
        &self,
        id: HandoffId,
        note: Option<String>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.step(
            id,
            "update handoffs set state = 'done', note = $2, done_at = $3
             where id = $1 and state = 'claimed'",
            note,
            at,
        )
        .await
    }

    async fn step(
        &self,
        id: HandoffId,
        sql: &'static str,
        word: Option<String>,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let changed = sqlx::query(sql)
                    .bind(id.to_string())
                    .bind(word)
                    .bind(at.0)
                    .execute(&mut transaction.connection)
                    .await?
                    .rows_affected()
                    == 1;
                if changed {
                    transaction.changed(Tag::Handoffs);
                }
                Ok(changed)
            })
        })
        .await
    }
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        project_id: Option<String>,
        folder: Option<String>,
        from_account: Option<String>,
        to_account: Option<String>,
        goal: Option<String>,
        state: String,
        briefing: String,
        credits_used: Option<f64>,
        snapshot_id: Option<String>,
        history_tokens: Option<i64>,
        created_at: i64,
        claimed_at: Option<i64>,
        claimed_by: Option<String>,
        done_at: Option<i64>,
        note: Option<String>,
    }
}

impl Row {
    fn parse(self) -> Result<Handoff, StoreError> {
        Ok(Handoff {
            id: words::parse(&self.id)?,
            workspace: words::parse(&self.workspace_id)?,
            project: self.project_id,
            folder: self.folder,
            from_account: self.from_account,
            to_account: self.to_account,
            goal: self.goal,
            state: words::read(&self.state)?,
            briefing: serde_json::from_str(&self.briefing)
                .map_err(|error| StoreError::Corrupt(format!("a briefing: {error}")))?,
            credits_used: self.credits_used,
            snapshot: self.snapshot_id.map(|id| words::parse(&id)).transpose()?,
            history_tokens: self.history_tokens.map(words::count).transpose()?,
            created_at: Timestamp(self.created_at),
            claimed_at: self.claimed_at.map(Timestamp),
            claimed_by: self.claimed_by,
            done_at: self.done_at.map(Timestamp),
            note: self.note,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::uuid;
    use krake_domain::briefing::{Briefing, Coverage};
    use krake_domain::id::WorkspaceId;

    fn handoff() -> Handoff {
        Handoff {
            id: HandoffId::from_uuid(uuid()),
            workspace: WorkspaceId::PERSONAL,
            project: Some("shop".to_owned()),
            folder: None,
            from_account: Some("acc_a".to_owned()),
            to_account: Some("acc_b".to_owned()),
            goal: None,
            state: HandoffState::Pending,
            briefing: Briefing {
                text: "- The cart [#3]".to_owned(),
                tokens: 6,
                budget: 100,
                items: Vec::new(),
                coverage: Coverage::default(),
            },
            credits_used: Some(12.5),
            snapshot: None,
            history_tokens: Some(300_000),
            created_at: Timestamp(1),
            claimed_at: None,
            claimed_by: None,
            done_at: None,
            note: None,
        }
    }

    #[tokio::test]
    async fn a_handoff_is_claimed_by_one_and_ended_once() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let mut commits = store.commits();
        let made = handoff();
        store.add_handoff(made.clone()).await.unwrap();
        assert_eq!(commits.recv().await.unwrap().tags, [Tag::Handoffs]);
        assert_eq!(
            store.find_handoff(made.id).await.unwrap(),
            Some(made.clone())
        );
        assert!(
            !store
                .end_handoff(made.id, None, Timestamp(2))
                .await
                .unwrap()
        );

        let claims = tokio::join!(
            store.claim_handoff(made.id, Some("acc_c".to_owned()), Timestamp(3)),
            store.claim_handoff(made.id, None, Timestamp(3)),
        );
        assert_eq!(
            [claims.0.unwrap(), claims.1.unwrap()]
                .map(u8::from)
                .iter()
                .sum::<u8>(),
            1
        );
        let claimed = store
            .list_handoffs(Some(HandoffState::Claimed), 9)
            .await
            .unwrap();
        assert_eq!(claimed.len(), 1);
        assert!(claimed[0].claimed_by.is_some());
        assert_eq!(
            store
                .list_handoffs(Some(HandoffState::Pending), 9)
                .await
                .unwrap(),
            []
        );

        let note = Some("the totals are exact".to_owned());
        assert!(
            store
                .end_handoff(made.id, note.clone(), Timestamp(4))
                .await
                .unwrap()
        );
        assert!(
            !store
                .end_handoff(made.id, None, Timestamp(5))
                .await
                .unwrap()
        );
        let done = store.find_handoff(made.id).await.unwrap().unwrap();
        assert_eq!(
            (done.state, done.note, done.done_at),
            (HandoffState::Done, note, Some(Timestamp(4)))
        );
    }
}
