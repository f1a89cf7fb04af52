//! Accounts that ran out: seen at the end of a session or in a refusal, and drafted once.
//!
//! A reconciler: it compares everything that is seen with what is drafted, when it begins and when
//! either changes. Looking twice drafts nothing twice.

use std::path::Path;
use std::time::Duration;

use krake_domain::account::{Account, AccountStatus, CheckOutcome, Provider};
use krake_domain::briefing::Form;
use krake_domain::draft::{Draft, DraftState, RunOut, RunOutSource};
use krake_domain::id::{DraftId, ProjectId, SessionId, WorkspaceId};
use krake_domain::limit::{LimitSeen, LimitSource, Span};
use krake_domain::session::{Message, MessageKind};
use krake_domain::time::Timestamp;
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use krake_engine::handoff::news;
use krake_store::{SessionRow, Tag};
use krake_transcripts::{Tool, limits_in, reset_in_words};
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use crate::accounts::AccountError;
use crate::actor::sleep_until;
use crate::briefing::{Briefed, Material, Wish, brief_of};
use crate::clock;
use crate::handle::Runtime;

/// Limits that were reached before are no news.
const RECENT: Duration = Duration::from_secs(24 * 3_600);
/// Tokens of a drafted briefing.
const BUDGET: u64 = 2_000;
/// The end of a log in which its last limit stands.
const END_BYTES: u64 = 256 << 10;
/// What a tool writes about a limit stands close to the message that says so.
const BESIDE: Duration = Duration::from_secs(600);
/// What a provider said, for people.
const MOST_SAID: usize = 500;

impl Runtime {
    /// Drafts a handoff for every account that has run out since the last look; how many.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn draft_what_ran_out(&self) -> Result<usize, AccountError> {
        Ok(self.look_for_limits().await?.0)
    }

    /// The same, with the moment at which there may be more.
    async fn look_for_limits(&self) -> Result<(usize, Option<Timestamp>), AccountError> {
        let now = clock::now();
        let store = self.store();
        let known = store.drafts_in_force().await?;
        let accounts = store.list_accounts(WorkspaceId::PERSONAL).await?;
        let mut seen = Vec::new();
        for session in store.sessions_at_a_limit(back(now)).await? {
            seen.extend(self.ran_out_in(session, &accounts, &known).await?);
        }
        seen.extend(self.refused(&accounts, now).await?);
        let answering: Vec<_> = accounts
            .iter()
            .filter_map(|account| Some((account.id, account.check.as_ref()?)))
            .filter(|(_, check)| check.outcome == CheckOutcome::Reached)
            .map(|(id, check)| (id, check.at))
            .collect();
        let news = news(seen, &known, &answering, now);
        store.drafts_are_over(news.over, now).await?;
        let mut drafted = 0;
        for run_out in news.run_outs {
            drafted += usize::from(self.draft(run_out, now).await?);
        }
        Ok((drafted, news.look_again))
    }

    /// What the end of a session tells about the account that worked in it.
    async fn ran_out_in(
        &self,
        id: SessionId,
        accounts: &[Account],
        known: &[Draft],
    ) -> Result<Option<RunOut>, AccountError> {
        let store = self.store();
        let (row, last) = (store.find_session(id).await?, store.last_message(id).await?);
        let (Some(row), Some((position, message))) = (row, last) else {
            return Ok(None);
        };
        let is_drafted = known.iter().any(|draft| {
            (draft.run_out.session, draft.run_out.position) == (Some(id), Some(position))
        });
        let at = message.at.or(row.ended_at);
        let (Some(at), false, MessageKind::Limit) = (at, is_drafted, message.kind) else {
            return Ok(None);
        };
        let looks = looks_at_the_end(&row, at).await;
        let account = account_of(&row, accounts);
        if let Some(account) = account {
            store.keep_limits(account.id, looks.clone()).await?;
        }
        let told = looks.iter().filter_map(|look| look.resets_at).max();
        Ok(Some(RunOut {
            source: RunOutSource::ToolLog,
            session: Some(id),
            position: Some(position),
            account: account.map(|account| account.id),
            who: account.map_or_else(|| tool_name(&row.source), |account| account.name.clone()),
            said: said(&message),
            at,
            resets_at: told.or_else(|| reset_in_words(&message.text, at)),
        }))
    }

    /// Accounts whose provider refuses calls: for a window that is longer than a minute, or for want
    /// of credit.
    async fn refused(
        &self,
        accounts: &[Account],
        now: Timestamp,
    ) -> Result<Vec<RunOut>, AccountError> {
        let limits = self.store().limits_since(back(now)).await?;
        let run_out = |account: &Account, source, at, said: String, resets_at| RunOut {
            source,
            session: None,
            position: None,
            account: Some(account.id),
            who: account.name.clone(),
            said,
            at,
            resets_at,
        };
        let mut found = Vec::new();
        for account in accounts {
            let looks = limits.get(&account.id).into_iter().flatten();
            let refusal = looks
                .filter(|look| look.source == LimitSource::Refusal && look.span != Span::Minute)
                .filter(|look| look.is_used_up(now))
                .max_by_key(|look| look.seen_at);
            if let Some(look) = refusal {
                let (source, said) = (RunOutSource::Refusal, "too many calls".to_owned());
                found.push(run_out(account, source, look.seen_at, said, look.resets_at));
            }
            let check = account.check.as_ref();
            if let Some(check) = check.filter(|check| check.outcome == CheckOutcome::OutOfCredit) {
                let said = check.said.chars().take(MOST_SAID).collect();
                found.push(run_out(account, RunOutSource::Credit, check.at, said, None));
            }
        }
        Ok(found)
    }

    async fn draft(&self, run_out: RunOut, now: Timestamp) -> Result<bool, AccountError> {
        let store = self.store();
        let session = match (run_out.session, run_out.account) {
            (Some(session), _) => Some(session),
            (None, Some(account)) => {
                store
                    .last_session_of(&account.to_string(), back(now))
                    .await?
            }
            (None, None) => None,
        };
        let project = match session {
            Some(id) => store.find_session(id).await?.and_then(|row| row.project),
            None => None,
        };
        let briefed = match project {
            Some(project) => self.briefed(project).await?,
            None => Ok(None),
        };
        let (briefed, trouble) = match briefed {
            Ok(briefed) => (briefed, None),
            Err(why) => (None, Some(why)),
        };
        let draft = Draft {
            id: DraftId::from_uuid(Uuid::now_v7()),
            workspace: WorkspaceId::PERSONAL,
            project,
            run_out,
            history_tokens: briefed.as_ref().map(|briefed| briefed.history_tokens),
            briefing: briefed.map(|briefed| briefed.briefing),
            trouble,
            state: DraftState::Open,
            reason: None,
            handoff: None,
            created_at: now,
            over_at: None,
        };
        Ok(store.add_draft(draft).await?)
    }

    /// The briefing of a project, or why there is none.
    async fn briefed(
        &self,
        project: ProjectId,
    ) -> Result<Result<Option<Briefed>, String>, AccountError> {
        let store = self.store();
        let rules = store
            .compression_rules_for(Some(&project.to_string()))
            .await?;
        let wish = Wish {
            budget: BUDGET,
            goal: None,
            repair: true,
            form: Form::Markdown,
        };
        let briefed = brief_of(store, Material::Project(project), wish, rules).await;
        Ok(match briefed {
            Ok(briefed) => Ok(Some(briefed)),
            Err(failure) => Err(failure.message),
        })
    }
}

/// Looks again whenever a limit is seen, an account changes or a project gets its folder, for as
/// long as the process lives.
pub(crate) async fn follow(runtime: Runtime) {
    let mut commits = runtime.subscribe();
    let stopping = runtime.stopping();
    loop {
        let again = match runtime.look_for_limits().await {
            Ok((_, again)) => again,
            Err(error) => {
                tracing::warn!(%error, "an account that ran out could not be drafted");
                None
            }
        };
        loop {
            let commit = tokio::select! {
                () = stopping.cancelled() => return,
                () = sleep_until(again), if again.is_some() => break,
                commit = commits.recv() => commit,
            };
            match commit {
                Ok(commit) if commit.tags.iter().any(may_tell) => break,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return,
            }
        }
    }
}

fn may_tell(tag: &Tag) -> bool {
    matches!(tag, Tag::Limit(_) | Tag::Accounts | Tag::Projects)
}

fn back(now: Timestamp) -> Timestamp {
    Timestamp(now.0 - i64::try_from(RECENT.as_millis()).unwrap_or(0))
}

/// The account that a person named, or the only active one of the tool.
fn account_of<'a>(row: &SessionRow, accounts: &'a [Account]) -> Option<&'a Account> {
    if let Some(named) = &row.account_id {
        return accounts
            .iter()
            .find(|account| account.id.to_string() == *named || account.name == *named);
    }
    let provider = match row.source.as_str() {
        "claude_code" => Provider::ClaudeApp,
        "codex" => Provider::ChatGptApp,
        "gemini_cli" => Provider::GeminiApp,
        _ => return None,
    };
    let mut meant = accounts
        .iter()
        .filter(|account| account.provider == provider && account.status == AccountStatus::Active);
    match (meant.next(), meant.next()) {
        (Some(account), None) => Some(account),
        _ => None,
    }
}

fn tool_name(source: &str) -> String {
    match source {
        "claude_code" => "Claude Code",
        "codex" => "Codex",
        "gemini_cli" => "Gemini CLI",
        "goose" => "Goose",
        "cursor" => "Cursor",
        other => other,
    }
    .to_owned()
}

fn said(message: &Message) -> String {
    let line = message.text.lines().find(|line| !line.trim().is_empty());
    line.unwrap_or("limit reached")
        .trim()
        .chars()
        .take(MOST_SAID)
        .collect()
}

/// The windows that the session's own log says are used up, beside the message that says so.
async fn looks_at_the_end(row: &SessionRow, at: Timestamp) -> Vec<LimitSeen> {
    let tool = match row.source.as_str() {
        "claude_code" => Tool::ClaudeCode,
        "codex" => Tool::Codex,
        _ => return Vec::new(),
    };
    let path = row.path.clone();
    let read = tokio::task::spawn_blocking(move || {
        let path = Path::new(&path);
        let root = Root::open(path.parent()?).ok()?;
        let name = InnerPath::parse(path.file_name()?.to_str()?).ok()?;
        root.read_end(&name, END_BYTES).ok()
    });
    let end = read.await.ok().flatten().unwrap_or_default();
    let is_beside = |seen: Timestamp| seen.since(at) <= BESIDE && at.since(seen) <= BESIDE;
    limits_in(&end, tool)
        .into_iter()
        .filter(|look| look.is_used_up(at) && is_beside(look.seen_at))
        .collect()
}
