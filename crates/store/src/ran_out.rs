//! What tells that an account ran out, or goes on: the ends of sessions, and whom calls were for.

use krake_domain::id::{AccountId, ProjectId, SessionId};
use krake_domain::session::Message;
use krake_domain::time::Timestamp;

use crate::error::StoreError;
use crate::messages;
use crate::store::Store;
use crate::words;

impl Store {
    /// Sessions that were worked in since a moment, each with its last answer since then. One that
    /// met a limit after its answer shows nothing.
    pub async fn sessions_that_answered(
        &self,
        since: Timestamp,
    ) -> Result<Vec<(SessionId, Timestamp)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "select id, answered from (
                 select sessions.id as id, (
                     select max(messages.at) from messages
                     where session_id = sessions.id and role = 'assistant'
                       and kind in ('text', 'thinking', 'tool_call')
                 ) as answered, (
                     select max(messages.at) from messages
                     where session_id = sessions.id and kind = 'limit'
                 ) as refused
                 from sessions where ended_at >= $1
             ) where answered >= $1 and (refused is null or answered > refused) order by id",
        )
        .bind(since.0)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter()
            .map(|(id, at)| Ok((words::parse(&id)?, Timestamp(at))))
            .collect()
    }

    /// Sessions whose last message since this moment is a limit: of projects that are worked on, and
    /// those that belong to none.
    pub async fn sessions_at_a_limit(
        &self,
        since: Timestamp,
    ) -> Result<Vec<SessionId>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(
            "select sessions.id from sessions
             left join projects on projects.id = sessions.project_id
             where (projects.id is null or projects.status in ('planned', 'active'))
               and coalesce(sessions.ended_at, sessions.started_at, 0) >= $1
               and (select kind from messages where session_id = sessions.id
                    order by position desc limit 1) = 'limit'
             order by sessions.id",
        )
        .bind(since.0)
        .fetch_all(self.readers())
        .await?;
        ids.iter().map(|id| words::parse(id)).collect()
    }

    /// The last message of a session with its position.
    pub async fn last_message(
        &self,
        session: SessionId,
    ) -> Result<Option<(u64, Message)>, StoreError> {
        let row: Option<(i64, String)> = sqlx::query_as(
            "select position, message from messages where session_id = $1
             order by position desc, key desc limit 1",
        )
        .bind(session.to_string())
        .fetch_optional(self.readers())
        .await?;
        row.map(|(position, text)| Ok((words::count(position)?, messages::parse(&text)?)))
            .transpose()
    }

    /// The last session that an account worked in, if that was since this moment.
    pub async fn last_session_of(
        &self,
        account: &str,
        since: Timestamp,
    ) -> Result<Option<SessionId>, StoreError> {
        let id: Option<String> = sqlx::query_scalar(
            "select sessions.id from sessions join projects on projects.id = sessions.project_id
             where account_id = $1 and projects.status in ('planned', 'active')
               and coalesce(ended_at, started_at, 0) >= $2
             order by coalesce(ended_at, started_at, 0) desc limit 1",
        )
        .bind(account.to_owned())
        .bind(since.0)
        .fetch_optional(self.readers())
        .await?;
        id.map(|id| words::parse(&id)).transpose()
    }

    /// The project that an account was last called for, if that was since this moment.
    pub async fn last_project_called(
        &self,
        account: AccountId,
        since: Timestamp,
    ) -> Result<Option<ProjectId>, StoreError> {
        let id: Option<String> = sqlx::query_scalar(
            "select projects.id from model_calls
             join projects on projects.id = model_calls.project_id
             where account_id = $1 and at >= $2 and projects.status in ('planned', 'active')
             order by at desc limit 1",
        )
        .bind(account.to_string())
        .bind(since.0)
        .fetch_optional(self.readers())
        .await?;
        id.map(|id| words::parse(&id)).transpose()
    }
}
