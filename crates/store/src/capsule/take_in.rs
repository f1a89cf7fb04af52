//! An import: all that is new comes in within one transaction, and what it brought is written down.

use std::collections::{BTreeSet, HashMap};

use krake_domain::id::{ImportId, SessionId, WorkspaceId};
use krake_domain::session::Message;
use serde_json::Value;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::mpsc;

use super::answers::{self, AnswerLine};
use super::imports::CapsuleImport;
use super::judge::{Judge, Judgement, Ruling};
use super::rows::{insert, set_row};
use super::{Clean, Lines, Noun, digest};
use crate::commit::Tag;
use crate::error::StoreError;
use crate::messages;
use crate::store::Store;
use crate::transaction::Transaction;
use crate::{usage, words};

/// Messages that go in with one statement each for rows and index.
const MESSAGES: usize = 256;
/// Or so much text, if that is less.
const TEXT: usize = 4 << 20;

/// A line that comes in, checked and without secrets.
#[derive(Debug, Clone)]
pub struct Arriving {
    pub noun: &'static Noun,
    pub line: Value,
    /// Its messages or events, where it can have some.
    pub below: Option<Lines>,
    /// The first so many of them, for as many as are here of a session of its id or name, and the very
    /// first one.
    pub prefixes: Vec<Lines>,
}

/// One thing on its way in: lines in the order of [`super::NOUNS`], then messages session by session,
/// then their answers, then events execution by execution, then the end.
#[derive(Debug)]
pub enum Piece {
    Line(Box<Arriving>),
    Message {
        session: String,
        position: u64,
        key: String,
        message: Box<Message>,
    },
    Answer {
        session: String,
        answer: AnswerLine,
    },
    Event {
        execution: String,
        seq: i64,
        at: i64,
        event: Value,
    },
    End,
}

impl Store {
    /// What an import would do; nothing is changed.
    ///
    /// # Errors
    /// The database cannot be read, or the source broke off.
    pub async fn judge_capsule(
        &self,
        mut pieces: mpsc::Receiver<Result<Piece, String>>,
        clean: Clean,
    ) -> Result<Judgement, StoreError> {
        let mut judge = Judge::new(clean, self.blobs().clone());
        let mut connection = self.readers().acquire().await?;
        let mut knowledge = Vec::new();
        while let Some(piece) = next(&mut pieces).await? {
            match piece {
                Piece::Line(arriving) if arriving.noun.name == "knowledge" => {
                    knowledge.push(*arriving);
                }
                Piece::Line(arriving) => {
                    judge.judge(&mut connection, &arriving).await?;
                }
                Piece::Message { .. } | Piece::Answer { .. } | Piece::Event { .. } | Piece::End => {
                }
            }
        }
        judge.judge_linked(&mut connection, &knowledge).await?;
        Ok(judge.judgement)
    }

    /// Takes a capsule in. All of it or, on any error, nothing.
    ///
    /// # Errors
    /// The database cannot be written, or the source broke off.
    pub async fn take_in(
        &self,
        import: CapsuleImport,
        mut pieces: mpsc::Receiver<Result<Piece, String>>,
        clean: Clean,
    ) -> Result<Judgement, StoreError> {
        let judge = Judge::new(clean, self.blobs().clone());
        self.write(move |transaction| {
            Box::pin(async move {
                let mut taking = TakingIn {
                    import: import.id,
                    at: import.imported_at.0,
                    judge,
                    place: 0,
                    sessions: HashMap::new(),
                    kept: HashMap::new(),
                    counted: BTreeSet::new(),
                    executions: HashMap::new(),
                    knowledge: Vec::new(),
                    coming: None,
                };
                let connection = &mut transaction.connection;
                sqlx::query("pragma defer_foreign_keys = on")
                    .execute(&mut *connection)
                    .await?;
                import.insert(connection).await?;
                while let Some(piece) = next(&mut pieces).await? {
                    taking.take(connection, piece).await?;
                }
                taking.take_knowledge(connection).await?;
                taking.finish_session(connection).await?;
                for session in &taking.counted {
                    usage::sum_up(connection, &session.to_string()).await?;
                }
                sqlx::query("update capsule_imports set brought = $2 where id = $1")
                    .bind(import.id.to_string())
                    .bind(taking.place)
                    .execute(connection)
                    .await?;
                changed_much(transaction);
                Ok(taking.judge.judgement)
            })
        })
        .await
    }
}

/// Everything that a capsule can hold may be another after this.
pub(super) fn changed_much(transaction: &mut Transaction) {
    for tag in [
        Tag::Capsules,
        Tag::Projects,
        Tag::Sessions,
        Tag::Knowledge,
        Tag::Accounts,
        Tag::Budgets,
        Tag::Snapshots,
        Tag::CompressionRules,
        Tag::Handoffs,
        Tag::Threads,
    ] {
        transaction.changed(tag);
    }
}

/// The next piece; nothing after the last one. A source that ends without saying so broke off.
async fn next(
    pieces: &mut mpsc::Receiver<Result<Piece, String>>,
) -> Result<Option<Piece>, StoreError> {
    match pieces.recv().await {
        Some(Ok(Piece::End)) => Ok(None),
        Some(Ok(piece)) => Ok(Some(piece)),
        Some(Err(why)) => Err(StoreError::Io(why)),
        None => Err(StoreError::Io("the capsule broke off".to_owned())),
    }
}

struct TakingIn {
    import: ImportId,
    at: i64,
    judge: Judge,
    place: i64,
    /// Sessions and executions that come in, by their ids in the capsule.
    sessions: HashMap<String, SessionId>,
    /// How many messages of them are here already.
    kept: HashMap<String, u64>,
    /// Those that answers came with.
    counted: BTreeSet<SessionId>,
    executions: HashMap<String, String>,
    /// Entries that refer to each other are judged together.
    knowledge: Vec<Arriving>,
    coming: Option<Coming>,
}

/// Messages of one session that wait to go in.
struct Coming {
    of: String,
    session: SessionId,
    /// So many more are here already.
    kept: u64,
    before: Option<Message>,
    waiting: Vec<(u64, String, Message)>,
    bytes: usize,
}

impl TakingIn {
    async fn take(
        &mut self,
        connection: &mut SqliteConnection,
        piece: Piece,
    ) -> Result<(), StoreError> {
        match piece {
            Piece::Line(arriving) if arriving.noun.name == "knowledge" => {
                self.knowledge.push(*arriving);
                Ok(())
            }
            Piece::Line(arriving) => {
                self.take_knowledge(connection).await?;
                let ruling = self.judge.judge(connection, &arriving).await?;
                self.take_line(connection, &arriving, ruling).await
            }
            Piece::Message {
                session,
                position,
                key,
                message,
            } => {
                self.take_message(connection, &session, position, key, *message)
                    .await
            }
            Piece::Answer { session, answer } => {
                let Some(id) = self.sessions.get(&session) else {
                    return Ok(());
                };
                self.counted.insert(*id);
                answers::bring(connection, self.import, *id, &answer).await
            }
            Piece::Event {
                execution,
                seq,
                at,
                event,
            } => {
                let Some(id) = self.executions.get(&execution) else {
                    return Ok(());
                };
                sqlx::query(
                    "insert into archived_events (execution_id, seq, workspace_id, at, event)
                     values ($1, $2, $3, $4, $5)",
                )
                .bind(id.clone())
                .bind(seq)
                .bind(WorkspaceId::PERSONAL.to_string())
                .bind(at)
                .bind(event.to_string())
                .execute(connection)
                .await?;
                Ok(())
            }
            Piece::End => Ok(()),
        }
    }

    async fn take_knowledge(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<(), StoreError> {
        let knowledge = std::mem::take(&mut self.knowledge);
        let rulings = self.judge.judge_linked(connection, &knowledge).await?;
        for (arriving, ruling) in knowledge.iter().zip(rulings) {
            self.take_line(connection, arriving, ruling).await?;
        }
        Ok(())
    }

    async fn take_line(
        &mut self,
        connection: &mut SqliteConnection,
        arriving: &Arriving,
        ruling: Ruling,
    ) -> Result<(), StoreError> {
        let noun = arriving.noun;
        if !ruling.verdict.brings() {
            return Ok(());
        }
        match &ruling.grown {
            Some(_) => set_row(connection, noun, &ruling.key, &ruling.line).await?,
            None => insert(connection, noun, &ruling.line, self.at).await?,
        }
        let incoming = arriving.line["id"].as_str().unwrap_or_default().to_owned();
        match noun.name {
            "sessions" => {
                if let Some(grown) = &ruling.grown {
                    self.kept.insert(incoming.clone(), grown.kept);
                }
                self.sessions.insert(incoming, words::parse(&ruling.key)?);
            }
            "executions" => {
                self.executions.insert(incoming, ruling.key.clone());
            }
            _ => {}
        }
        // An undo compares with the row as it would go out.
        let mut brought = ruling.line;
        self.judge.clean(&mut brought);
        sqlx::query(
            "insert into capsule_items (import_id, place, workspace_id, noun, id, incoming, digest,
             before, kept) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(self.import.to_string())
        .bind(self.place)
        .bind(WorkspaceId::PERSONAL.to_string())
        .bind(noun.name)
        .bind(ruling.key)
        .bind(digest(&arriving.line, arriving.below).to_string())
        .bind(digest(&brought, arriving.below).to_string())
        .bind(ruling.grown.as_ref().map(|grown| grown.before.to_string()))
        .bind(ruling.grown.as_ref().map(|grown| words::number(grown.kept)))
        .execute(connection)
        .await?;
        self.place += 1;
        Ok(())
    }

    async fn take_message(
        &mut self,
        connection: &mut SqliteConnection,
        of: &str,
        position: u64,
        key: String,
        message: Message,
    ) -> Result<(), StoreError> {
        if self.coming.as_ref().is_none_or(|coming| coming.of != of) {
            self.finish_session(connection).await?;
            self.coming = self.sessions.get(of).map(|session| Coming {
                of: of.to_owned(),
                session: *session,
                kept: self.kept.get(of).copied().unwrap_or(0),
                before: None,
                waiting: Vec::new(),
                bytes: 0,
            });
        }
        let Some(coming) = &mut self.coming else {
            return Ok(());
        };
        if coming.kept > 0 {
            coming.kept -= 1;
            coming.before = Some(message);
            return Ok(());
        }
        // The one after the last that goes in now is known, so its words count as a neighbour's.
        if coming.waiting.len() >= MESSAGES || coming.bytes >= TEXT {
            coming.bring(connection, Some(&message)).await?;
        }
        coming.bytes += message.text.len();
        coming.waiting.push((position, key, message));
        Ok(())
    }

    async fn finish_session(
        &mut self,
        connection: &mut SqliteConnection,
    ) -> Result<(), StoreError> {
        match self.coming.take() {
            Some(mut coming) => coming.bring(connection, None).await,
            None => Ok(()),
        }
    }
}

impl Coming {
    async fn bring(
        &mut self,
        connection: &mut SqliteConnection,
        after: Option<&Message>,
    ) -> Result<(), StoreError> {
        let waiting = std::mem::take(&mut self.waiting);
        self.bytes = 0;
        messages::bring(
            connection,
            self.session,
            WorkspaceId::PERSONAL,
            self.before.as_ref(),
            &waiting,
            after,
        )
        .await?;
        self.before = waiting.into_iter().next_back().map(|(_, _, last)| last);
        Ok(())
    }
}
