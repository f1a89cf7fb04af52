//! Sessions that met the limit of a draft besides the one that it was made for.

use krake_domain::draft::Met;
use krake_domain::id::DraftId;
use krake_domain::time::Timestamp;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::store::Store;
use crate::words;

impl Store {
    /// Adds a session that met the limit of a draft as well, with what it tells of the reset where
    /// nobody told it yet. `false`: that message is known, or the draft was handed over or is over.
    pub async fn join_draft(
        &self,
        id: DraftId,
        met: Met,
        resets: Option<(Timestamp, Option<String>)>,
    ) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                let joined = sqlx::query(
                    "insert into draft_sessions (draft_id, workspace_id, session_id, position,
                     met_at)
                     select id, workspace_id, $2, $3, $4 from drafts
                     where id = $1 and state in ('open', 'rejected') and over_at is null
                     on conflict do nothing",
                )
                .bind(id.to_string())
                .bind(met.session.to_string())
                .bind(words::number(met.position))
                .bind(met.at.0)
                .execute(&mut *connection)
                .await?
                .rows_affected()
                    == 1;
                let (at, zone) = resets.unzip();
                if joined && let Some(Timestamp(at)) = at {
                    sqlx::query(
                        "update drafts set resets_at = $2, resets_zone = $3
                         where id = $1 and resets_at is null",
                    )
                    .bind(id.to_string())
                    .bind(at)
                    .bind(zone.flatten())
                    .execute(&mut *connection)
                    .await?;
                }
                if joined {
                    transaction.changed(Tag::Threads);
                    transaction.changed(Tag::Accounts);
                }
                Ok(joined)
            })
        })
        .await
    }

    /// Who joined a draft, or any that is in force, in the order in which they met the limit.
    pub(crate) async fn joined(
        &self,
        id: Option<DraftId>,
    ) -> Result<Vec<(DraftId, Met)>, StoreError> {
        let rows: Vec<(String, String, i64, i64)> = sqlx::query_as(
            "select draft_id, draft_sessions.session_id, draft_sessions.position, met_at
             from draft_sessions join drafts on drafts.id = draft_id
             where case when $1 is null then over_at is null else draft_id = $1 end
             order by met_at, draft_sessions.session_id",
        )
        .bind(id.map(|id| id.to_string()))
        .fetch_all(self.readers())
        .await?;
        let parse = |(draft, session, position, at): (String, String, i64, i64)| {
            let met = Met {
                session: words::parse(&session)?,
                position: words::count(position)?,
                at: Timestamp(at),
            };
            Ok((words::parse(&draft)?, met))
        };
        rows.into_iter().map(parse).collect()
    }
}

#[cfg(test)]
#[path = "draft_sessions_test.rs"]
mod tests;
