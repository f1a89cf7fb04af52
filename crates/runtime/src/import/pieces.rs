//! Messages into the store, a piece at a time, so that a long session never lies in memory.

use std::collections::BTreeMap;

use krake_domain::blob::BlobRef;
use krake_domain::id::{ProjectId, SessionId, WorkspaceId};
use krake_domain::session::{Message, Transcript};
use krake_domain::spending::Spending;
use krake_domain::time::Timestamp;
use krake_store::{ImportedSession, SealedSecret, Store, StoreError};

use super::answers::Answers;
use super::met::Met;
use super::present::Present;

/// Messages in one transaction.
const PIECE: usize = 2_000;
/// Characters of text in one transaction.
const PIECE_BYTES: usize = 8 << 20;

/// What is known of a session beside its transcript.
#[derive(Debug, Clone)]
pub struct Facts {
    /// Of the session, where nobody has seen it.
    pub id: SessionId,
    pub path: String,
    /// Stands in where the session has no id of its own.
    pub stand_in: String,
    /// Where its folder really lies.
    pub place: Option<String>,
    pub raw: BlobRef,
    pub project: Option<ProjectId>,
    pub account_id: Option<String>,
    pub session_type: String,
    pub redactions: BTreeMap<String, u32>,
    /// Secrets of it that are to be kept, written with the first piece.
    pub secrets: Vec<SealedSecret>,
    pub present: Present,
}

/// How far a session is written.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    ids: Met,
    answers: Answers,
    pub messages: u64,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

/// Writes the messages of one session in their order.
pub struct Pieces<'s> {
    store: &'s Store,
    session: ImportedSession,
    held: Vec<Message>,
    held_bytes: usize,
    answers: Answers,
    ids: Met,
    pub new_messages: u64,
    pub messages: u64,
    pub kept_secrets: u64,
    present: Present,
    /// The project that it is in, once a piece is written.
    pub is_in: Option<ProjectId>,
}

impl<'s> Pieces<'s> {
    /// The session of this transcript; its messages are pushed.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn begin(
        store: &'s Store,
        about: &Transcript,
        facts: Facts,
    ) -> Result<Self, StoreError> {
        let workspace = WorkspaceId::PERSONAL;
        let native_id = about.native_id.clone().unwrap_or(facts.stand_in);
        let known = store.session_known_as(workspace, &about.format, &native_id);
        let (id, present) = match known.await? {
            Some(id) => (id, facts.present.of(id)),
            None => (facts.id, facts.present.of_new(facts.id)),
        };
        let session = ImportedSession {
            id,
            workspace,
            native_id,
            source: about.format.clone(),
            path: facts.path,
            cwd: about.cwd.clone(),
            place: facts.place,
            title: about.title.clone(),
            started_at: None,
            ended_at: None,
            usage: about.usage,
            answers: Vec::new(),
            is_whole: false,
            raw: facts.raw,
            broken_lines: about.broken_lines,
            messages: Vec::new(),
            first: 0,
            project: facts.project,
            account_id: facts.account_id,
            session_type: facts.session_type,
            git_branch: about.git_branch.clone(),
            git_commit: about.git_commit.clone(),
            model: about.model.clone(),
            forked_from: about.forked_from.clone(),
            redactions: facts.redactions,
            secrets: facts.secrets,
        };
        let mut pieces = Self {
            store,
            session,
            held: Vec::new(),
            held_bytes: 0,
            answers: Answers::default(),
            ids: Met::of(&about.format),
            new_messages: 0,
            messages: 0,
            kept_secrets: 0,
            present,
            is_in: None,
        };
        pieces.note_times(&about.messages);
        Ok(pieces)
    }

    /// The same session from where it was left.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn go_on(
        store: &'s Store,
        about: &Transcript,
        facts: Facts,
        progress: Progress,
    ) -> Result<Self, StoreError> {
        let mut pieces = Self::begin(store, about, facts).await?;
        pieces.session.started_at = progress.started_at;
        pieces.session.ended_at = progress.ended_at;
        pieces.ids = progress.ids;
        pieces.answers = progress.answers;
        pieces.messages = progress.messages;
        Ok(pieces)
    }

    /// How far it is written, once nothing more is pushed.
    pub fn progress(self) -> Progress {
        Progress {
            ids: self.ids,
            answers: self.answers,
            messages: self.messages,
            started_at: self.session.started_at,
            ended_at: self.session.ended_at,
        }
    }

    /// Takes the moments of messages into the session's beginning and end.
    pub fn note_times(&mut self, messages: &[Message]) {
        for at in messages.iter().filter_map(|message| message.at) {
            let at = self.present.count(at);
            let (start, end) = (&mut self.session.started_at, &mut self.session.ended_at);
            *start = Some(start.map_or(at, |start| start.min(at)));
            *end = Some(end.map_or(at, |end| end.max(at)));
        }
    }

    /// The title that the first request gives, where the transcript has none.
    pub fn note_title(&mut self, title: Option<String>) {
        if self.session.title.is_none() {
            self.session.title = title;
        }
    }

    /// What answers took, each as a whole: the last word on one holds. An answer without a moment is
    /// counted where the session ends, and a session without any moment where it was first seen.
    ///
    /// # Errors
    /// The store cannot write.
    pub async fn note_answers(&mut self, spending: Vec<Spending>) -> Result<(), StoreError> {
        let end = self.its_end();
        self.answers.note(spending, end, self.present);
        self.write_if_full().await
    }

    /// The next message.
    ///
    /// # Errors
    /// The store cannot write.
    pub async fn push(&mut self, mut message: Message) -> Result<(), StoreError> {
        if let Some(native) = &mut message.native_id
            && let Some(times) = self.ids.again(native)
        {
            *native = format!("{native}#{times}");
        }
        self.held_bytes += message.text.len();
        self.held.push(message);
        self.write_if_full().await
    }

    async fn write_if_full(&mut self) -> Result<(), StoreError> {
        let is_full = self.held.len() >= PIECE
            || self.answers.len() >= PIECE
            || self.held_bytes >= PIECE_BYTES;
        if is_full {
            self.write().await?;
        }
        Ok(())
    }

    /// Writes the last piece, also where the session has no messages; with it all is there.
    ///
    /// # Errors
    /// The store cannot write.
    pub async fn end(&mut self, about: &Transcript) -> Result<SessionId, StoreError> {
        let end = self.its_end();
        self.session.answers = self.answers.rest(about, end);
        self.session.is_whole = true;
        self.write().await
    }

    fn its_end(&self) -> Timestamp {
        self.session.ended_at.unwrap_or(self.present.first_seen)
    }

    async fn write(&mut self) -> Result<SessionId, StoreError> {
        let first = self.messages;
        let messages = std::mem::take(&mut self.held);
        let secrets = std::mem::take(&mut self.session.secrets);
        let mut answers = std::mem::take(&mut self.session.answers);
        answers.extend(self.answers.take());
        self.held_bytes = 0;
        self.messages += messages.len() as u64;
        let piece = ImportedSession {
            messages,
            answers,
            secrets,
            first,
            ..self.session.clone()
        };
        let imported = self.store.import_session(piece).await?;
        self.new_messages += u64::from(imported.new_messages);
        self.kept_secrets += u64::from(imported.kept_secrets);
        self.is_in = imported.project;
        Ok(imported.session)
    }

    /// The session as it is written.
    pub fn session(&mut self) -> &mut ImportedSession {
        &mut self.session
    }
}
