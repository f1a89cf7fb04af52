//! The queue of handoffs: kept before its parts happen, claimed by one, ended once.

use krake_domain::delivery::{Delivery, PartDone};
use krake_domain::handoff::{Handoff, HandoffState};
use krake_domain::id::{HandoffId, SnapshotId};
use krake_domain::time::Timestamp;

use crate::commit::Tag;
use crate::drafts;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Which handoffs.
#[derive(Debug, Clone, Default)]
pub struct HandoffFilter {
    pub state: Option<HandoffState>,
    /// Of this project, as it is kept with them.
    pub project: Option<String>,
    /// Only those made before this one.
    pub before: Option<HandoffId>,
    pub limit: u32,
}

impl HandoffFilter {
    /// All that are there.
    #[must_use]
    pub fn in_state(state: HandoffState) -> Self {
        Self {
            state: Some(state),
            limit: u32::MAX,
            ..Self::default()
        }
    }
}

impl Store {
    /// Keeps a handoff. `false`: the draft that it answers is not open any more, and nothing is kept.
    pub async fn add_handoff(&self, handoff: Handoff) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let id = handoff.id.to_string();
                if let Some(draft) = handoff.delivery.draft
                    && !drafts::hand_over(&mut transaction.connection, draft, &id).await?
                {
                    return Ok(false);
                }
                sqlx::query(
                    "insert into handoffs (id, workspace_id, project_id, folder, from_account,
                     to_account, goal, state, briefing, credits_used, snapshot_id, created_at,
                     history_tokens, delivery)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
                     $14)",
                )
                .bind(id)
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
                .bind(plain(&handoff.delivery))
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Handoffs);
                transaction.changed(Tag::Threads);
                Ok(true)
            })
        })
        .await
    }

    /// Those that the filter wants, the newest first.
    pub async fn list_handoffs(&self, filter: HandoffFilter) -> Result<Vec<Handoff>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from handoffs where ($1 is null or state = $1)
             and ($2 is null or project_id = $2) and ($3 is null or id < $3)
             order by id desc limit $4",
        )
        .bind(filter.state.map(|state| words::spell(&state)))
        .bind(filter.project)
        .bind(filter.before.map(|id| id.to_string()))
        .bind(filter.limit)
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

    /// Writes down what came of one part of a handoff that is still being prepared.
    pub async fn note_part(
        &self,
        id: HandoffId,
        part: PartDone,
        snapshot: Option<SnapshotId>,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                let text: Option<String> =
                    sqlx::query_scalar("select delivery from handoffs where id = $1")
                        .bind(id.to_string())
                        .fetch_optional(&mut *connection)
                        .await?;
                let text = text.ok_or_else(|| StoreError::NotFound(format!("handoff {id}")))?;
                let mut delivery = delivery(&text)?;
                delivery.done.retain(|done| done.part != part.part);
                delivery.done.push(part);
                sqlx::query(
                    "update handoffs set delivery = $2, snapshot_id = coalesce($3, snapshot_id)
                     where id = $1",
                )
                .bind(id.to_string())
                .bind(plain(&delivery))
                .bind(snapshot.map(|id| id.to_string()))
                .execute(connection)
                .await?;
                transaction.changed(Tag::Handoffs);
                Ok(())
            })
        })
        .await
    }

    /// Lets a prepared handoff be claimed. `false`: it was not being prepared, and nothing changed.
    pub async fn release_handoff(&self, id: HandoffId) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let changed = sqlx::query(
                    "update handoffs set state = 'pending' where id = $1 and state = 'preparing'",
                )
                .bind(id.to_string())
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Handoffs);
                transaction.changed(Tag::Threads);
                Ok(changed.rows_affected() == 1)
            })
        })
        .await
    }

    /// Says that a prepared handoff is not sent; its draft, where it has one, is open again. `false`:
    /// it was not being prepared, and nothing changed.
    pub async fn refuse_handoff(&self, id: HandoffId, at: Timestamp) -> Result<bool, StoreError> {
        self.end_unclaimed(
            id,
            "update handoffs set state = 'not_sent', done_at = $2
             where id = $1 and state = 'preparing'",
            at,
        )
        .await
    }

    /// Takes back what nobody has claimed; its draft, where it has one, is open again. `false`: it is
    /// not pending, and nothing changed.
    pub async fn withdraw_handoff(&self, id: HandoffId, at: Timestamp) -> Result<bool, StoreError> {
        self.end_unclaimed(
            id,
            "update handoffs set state = 'withdrawn', done_at = $2
             where id = $1 and state = 'pending'",
            at,
        )
        .await
    }

    /// Ends what nobody has; what it was drafted for can be handed over once more.
    async fn end_unclaimed(
        &self,
        id: HandoffId,
        sql: &'static str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let id = id.to_string();
                let changed = sqlx::query(sql)
                    .bind(id.clone())
                    .bind(at.0)
                    .execute(&mut transaction.connection)
                    .await?
                    .rows_affected()
                    == 1;
                if changed {
                    drafts::reopen(&mut transaction.connection, &id).await?;
                    transaction.changed(Tag::Handoffs);
                    transaction.changed(Tag::Threads);
                }
                Ok(changed)
            })
        })
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
                    transaction.changed(Tag::Threads);
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
        delivery: String,
    }
}

fn plain(delivery: &Delivery) -> String {
    serde_json::to_string(delivery).expect("a delivery is plain data")
}

fn delivery(text: &str) -> Result<Delivery, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("the parts of a handoff: {error}")))
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
            delivery: delivery(&self.delivery)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::handoff;
    use krake_domain::delivery::Part;

    #[tokio::test]
    async fn a_handoff_is_claimed_by_one_and_ended_once() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let mut commits = store.commits();
        let made = handoff();
        store.add_handoff(made.clone()).await.unwrap();
        assert_eq!(
            commits.recv().await.unwrap().tags,
            [Tag::Handoffs, Tag::Threads]
        );
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
            .list_handoffs(HandoffFilter::in_state(HandoffState::Claimed))
            .await
            .unwrap();
        assert_eq!(claimed.len(), 1);
        assert!(claimed[0].claimed_by.is_some());
        assert_eq!(
            store
                .list_handoffs(HandoffFilter::in_state(HandoffState::Pending))
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
    #[tokio::test]
    async fn a_prepared_handoff_is_claimed_only_once_its_parts_are_through_and_can_be_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let made = Handoff {
            state: HandoffState::Preparing,
            ..handoff()
        };
        store.add_handoff(made.clone()).await.unwrap();
        let claim = || store.claim_handoff(made.id, None, Timestamp(3));
        assert!(!claim().await.unwrap());
        let part = |ok, said: &str| PartDone {
            part: Part::Commit,
            at: Timestamp(2),
            ok,
            said: said.to_owned(),
        };
        store
            .note_part(made.id, part(false, "locked"), None)
            .await
            .unwrap();
        store
            .note_part(made.id, part(true, "a1b2c3d"), None)
            .await
            .unwrap();
        assert!(store.release_handoff(made.id).await.unwrap());
        assert!(!store.release_handoff(made.id).await.unwrap());
        let ready = store.find_handoff(made.id).await.unwrap().unwrap();
        assert_eq!(ready.delivery.done, [part(true, "a1b2c3d")]);
        assert_eq!(ready.state, HandoffState::Pending);

        assert!(store.withdraw_handoff(made.id, Timestamp(4)).await.unwrap());
        assert!(!store.withdraw_handoff(made.id, Timestamp(5)).await.unwrap());
        assert!(!claim().await.unwrap());
        let of = |project: &str| {
            store.list_handoffs(HandoffFilter {
                project: Some(project.to_owned()),
                limit: 9,
                ..HandoffFilter::default()
            })
        };
        let of_shop = of("shop").await.unwrap();
        assert_eq!(of_shop.len(), 1);
        assert_eq!(of_shop[0].state, HandoffState::Withdrawn);
        assert_eq!(of("other").await.unwrap(), []);
    }
}
