//! Drafts of handoffs: kept once for each limit, answered once, over when the account goes on.

use krake_domain::briefing::Briefing;
use krake_domain::draft::{Draft, DraftState, RunOut};
use krake_domain::id::{AccountId, DraftId, ProjectId, SessionId};
use krake_domain::session::{Message, MessageKind, Role};
use krake_domain::time::Timestamp;
use sqlx::Sqlite;
use sqlx::query::Query;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

impl Store {
    /// Keeps a draft. `false`: there is one for this message or this refusal already.
    pub async fn add_draft(&self, draft: Draft) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let run_out = draft.run_out;
                let added = sqlx::query(
                    "insert into drafts (id, workspace_id, project_id, session_id, account_id,
                     position, source, who, said, ran_out_at, resets_at, briefing, trouble, state,
                     reason, handoff_id, created_at, over_at, history_tokens, resets_zone,
                     wanted)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                     $17, $18, $19, $20, $21) on conflict do nothing",
                )
                .bind(draft.id.to_string())
                .bind(draft.workspace.to_string())
                .bind(draft.project.map(|id| id.to_string()))
                .bind(run_out.session.map(|id| id.to_string()))
                .bind(run_out.account.map(|id| id.to_string()))
                .bind(run_out.position.map_or(run_out.at.0, words::number))
                .bind(words::spell(&run_out.source))
                .bind(run_out.who)
                .bind(run_out.said)
                .bind(run_out.at.0)
                .bind(run_out.resets_at.map(|at| at.0))
                .bind(text(draft.briefing.as_ref()))
                .bind(draft.trouble)
                .bind(words::spell(&draft.state))
                .bind(draft.reason)
                .bind(draft.handoff.map(|id| id.to_string()))
                .bind(draft.created_at.0)
                .bind(draft.over_at.map(|at| at.0))
                .bind(draft.history_tokens.map(words::number))
                .bind(run_out.resets_zone)
                .bind(list(&draft.wanted))
                .execute(&mut transaction.connection)
                .await?
                .rows_affected()
                    == 1;
                if added {
                    transaction.changed(Tag::Threads);
                    // Whoever ran out is not asked.
                    transaction.changed(Tag::Accounts);
                }
                Ok(added)
            })
        })
        .await
    }

    /// One draft, whatever became of it.
    pub async fn find_draft(&self, id: DraftId) -> Result<Option<Draft>, StoreError> {
        let row: Option<Row> = sqlx::query_as("select * from drafts where id = $1")
            .bind(id.to_string())
            .fetch_optional(self.readers())
            .await?;
        let Some(row) = row else { return Ok(None) };
        let mut draft = row.parse()?;
        draft.joined = self
            .joined(Some(id))
            .await?
            .into_iter()
            .map(|(_, met)| met)
            .collect();
        Ok(Some(draft))
    }

    /// Drafts whose account has not gone on since, answered or not, without their briefings.
    pub async fn drafts_in_force(&self) -> Result<Vec<Draft>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select id, workspace_id, project_id, session_id, account_id, position, source, who,
                    said, ran_out_at, resets_at, null as briefing, trouble, state, reason,
                    handoff_id, created_at, over_at, history_tokens, resets_zone, wanted
             from drafts where over_at is null order by id",
        )
        .fetch_all(self.readers())
        .await?;
        let mut drafts: Vec<Draft> = rows.into_iter().map(Row::parse).collect::<Result<_, _>>()?;
        for (id, met) in self.joined(None).await? {
            if let Ok(found) =
                drafts.binary_search_by_key(&id.to_string(), |one| one.id.to_string())
            {
                drafts[found].joined.push(met);
            }
        }
        Ok(drafts)
    }

    /// Gives an open draft this one's briefing, and its project where it had none. `false`: somebody
    /// was faster or wants something else in it, and nothing changed.
    pub async fn brief_draft(&self, draft: Draft) -> Result<bool, StoreError> {
        let update = sqlx::query(
            "update drafts set project_id = $2, briefing = $3, history_tokens = $4, trouble = $5
             where id = $1 and (project_id is null or project_id = $2) and state = 'open'
               and wanted is $6",
        )
        .bind(draft.id.to_string())
        .bind(draft.project.map(|id| id.to_string()))
        .bind(text(draft.briefing.as_ref()))
        .bind(draft.history_tokens.map(words::number))
        .bind(draft.trouble)
        .bind(list(&draft.wanted));
        self.change_draft(update, &[Tag::Threads]).await
    }

    /// Says which account a draft is about that named only the tool. `false`: it has one, or is over,
    /// and nothing changed.
    pub async fn name_draft(
        &self,
        id: DraftId,
        account: AccountId,
        who: String,
    ) -> Result<bool, StoreError> {
        let update = sqlx::query(
            "update drafts set account_id = $2, who = $3
             where id = $1 and account_id is null and over_at is null",
        )
        .bind(id.to_string())
        .bind(account.to_string())
        .bind(who);
        let tags = &[Tag::Threads, Tag::Accounts];
        self.change_draft(update, tags).await
    }

    /// What a person put back into an open draft, in place of what it was. `false`: it is not open, and
    /// nothing changed.
    pub async fn want_in_draft(
        &self,
        id: DraftId,
        wanted: Vec<String>,
    ) -> Result<bool, StoreError> {
        let update = sqlx::query(
            "update drafts set wanted = $2 where id = $1 and state = 'open' and over_at is null",
        )
        .bind(id.to_string())
        .bind(list(&wanted));
        self.change_draft(update, &[Tag::Threads]).await
    }

    /// Puts an open draft away. `false`: it is not open, and nothing changed.
    pub async fn reject_draft(&self, id: DraftId, reason: String) -> Result<bool, StoreError> {
        let update = sqlx::query(
            "update drafts set state = 'rejected', reason = $2
             where id = $1 and state = 'open' and over_at is null",
        )
        .bind(id.to_string())
        .bind(reason);
        self.change_draft(update, &[Tag::Threads]).await
    }

    /// Changes one draft, if it is still as the update demands.
    async fn change_draft(
        &self,
        update: Query<'static, Sqlite, SqliteArguments>,
        tags: &'static [Tag],
    ) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let done = update.execute(&mut transaction.connection).await?;
                let changed = done.rows_affected() == 1;
                if changed {
                    tags.iter().for_each(|tag| transaction.changed(*tag));
                }
                Ok(changed)
            })
        })
        .await
    }

    /// Messages that a briefing of this project would be made of.
    pub async fn count_messages_of(&self, project: ProjectId) -> Result<u64, StoreError> {
        let count: i64 = sqlx::query_scalar(
            "select count(*) from messages join sessions on sessions.id = messages.session_id
             where sessions.project_id = $1",
        )
        .bind(project.to_string())
        .fetch_one(self.readers())
        .await?;
        words::count(count)
    }

    /// The account of these drafts goes on by itself.
    pub async fn drafts_are_over(
        &self,
        ids: Vec<DraftId>,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        self.write(move |transaction| {
            Box::pin(async move {
                for id in ids {
                    sqlx::query("update drafts set over_at = $2 where id = $1 and over_at is null")
                        .bind(id.to_string())
                        .bind(at.0)
                        .execute(&mut transaction.connection)
                        .await?;
                }
                transaction.changed(Tag::Threads);
                transaction.changed(Tag::Accounts);
                Ok(())
            })
        })
        .await
    }

    /// Whether that message of a session was drafted, whatever became of it.
    pub async fn is_drafted(&self, session: SessionId, position: u64) -> Result<bool, StoreError> {
        let known: Option<i64> = sqlx::query_scalar(
            "select 1 from drafts where session_id = $1 and position = $2 and source = 'tool_log'
             union select 1 from draft_sessions where session_id = $1 and position = $2",
        )
        .bind(session.to_string())
        .bind(words::number(position))
        .fetch_optional(self.readers())
        .await?;
        Ok(known.is_some())
    }
}

/// Ends the drafts of a session whose account went on after its limit; whether there were any. A
/// request of the user is no going on: it may be answered with the same limit. Where another session
/// met that limit only after the answer, the account is still out.
pub(crate) async fn went_on(
    connection: &mut SqliteConnection,
    session: SessionId,
    messages: impl Iterator<Item = (u64, &Message)>,
) -> Result<bool, StoreError> {
    let last = messages
        .filter(|(_, message)| {
            message.role == Role::Assistant
                && !message.sidechain
                && matches!(
                    message.kind,
                    MessageKind::Text | MessageKind::Thinking | MessageKind::ToolCall
                )
        })
        .last();
    let Some((position, message)) = last else {
        return Ok(false);
    };
    let ended = sqlx::query(
        "update drafts set over_at = max($3, ran_out_at)
         where over_at is null
           and id in (select id from drafts where session_id = $1 and position < $2
                      union
                      select draft_id from draft_sessions where session_id = $1 and position < $2)
           and not (session_id is not $1 and ran_out_at > $4)
           and not exists (select 1 from draft_sessions as other where draft_id = drafts.id
                           and other.session_id is not $1 and met_at > $4)",
    )
    .bind(session.to_string())
    .bind(words::number(position))
    .bind(message.at.map_or(0, |at| at.0))
    .bind(message.at.map_or(i64::MAX, |at| at.0))
    .execute(connection)
    .await?;
    Ok(ended.rows_affected() > 0)
}

/// Marks a draft as handed over, and with it the others of its project: the briefing is of the whole.
/// `false`: a person answered it already, or it is over.
pub(crate) async fn hand_over(
    connection: &mut SqliteConnection,
    id: DraftId,
    handoff: &str,
) -> Result<bool, StoreError> {
    let changed = sqlx::query(
        "update drafts set state = 'handed_over', handoff_id = $2
         where id = $1 and state = 'open' and over_at is null",
    )
    .bind(id.to_string())
    .bind(handoff.to_owned())
    .execute(&mut *connection)
    .await?;
    if changed.rows_affected() != 1 {
        return Ok(false);
    }
    sqlx::query(
        "update drafts set state = 'handed_over', handoff_id = $2
         where state = 'open' and over_at is null
           and project_id = (select project_id from drafts where id = $1)",
    )
    .bind(id.to_string())
    .bind(handoff.to_owned())
    .execute(connection)
    .await?;
    Ok(true)
}

/// What was taken back can be handed over once more.
pub(crate) async fn reopen(
    connection: &mut SqliteConnection,
    handoff: &str,
) -> Result<(), StoreError> {
    sqlx::query("update drafts set state = 'open', handoff_id = null where handoff_id = $1")
        .bind(handoff.to_owned())
        .execute(connection)
        .await?;
    Ok(())
}

fn text(briefing: Option<&Briefing>) -> Option<String> {
    briefing.map(|briefing| serde_json::to_string(briefing).expect("a briefing is plain data"))
}

/// A list without an entry is kept as none.
fn list(wanted: &[String]) -> Option<String> {
    (!wanted.is_empty()).then(|| serde_json::to_string(wanted).expect("texts are plain data"))
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        project_id: Option<String>,
        session_id: Option<String>,
        account_id: Option<String>,
        position: i64,
        source: String,
        who: String,
        said: String,
        ran_out_at: i64,
        resets_at: Option<i64>,
        briefing: Option<String>,
        trouble: Option<String>,
        state: String,
        reason: Option<String>,
        handoff_id: Option<String>,
        created_at: i64,
        over_at: Option<i64>,
        history_tokens: Option<i64>,
        resets_zone: Option<String>,
        wanted: Option<String>,
    }
}

impl Row {
    fn parse(self) -> Result<Draft, StoreError> {
        let session = self.session_id.as_deref().map(words::parse).transpose()?;
        let state: DraftState = words::read(&self.state)?;
        Ok(Draft {
            id: words::parse(&self.id)?,
            workspace: words::parse(&self.workspace_id)?,
            project: self.project_id.as_deref().map(words::parse).transpose()?,
            run_out: RunOut {
                source: words::read(&self.source)?,
                position: session.map(|_| words::count(self.position)).transpose()?,
                session,
                account: self.account_id.as_deref().map(words::parse).transpose()?,
                who: self.who,
                said: self.said,
                at: Timestamp(self.ran_out_at),
                resets_at: self.resets_at.map(Timestamp),
                resets_zone: self.resets_zone,
            },
            briefing: self
                .briefing
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|error| StoreError::Corrupt(format!("a briefing: {error}")))?,
            history_tokens: self.history_tokens.map(words::count).transpose()?,
            wanted: self
                .wanted
                .map(|text| serde_json::from_str(&text))
                .transpose()
                .map_err(|error| StoreError::Corrupt(format!("wanted facts: {error}")))?
                .unwrap_or_default(),
            joined: Vec::new(),
            trouble: self.trouble,
            state,
            reason: self.reason,
            handoff: self.handoff_id.as_deref().map(words::parse).transpose()?,
            created_at: Timestamp(self.created_at),
            over_at: self.over_at.map(Timestamp),
        })
    }
}

#[cfg(test)]
#[path = "drafts_test.rs"]
mod tests;
