//! Accounts that ran out: seen at the end of a session or in a refusal, and drafted once.
//!
//! A reconciler: it compares everything that is seen with what is drafted, when it begins and when
//! either changes. Looking twice drafts nothing twice.

use std::collections::BTreeMap;
use std::time::Duration;

use krake_domain::account::{Account, CheckOutcome};
use krake_domain::briefing::Form;
use krake_domain::draft::{Draft, DraftState, RunOut, RunOutSource};
use krake_domain::id::{AccountId, DraftId, ProjectId, SessionId, WorkspaceId};
use krake_domain::limit::{LimitSeen, LimitSource, Span};
use krake_domain::session::{Message, MessageKind};
use krake_domain::time::Timestamp;
use krake_engine::handoff::{Answer, news, reset_time};
use krake_store::{SessionRow, Tag};
use krake_transcripts::reset_in_words;
use tokio::sync::broadcast::error::RecvError;
use uuid::Uuid;

use crate::accounts::AccountError;
use crate::accounts::limits::is_answer_after_refusal;
use crate::accounts::tool_logs::{account_of, at_a_limit, end_of_log};
use crate::actor::sleep_until;
use crate::briefing::{Briefed, Material, Wish, brief_of};
use crate::clock;
use crate::handle::Runtime;

/// Limits that were reached before are no news.
const RECENT: Duration = Duration::from_secs(24 * 3_600);
/// Tokens of a drafted briefing.
const BUDGET: u64 = 2_000;
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

    /// The same, with what there is to wait for.
    async fn look_for_limits(&self) -> Result<(usize, Waits), AccountError> {
        let now = clock::now();
        let store = self.store();
        let mut known = store.drafts_in_force().await?;
        self.place_known(&known).await?;
        let accounts = store.list_accounts(WorkspaceId::PERSONAL).await?;
        self.name_known(&mut known, &accounts).await?;
        let mut seen = Vec::new();
        for session in store.sessions_at_a_limit(back(now)).await? {
            seen.extend(self.ran_out_in(session, &accounts).await?);
        }
        seen.extend(self.refused(&accounts, now).await?);
        let answers = self.answers(&accounts, &known).await?;
        let news = news(seen, &known, &answers, now);
        store.drafts_are_over(news.over, now).await?;
        let mut drafted = 0;
        if !news.run_outs.is_empty() {
            // As they stand now: placed, named, and without those that are over.
            let mut known = store.drafts_in_force().await?;
            for run_out in news.run_outs {
                drafted += usize::from(self.draft(run_out, &mut known, now).await?);
            }
        }
        let waits = Waits {
            until: news.look_again,
            for_answers: !self.ran_out(now).await?.is_empty(),
        };
        Ok((drafted, waits))
    }

    /// Finds the account of drafts that know only the tool: it may be added after it ran out, and must
    /// not be proposed for its own work then.
    async fn name_known(
        &self,
        known: &mut [Draft],
        accounts: &[Account],
    ) -> Result<(), AccountError> {
        let store = self.store();
        for draft in known {
            let run_out = &mut draft.run_out;
            let (None, Some(session)) = (run_out.account, run_out.session) else {
                continue;
            };
            let row = store.find_session(session).await?;
            let Some((row, account)) = row
                .as_ref()
                .and_then(|row| Some((row, at_a_limit(row, accounts)?)))
            else {
                continue;
            };
            let looks = looks_at_the_end(row, run_out.at).await;
            store.keep_limits(account.id, looks).await?;
            let name = account.name.clone();
            if store.name_draft(draft.id, account.id, name).await? {
                run_out.account = Some(account.id);
                run_out.who.clone_from(&account.name);
            }
        }
        Ok(())
    }

    /// Signs that accounts work: checks that reached them, and sessions that got an answer after one
    /// of the drafted limits.
    async fn answers(
        &self,
        accounts: &[Account],
        known: &[Draft],
    ) -> Result<Vec<Answer>, AccountError> {
        let store = self.store();
        let mut answers: Vec<Answer> = accounts
            .iter()
            .filter_map(|account| Some((account.id, account.check.as_ref()?)))
            .filter(|(_, check)| check.outcome == CheckOutcome::Reached)
            .map(|(id, check)| Answer::Provider(id, check.at))
            .collect();
        answers.extend(self.answered_calls(known).await?);
        let of_logs = known
            .iter()
            .map(|draft| &draft.run_out)
            .filter(|run_out| run_out.source == RunOutSource::ToolLog && run_out.account.is_some());
        let Some(first) = of_logs.map(|run_out| run_out.at).min() else {
            return Ok(answers);
        };
        for (session, at) in store.sessions_that_answered(first).await? {
            let Some(row) = store.find_session(session).await? else {
                continue;
            };
            if let Some(account) = account_of(&row, accounts).await {
                answers.push(Answer::Session(account.id, at));
            }
        }
        Ok(answers)
    }

    /// Calls that were answered after their account had been refused.
    async fn answered_calls(&self, known: &[Draft]) -> Result<Vec<Answer>, AccountError> {
        let refused: Vec<AccountId> = known
            .iter()
            .filter(|draft| draft.run_out.source == RunOutSource::Refusal)
            .filter_map(|draft| draft.run_out.account)
            .collect();
        if refused.is_empty() {
            return Ok(Vec::new());
        }
        let newest = self.store().newest_limits().await?;
        let of = |account: AccountId| {
            let looks = newest.get(&account).into_iter().flatten();
            let answered = looks.filter(|look| is_answer_after_refusal(look));
            answered.map(move |look| Answer::Call(account, look.seen_at))
        };
        Ok(refused.into_iter().flat_map(of).collect())
    }

    /// What the end of a session tells about the account that worked in it.
    async fn ran_out_in(
        &self,
        id: SessionId,
        accounts: &[Account],
    ) -> Result<Option<RunOut>, AccountError> {
        let store = self.store();
        let (row, last) = (store.find_session(id).await?, store.last_message(id).await?);
        let (Some(row), Some((position, message))) = (row, last) else {
            return Ok(None);
        };
        // Also one that is over: that a person says the account works again unsays no message.
        let is_drafted = store.is_drafted(id, position).await?;
        let at = message.at.or(row.ended_at);
        let (Some(at), false, MessageKind::Limit) = (at, is_drafted, message.kind) else {
            return Ok(None);
        };
        let looks = looks_at_the_end(&row, at).await;
        let account = at_a_limit(&row, accounts);
        if let Some(account) = account {
            // What is kept already is no news: a commit of it would wake the next look for nothing.
            let known = store.list_limits(account.id).await?;
            let new = looks.iter().filter(|look| !known.contains(look));
            store
                .keep_limits(account.id, new.cloned().collect())
                .await?;
        }
        let told = looks.iter().filter_map(|look| look.resets_at).max();
        let told = told.or_else(|| reset_in_words(&message.text, at));
        let by_clock = match told {
            Some(_) => None,
            None => reset_time(&message.text, at, &clock::zone()),
        };
        let (resets_at, resets_zone) = match by_clock {
            Some(reset) => (Some(reset.at), reset.assumed),
            None => (told, None),
        };
        Ok(Some(RunOut {
            source: RunOutSource::ToolLog,
            session: Some(id),
            position: Some(position),
            account: account.map(|account| account.id),
            who: account.map_or_else(|| tool_name(&row.source), |account| account.name.clone()),
            said: said(&message),
            at,
            resets_at,
            resets_zone,
        }))
    }

    /// Accounts whose provider refuses calls: for a window that is longer than a minute, or for want
    /// of credit.
    async fn refused(
        &self,
        accounts: &[Account],
        now: Timestamp,
    ) -> Result<Vec<RunOut>, AccountError> {
        let limits = self.store().newest_limits().await?;
        let is_recent = |look: &&LimitSeen| look.seen_at >= back(now);
        let run_out = |account: &Account, source, at, said: String, resets_at| RunOut {
            source,
            session: None,
            position: None,
            account: Some(account.id),
            who: account.name.clone(),
            said,
            at,
            resets_at,
            resets_zone: None,
        };
        let mut found = Vec::new();
        for account in accounts {
            let looks = limits.get(&account.id).into_iter().flatten();
            let refusal = looks
                .filter(is_recent)
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

    /// Drafts a handoff, unless the session joins a draft of the same limit and work.
    async fn draft(
        &self,
        run_out: RunOut,
        known: &mut Vec<Draft>,
        now: Timestamp,
    ) -> Result<bool, AccountError> {
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
        let project = match (session, run_out.account) {
            (Some(id), _) => store.find_session(id).await?.and_then(|row| row.project),
            (None, Some(account)) => store.last_project_called(account, back(now)).await?,
            (None, None) => None,
        };
        let mut draft = Draft {
            id: DraftId::from_uuid(Uuid::now_v7()),
            workspace: WorkspaceId::PERSONAL,
            project,
            run_out,
            joined: Vec::new(),
            history_tokens: None,
            wanted: Vec::new(),
            briefing: None,
            trouble: None,
            state: DraftState::Open,
            reason: None,
            handoff: None,
            created_at: now,
            over_at: None,
        };
        if self.join(&draft, known).await? {
            return Ok(false);
        }
        self.brief_draft(&mut draft).await?;
        let added = store.add_draft(draft.clone()).await?;
        if added {
            known.push(draft);
        }
        Ok(added)
    }

    /// Writes the briefing of the project, else of the sessions that met the limit, or why there is
    /// none.
    pub(super) async fn brief_draft(&self, draft: &mut Draft) -> Result<(), AccountError> {
        let briefed = match (draft.project, draft.run_out.session) {
            (Some(project), _) => {
                self.briefed(Material::Project(project), draft.project, &draft.wanted)
                    .await?
            }
            (None, Some(_)) => {
                let sessions = draft.sessions().collect();
                self.briefed(Material::Sessions(sessions), None, &draft.wanted)
                    .await?
            }
            (None, None) => return Ok(()),
        };
        draft.trouble = briefed.as_ref().err().cloned();
        let briefed = briefed.ok();
        draft.history_tokens = briefed.as_ref().map(|briefed| briefed.history_tokens);
        draft.briefing = briefed.map(|briefed| briefed.briefing);
        Ok(())
    }

    /// The briefing of this material, or why there is none.
    async fn briefed(
        &self,
        material: Material,
        project: Option<ProjectId>,
        wanted: &[String],
    ) -> Result<Result<Briefed, String>, AccountError> {
        let store = self.store();
        let project = project.map(|id| id.to_string());
        let rules = store.compression_rules_for(project.as_deref()).await?;
        let wish = Wish {
            budget: BUDGET,
            goal: None,
            repair: true,
            wanted: wanted.to_vec(),
            form: Form::Markdown,
            attach: false,
        };
        let briefed = brief_of(store, material, wish, rules).await;
        Ok(briefed.map_err(|failure| failure.message))
    }
}

/// Looks again whenever a limit is seen, an account changes or a project gets its folder, for as
/// long as the process lives.
pub(crate) async fn follow(runtime: Runtime) {
    let mut commits = runtime.subscribe();
    let stopping = runtime.stopping();
    let mut looked = BTreeMap::new();
    loop {
        let mut waits = match runtime.look_for_limits().await {
            Ok((_, waits)) => waits,
            Err(error) => {
                tracing::warn!(%error, "an account that ran out could not be drafted");
                Waits::default()
            }
        };
        match runtime.brief_grown(&mut looked, clock::now()).await {
            Ok(again) => waits.until = waits.until.into_iter().chain(again).min(),
            Err(error) => tracing::warn!(%error, "a draft could not be briefed anew"),
        }
        loop {
            let commit = tokio::select! {
                () = stopping.cancelled() => return,
                () = sleep_until(waits.until), if waits.until.is_some() => break,
                commit = commits.recv() => commit,
            };
            match commit {
                Ok(commit) if commit.tags.iter().any(|tag| waits.may_tell(tag)) => break,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return,
            }
        }
    }
}

/// What there is to wait for between two looks.
#[derive(Default)]
struct Waits {
    /// When something that is too young now is old enough.
    until: Option<Timestamp>,
    /// Some account is out, and any session may show that it works again.
    for_answers: bool,
}

impl Waits {
    fn may_tell(&self, tag: &Tag) -> bool {
        match tag {
            Tag::Limit(_) | Tag::Accounts | Tag::Projects => true,
            Tag::Session(_) => self.for_answers,
            _ => false,
        }
    }
}

fn back(now: Timestamp) -> Timestamp {
    Timestamp(now.0 - i64::try_from(RECENT.as_millis()).unwrap_or(0))
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
    let is_beside = |seen: Timestamp| seen.since(at) <= BESIDE && at.since(seen) <= BESIDE;
    let looks = end_of_log(row).await.into_iter();
    looks
        .filter(|look| look.is_used_up(at) && is_beside(look.seen_at))
        .collect()
}
