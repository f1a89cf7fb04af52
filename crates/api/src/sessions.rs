//! Sessions: list, show, read, record.

use std::collections::BTreeMap;

use krake_domain::id::{ProjectId, SessionId, WorkspaceId};
use krake_domain::project::Objective;
use krake_domain::session::{Message, MessageKind, Role, Usage};
use krake_domain::time::Timestamp;
use krake_engine::context::{gist, tokens};
use krake_store::{RecordedSession, SessionChange, SessionFilter, SessionRow};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::held_account::{held_id, held_id_or_label};
use crate::projects::{Objectives, load as load_project, objectives_view};
use crate::view::message_ref::MessageRef;
use crate::view::moment::{Moment, now};
use crate::view::page::{Page, cursor, limit};
use crate::visible::{visible, visible_line};

/// Characters of one message on a page of messages; the whole is asked for by its position.
const MOST_PAGE_CHARS: usize = 20_000;

/// Messages that stand before the one that is named, so that it is read in its place.
const BEFORE: u64 = 3;

/// Which sessions, the last ended first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSessions {
    /// A project's id or name.
    pub project_id: Option<String>,
    pub account_id: Option<String>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Names one session.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SessionRef {
    pub id: SessionId,
}

/// Which messages.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListMessages {
    pub id: MessageRef,
    /// `next` of the page before, or the position to begin with. Absent: from 0, or a few messages before
    /// the one that is named.
    pub cursor: Option<u64>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
    /// Long texts as a whole; a page of at most 20 messages then.
    #[serde(default)]
    pub whole: bool,
}

/// A session that begins.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StartSession {
    /// A project's id or name.
    pub project_id: Option<String>,
    pub account_id: Option<String>,
    /// A word of your own; `work` when absent.
    pub session_type: Option<String>,
    #[serde(default)]
    pub objectives: Objectives,
    pub title: Option<String>,
}

/// What is to be another; absent: as it is.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeSession {
    pub id: SessionId,
    /// RFC 3339.
    pub ended_at: Option<String>,
    /// It ends now.
    #[serde(default)]
    pub end: bool,
    /// In the unit of its account.
    pub credits_used: Option<f64>,
    pub objectives: Option<Objectives>,
    pub account_id: Option<String>,
    /// A project's id or name.
    pub project_id: Option<String>,
    pub title: Option<String>,
}

/// One session.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SessionView {
    pub id: SessionId,
    pub project_id: Option<ProjectId>,
    pub account_id: Option<String>,
    /// The tool or format that it was read from; `krake` where it was recorded here.
    pub source: String,
    pub session_type: String,
    pub title: Option<String>,
    pub objectives: Vec<Objective>,
    pub started_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    pub credits_used: Option<f64>,
    pub usage: Usage,
    pub model: Option<String>,
    pub messages: u64,
    /// The last thing that happened: its account ran out.
    pub limited: bool,
    /// Lines that could not be read; their bytes are kept.
    pub broken_lines: u32,
    /// Secrets that were replaced, by kind.
    pub redactions: BTreeMap<String, u32>,
    pub cwd: Option<String>,
    pub git_branch: Option<String>,
    pub git_commit: Option<String>,
    /// The session that it was forked from, by its id in its own tool.
    pub forked_from: Option<String>,
    /// Its id in its own tool.
    pub native_id: String,
    pub path: String,
}

/// One message.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct MessageView {
    /// What `[#12]` cites.
    pub position: u64,
    pub role: Role,
    pub kind: MessageKind,
    pub text: String,
    /// The text is longer than what is shown here.
    pub cut: bool,
    /// The tool that it calls or answers.
    pub tool: Option<String>,
    /// What a call was called with that tells it from others, on one line; paths are told from the
    /// folder of the session on.
    pub gist: Option<String>,
    pub call_id: Option<String>,
    pub error: bool,
    pub at: Option<Moment>,
    /// Off the line that the user last saw: an abandoned branch or a subagent.
    pub sidechain: bool,
    /// By the offline estimator, of the whole text.
    pub tokens: u64,
}

/// Messages in order, and the position to go on with.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Messages {
    pub items: Vec<MessageView>,
    /// Give it back as `cursor`; absent at the end.
    pub next: Option<u64>,
}

/// `sessions.list`
pub async fn list(ctx: Ctx, input: ListSessions) -> Result<Page<SessionView>, ApiError> {
    let project = match &input.project_id {
        Some(reference) => Some(load_project(&ctx, reference).await?.project.id),
        None => None,
    };
    let limit = limit(input.limit);
    let filter = SessionFilter {
        project,
        // Also one that is gone: its sessions are still here.
        account_id: held_id_or_label(&ctx, input.account_id).await?,
        after: cursor(input.cursor.as_deref())?,
        limit,
    };
    let rows = ctx.store()?.page_sessions(&filter).await?;
    let full = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    let next = rows.last().filter(|_| full).map(|row| row.id.to_string());
    Ok(Page {
        items: rows.into_iter().map(SessionView::from).collect(),
        next,
    })
}

/// `sessions.show`
pub async fn show(ctx: Ctx, input: SessionRef) -> Result<SessionView, ApiError> {
    load(&ctx, input.id).await
}

/// `sessions.messages`
pub async fn messages(ctx: Ctx, input: ListMessages) -> Result<Messages, ApiError> {
    let MessageRef { session, position } = input.id;
    let folder = ctx.store()?.find_session(session).await?;
    let folder = folder
        .ok_or_else(|| ApiError::not_found("session", session))?
        .cwd;
    let most = if input.whole { 20 } else { u32::MAX };
    let limit = limit(input.limit).min(most);
    let named = position.map_or(0, |named| named.saturating_sub(BEFORE));
    let from = input.cursor.unwrap_or(named);
    let rows = ctx.store()?.page_messages(session, from, limit).await?;
    let full = rows.len() >= usize::try_from(limit).unwrap_or(usize::MAX);
    let next = rows.last().filter(|_| full).map(|(last, _)| last + 1);
    let most_chars = if input.whole {
        usize::MAX
    } else {
        MOST_PAGE_CHARS
    };
    Ok(Messages {
        items: rows
            .into_iter()
            .map(|(position, message)| {
                message_view(position, &message, folder.as_deref(), most_chars)
            })
            .collect(),
        next,
    })
}

/// `sessions.start`
pub async fn start(ctx: Ctx, input: StartSession) -> Result<SessionView, ApiError> {
    let store = ctx.owner()?.store();
    let project = match &input.project_id {
        Some(reference) => Some(load_project(&ctx, reference).await?.project.id),
        None => None,
    };
    let session_type = input.session_type.unwrap_or_else(|| "work".to_owned());
    let id = SessionId::from_uuid(uuid::Uuid::now_v7());
    store
        .record_session(RecordedSession {
            id,
            workspace: WorkspaceId::PERSONAL,
            project,
            account_id: held_id(&ctx, "account_id", input.account_id).await?,
            session_type: line("session_type", Some(session_type))?.unwrap_or_default(),
            title: line("title", input.title)?,
            objectives: input.objectives.read()?,
            started_at: now(),
        })
        .await?;
    load(&ctx, id).await
}

/// `sessions.change`
pub async fn change(ctx: Ctx, input: ChangeSession) -> Result<SessionView, ApiError> {
    let store = ctx.owner()?.store();
    let project = match &input.project_id {
        Some(reference) => Some(load_project(&ctx, reference).await?.project.id),
        None => None,
    };
    credits(input.credits_used)?;
    let ended_at = match &input.ended_at {
        Some(text) => Some(moment(text)?),
        None => input.end.then(now),
    };
    let began = load(&ctx, input.id).await?.started_at;
    // A clock that was wrong at the beginning keeps nobody from ending it now.
    let is_told = input.ended_at.is_some();
    if is_told && began.is_some_and(|began| ended_at.is_some_and(|end| end < began.0)) {
        return Err(ApiError::new(
            Code::BadInput,
            "field `ended_at`: the session began later",
        ));
    }
    let change = SessionChange {
        ended_at,
        credits_used: input.credits_used,
        objectives: input.objectives.map(Objectives::read).transpose()?,
        account_id: held_id(&ctx, "account_id", input.account_id).await?,
        project,
        title: line("title", input.title)?,
    };
    store.change_session(input.id, change).await?;
    load(&ctx, input.id).await
}

/// Whether credits can have been used.
///
/// # Errors
/// [`Code::BadInput`].
pub fn credits(used: Option<f64>) -> Result<(), ApiError> {
    match used {
        Some(used) if !used.is_finite() || used < 0.0 => Err(ApiError::new(
            Code::BadInput,
            "field `credits_used`: expected a number from 0",
        )),
        _ => Ok(()),
    }
}

async fn load(ctx: &Ctx, id: SessionId) -> Result<SessionView, ApiError> {
    let row = ctx.store()?.find_session(id).await?;
    row.map(SessionView::from)
        .ok_or_else(|| ApiError::not_found("session", id))
}

impl From<SessionRow> for SessionView {
    fn from(row: SessionRow) -> Self {
        let shown = |text: Option<String>| text.as_deref().map(visible_line);
        Self {
            id: row.id,
            project_id: row.project,
            account_id: shown(row.account_id),
            source: visible_line(&row.source),
            session_type: visible_line(&row.session_type),
            title: shown(row.title),
            objectives: objectives_view(&row.objectives),
            started_at: row.started_at.map(Moment),
            ended_at: row.ended_at.map(Moment),
            credits_used: row.credits_used,
            usage: row.usage,
            model: shown(row.model),
            messages: row.messages,
            limited: row.limited,
            broken_lines: row.broken_lines,
            redactions: row.redactions,
            cwd: shown(row.cwd),
            git_branch: shown(row.git_branch),
            git_commit: shown(row.git_commit),
            forked_from: shown(row.forked_from),
            native_id: visible_line(&row.native_id),
            path: visible_line(&row.path),
        }
    }
}

fn message_view(
    position: u64,
    message: &Message,
    folder: Option<&str>,
    most_chars: usize,
) -> MessageView {
    let end = message.text.char_indices().nth(most_chars);
    let text = &message.text[..end.map_or(message.text.len(), |(at, _)| at)];
    let tool = message.tool.as_ref();
    MessageView {
        position,
        role: message.role,
        kind: message.kind,
        text: visible(text).into_owned(),
        cut: end.is_some(),
        tool: tool
            .filter(|tool| !tool.name.is_empty())
            .map(|tool| visible_line(&tool.name)),
        gist: gist(message, folder)
            .filter(|gist| !gist.about.is_empty())
            .map(|gist| visible_line(&gist.about)),
        call_id: tool.and_then(|tool| tool.call_id.as_deref().map(visible_line)),
        error: message.error,
        at: message.at.map(Moment),
        sidechain: message.sidechain,
        tokens: tokens(&message.text),
    }
}

fn moment(text: &str) -> Result<Timestamp, ApiError> {
    Timestamp::from_rfc3339(text).ok_or_else(|| {
        ApiError::new(
            Code::BadInput,
            format!(
                "field `ended_at`: expected RFC 3339 such as 2026-01-31T12:00:00Z, found `{}`",
                visible_line(text)
            ),
        )
    })
}

/// One short line of a person's own words.
fn line(field: &str, text: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let text = text.trim().to_owned();
    if text.is_empty() || text.chars().count() > 200 || text.chars().any(char::is_control) {
        return Err(ApiError::new(
            Code::BadInput,
            format!("field `{field}`: expected one line of at most 200 characters"),
        ));
    }
    Ok(Some(text))
}
