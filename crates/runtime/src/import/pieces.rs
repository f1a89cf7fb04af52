//! Messages into the store, a piece at a time, so that a long session never lies in memory.

use std::collections::HashMap;

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_domain::id::{ProjectId, SessionId, WorkspaceId};
use krake_domain::session::{Message, Transcript, Usage};
use krake_domain::spending::Spending;
use krake_domain::time::Timestamp;
use krake_engine::accounts::Prices;
use krake_store::{Answer, ImportedSession, SealedSecret, Store, StoreError};

/// Messages in one transaction.
const PIECE: usize = 2_000;
/// Characters of text in one transaction.
const PIECE_BYTES: usize = 8 << 20;

/// What is known of a session beside its transcript.
#[derive(Debug, Clone)]
pub struct Facts {
    pub path: String,
    /// Stands in where the session has no id of its own.
    pub stand_in: String,
    /// Where its folder really lies.
    pub place: Option<String>,
    pub raw: BlobRef,
    pub project: Option<ProjectId>,
    pub account_id: Option<String>,
    pub session_type: String,
    pub redactions: std::collections::BTreeMap<String, u32>,
    /// Secrets of it that are to be kept, written with the first piece.
    pub secrets: Vec<SealedSecret>,
    /// Nothing that was done is later than this.
    pub latest: Timestamp,
}

/// How far a session is written.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// How often an id was met, by its hash: what is used twice is told apart.
    ids: HashMap<u64, u32>,
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
    ids: HashMap<u64, u32>,
    pub new_messages: u64,
    pub messages: u64,
    pub kept_secrets: u64,
}

impl<'s> Pieces<'s> {
    /// The session of this transcript; its messages are pushed.
    pub fn new(store: &'s Store, about: &Transcript, facts: Facts) -> Self {
        let session = ImportedSession {
            id: SessionId::from_uuid(uuid::Uuid::now_v7()),
            workspace: WorkspaceId::PERSONAL,
            native_id: about.native_id.clone().unwrap_or(facts.stand_in),
            source: about.format.clone(),
            path: facts.path,
            cwd: about.cwd.clone(),
            place: facts.place,
            title: about.title.clone(),
            started_at: None,
            ended_at: None,
            usage: about.usage,
            answers: None,
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
            ids: HashMap::new(),
            new_messages: 0,
            messages: 0,
            kept_secrets: 0,
        };
        pieces.note_times(&about.messages, facts.latest);
        pieces
    }

    /// The same session from where it was left.
    pub fn go_on(store: &'s Store, about: &Transcript, facts: Facts, progress: Progress) -> Self {
        let mut pieces = Self::new(store, about, facts);
        pieces.session.started_at = progress.started_at;
        pieces.session.ended_at = progress.ended_at;
        pieces.ids = progress.ids;
        pieces.messages = progress.messages;
        pieces
    }

    /// How far it is written, once nothing more is pushed.
    pub fn progress(self) -> Progress {
        Progress {
            ids: self.ids,
            messages: self.messages,
            started_at: self.session.started_at,
            ended_at: self.session.ended_at,
        }
    }

    /// Takes the moments of messages into the session's beginning and end. A clock that was wrong
    /// must not put a session before all others for years.
    pub fn note_times(&mut self, messages: &[Message], latest: Timestamp) {
        for at in messages.iter().filter_map(|message| message.at) {
            let at = at.min(latest);
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

    /// What its answers took, to be written with the next piece. An answer without a moment is counted
    /// where the session ends, and a session without any moment where it is read.
    pub fn note_answers(&mut self, about: &Transcript, latest: Timestamp) {
        let end = self.session.ended_at.unwrap_or(latest);
        let whole = Spending {
            model: about.model.clone(),
            usage: about.usage,
            ..Spending::default()
        };
        // Some formats tell only the sum of a session.
        let is_sum = about.spending.is_empty() && about.usage != Usage::default();
        let all = about
            .spending
            .iter()
            .cloned()
            .chain(is_sum.then_some(whole));
        let answers = all.map(|spending| Answer {
            at: spending.at.map_or(end, |at| at.min(latest)),
            above: match is_sum {
                true => 0,
                false => Prices::shipped().size_below(spending.usage.read()),
            },
            spending,
        });
        self.session.answers = Some(answers.collect());
    }

    /// The next message.
    ///
    /// # Errors
    /// The store cannot write.
    pub async fn push(&mut self, mut message: Message) -> Result<(), StoreError> {
        if let Some(native) = &mut message.native_id {
            let hash = Hash::of(native.as_bytes()).0;
            let key = u64::from_le_bytes(hash[..8].try_into().expect("eight bytes"));
            let met = self.ids.entry(key).or_insert(0);
            *met += 1;
            if *met > 1 {
                *native = format!("{native}#{met}");
            }
        }
        self.held_bytes += message.text.len();
        self.held.push(message);
        if self.held.len() >= PIECE || self.held_bytes >= PIECE_BYTES {
            self.write().await?;
        }
        Ok(())
    }

    /// Writes what is held, and the session also where it has no messages.
    ///
    /// # Errors
    /// The store cannot write.
    pub async fn write(&mut self) -> Result<SessionId, StoreError> {
        let first = self.messages;
        let messages = std::mem::take(&mut self.held);
        let secrets = std::mem::take(&mut self.session.secrets);
        self.held_bytes = 0;
        self.messages += messages.len() as u64;
        let piece = ImportedSession {
            messages,
            secrets,
            first,
            ..self.session.clone()
        };
        let imported = self.store.import_session(piece).await?;
        self.new_messages += u64::from(imported.new_messages);
        self.kept_secrets += u64::from(imported.kept_secrets);
        Ok(imported.session)
    }

    /// The session as it is written.
    pub fn session(&mut self) -> &mut ImportedSession {
        &mut self.session
    }
}
