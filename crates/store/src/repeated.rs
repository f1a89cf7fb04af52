//! What was asked, run and refused in sessions: read for recommendations, within a bound.

use krake_domain::id::SessionId;
use krake_domain::session::Message;
use krake_domain::time::Timestamp;

use crate::error::StoreError;
use crate::messages::parse;
use crate::store::Store;
use crate::words;

/// The newest sessions that are read.
const MOST_SESSIONS: i64 = 200;
/// Longer messages hold no request and no command that anybody repeats.
const MOST_BYTES: i64 = 2_000;
/// Messages of one session.
const MOST_MESSAGES: i64 = 500;

/// A session with its short requests and its calls of tools, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct SaidInSession {
    pub session: SessionId,
    pub at: Timestamp,
    pub messages: Vec<Message>,
}

/// A session ran into the limit of its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LimitReached {
    /// As the session says it, if it does.
    pub account: Option<String>,
    /// The format that the session was read from.
    pub source: String,
    pub at: Timestamp,
}

impl Store {
    /// The short requests and tool calls of the newest sessions since a moment. A fork repeats its
    /// parent and is left out, and so is what is off the visible line.
    pub async fn said_since(&self, since: Timestamp) -> Result<Vec<SaidInSession>, StoreError> {
        let sessions: Vec<(String, i64)> = sqlx::query_as(
            "select id, coalesce(ended_at, started_at) as at from sessions
             where forked_from is null and session_type <> 'capture' and coalesce(ended_at, started_at) >= $1
             order by at desc, id desc limit $2",
        )
        .bind(since.0)
        .bind(MOST_SESSIONS)
        .fetch_all(self.readers())
        .await?;
        let mut all = Vec::with_capacity(sessions.len());
        for (session, at) in sessions {
            let texts: Vec<String> = sqlx::query_scalar(
                "select message from messages
                 where session_id = $1 and sidechain = 0 and octet_length(message) <= $2
                   and ((role = 'user' and kind = 'text') or kind = 'tool_call')
                 order by position limit $3",
            )
            .bind(session.clone())
            .bind(MOST_BYTES)
            .bind(MOST_MESSAGES)
            .fetch_all(self.readers())
            .await?;
            let messages = texts.iter().map(|text| parse(text));
            all.push(SaidInSession {
                session: words::parse(&session)?,
                at: Timestamp(at),
                messages: messages.collect::<Result<_, _>>()?,
            });
        }
        Ok(all)
    }

    /// When sessions ran into limits since a moment, oldest first.
    pub async fn limits_reached_since(
        &self,
        since: Timestamp,
    ) -> Result<Vec<LimitReached>, StoreError> {
        let rows: Vec<(Option<String>, String, i64)> = sqlx::query_as(
            "select s.account_id, s.source, m.at
             from messages as m join sessions as s on s.id = m.session_id
             where m.kind = 'limit' and m.at >= $1 order by m.at",
        )
        .bind(since.0)
        .fetch_all(self.readers())
        .await?;
        let told = rows.into_iter().map(|(account, source, at)| LimitReached {
            account,
            source,
            at: Timestamp(at),
        });
        Ok(told.collect())
    }
}
