//! Briefings beside plans: from stored sessions of a folder, or from what a caller gives.

mod project;
pub mod prose;

use std::collections::BTreeSet;

use krake_domain::briefing::{Briefing, Cited, Form, SourceKind};
use krake_domain::compression::CompressionRule;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::id::{ProjectId, SessionId};
use krake_domain::session::{Message, Transcript};
use krake_engine::context::{Fact, Request, SessionInput, brief_as, brief_wanted, tokens};
use krake_store::{SessionFilter, SessionRow, Store};
use krake_tools::define::{bad_input, blocking};
use serde_json::Value;

use crate::inner::brief::{in_order, transcripts};
use crate::inner::compress::{of_messages, of_text};
use crate::inner::form::MOST_BUDGET;
use crate::inner::from_store;
use project::of_project;

/// What to brief from.
#[derive(Debug, Clone)]
pub enum Material {
    /// The stored sessions of a project.
    Project(ProjectId),
    /// The stored sessions of this folder and below.
    Folder(String),
    /// These stored sessions.
    Sessions(Vec<SessionId>),
    /// A transcript in any known format, or a plain text.
    Text(String),
    /// Messages as `{role, content}`.
    Messages(Vec<Value>),
}

/// How it shall be.
#[derive(Debug, Clone)]
pub struct Wish {
    pub budget: u64,
    pub goal: Option<String>,
    /// Put back what scores as lost.
    pub repair: bool,
    /// Of what is lost after that, what a person wants in it, as it was told.
    pub wanted: Vec<String>,
    pub form: Form,
    /// With the instructions that lie as files in the project's folder. Not for whoever works in that
    /// folder, and reads them there.
    pub attach: bool,
}

/// A briefing, and the stored sessions that it cites, in the order of their labels.
#[derive(Debug, Clone, PartialEq)]
pub struct Briefed {
    pub briefing: Briefing,
    pub sessions: Vec<SessionRow>,
    /// Tokens of everything that was read for it, by the offline estimator.
    pub history_tokens: u64,
}

/// A briefing of the material under what the user always or never keeps, measured.
///
/// # Errors
/// There is nothing to brief, the material cannot be read, or the budget is out of range.
pub async fn brief_of(
    store: &Store,
    material: Material,
    wish: Wish,
    rules: Vec<CompressionRule>,
) -> Result<Briefed, Failure> {
    within(&wish)?;
    let (read, sessions) = load(store, material).await?;
    let (briefing, history_tokens) = blocking(move || {
        let briefing = brief_request(&read, &wish, &rules, |request| {
            if wish.repair {
                brief_wanted(request, wish.form, &wish.wanted)
            } else {
                brief_as(request, wish.form)
            }
        });
        Ok((briefing, history(&read)))
    })
    .await?;
    if briefing.items.is_empty() {
        return Err(nothing(&briefing));
    }
    Ok(Briefed {
        briefing: citing(briefing, &sessions),
        sessions,
        history_tokens,
    })
}

/// The same with an answer of a model that came earlier: each of its lines is held against its sources.
///
/// # Errors
/// As [`brief_of`].
pub async fn brief_with_answer(
    store: &Store,
    material: Material,
    wish: Wish,
    rules: Vec<CompressionRule>,
    answer: String,
) -> Result<Briefed, Failure> {
    within(&wish)?;
    let (read, sessions) = load(store, material).await?;
    let history_tokens = history(&read);
    let (briefing, _) = prose::accept(read, wish, rules, answer).await?;
    Ok(Briefed {
        briefing: citing(briefing, &sessions),
        sessions,
        history_tokens,
    })
}

/// The briefing with the sessions that its lines cite.
fn citing(mut briefing: Briefing, sessions: &[SessionRow]) -> Briefing {
    let sources = briefing.items.iter().flat_map(|item| &item.sources);
    let labels: BTreeSet<&str> = sources
        .filter(|source| source.kind == SourceKind::Message)
        .filter_map(|source| source.reference.split_once('#'))
        .map(|(label, _)| label)
        .collect();
    let cited = labelled(sessions)
        .filter(|(label, _)| labels.contains(label.as_str()))
        .map(|(label, row)| Cited {
            label,
            session: row.id,
        });
    briefing.cited = cited.collect();
    briefing
}

/// The sessions with the labels of their citations, as the engine gives them: none to a single one.
pub fn labelled(sessions: &[SessionRow]) -> impl Iterator<Item = (String, &SessionRow)> {
    let several = sessions.len() > 1;
    sessions.iter().enumerate().map(move |(place, row)| {
        let label = if several {
            format!("s{}", place + 1)
        } else {
            String::new()
        };
        (label, row)
    })
}

fn within(wish: &Wish) -> Result<(), Failure> {
    if wish.budget > MOST_BUDGET {
        let told = format!("`budget` is {}, at most {MOST_BUDGET}", wish.budget);
        return Err(bad_input(told));
    }
    Ok(())
}

fn nothing(briefing: &Briefing) -> Failure {
    let told = if briefing.coverage.candidates == 0 {
        "there is nothing to brief: no session with a message".to_owned()
    } else {
        format!("nothing fits into a budget of {} tokens", briefing.budget)
    };
    Failure::new(FailureClass::NotFound, told)
}

/// What a briefing is made of.
#[derive(Debug, Clone, Default)]
struct Read {
    sessions: Vec<Transcript>,
    /// What is known beside them.
    facts: Vec<Fact>,
}

impl From<Transcript> for Read {
    fn from(only: Transcript) -> Self {
        Self {
            sessions: vec![only],
            facts: Vec::new(),
        }
    }
}

async fn load(store: &Store, material: Material) -> Result<(Read, Vec<SessionRow>), Failure> {
    let mut facts = Vec::new();
    let mut rows = match material {
        Material::Text(text) => return Ok((of_text(&text)?.into(), Vec::new())),
        Material::Messages(messages) => return Ok((of_messages(messages)?.into(), Vec::new())),
        Material::Project(project) => {
            facts = of_project(store, project).await?;
            let filter = SessionFilter {
                project: Some(project),
                account_id: None,
                after: None,
                limit: u32::MAX,
            };
            let rows = store.page_sessions(&filter).await;
            rows.map_err(|error| from_store(&error))?
        }
        Material::Folder(folder) => {
            let rows = store.list_sessions(Some(&folder)).await;
            rows.map_err(|error| from_store(&error))?
        }
        Material::Sessions(ids) => {
            let rows = store.list_sessions(None).await;
            let mut rows = rows.map_err(|error| from_store(&error))?;
            if let Some(missing) = ids.iter().find(|id| rows.iter().all(|row| row.id != **id)) {
                let told = format!("there is no session {missing}");
                return Err(Failure::new(FailureClass::NotFound, told));
            }
            rows.retain(|row| ids.contains(&row.id));
            rows
        }
    };
    in_order(&mut rows);
    let read = transcripts(store, rows.clone()).await?;
    let (sessions, rows) = citable(read, rows);
    // Without a session there is nothing to hand over, whatever the project says of itself.
    if sessions.is_empty() {
        facts.clear();
    }
    Ok((Read { sessions, facts }, rows))
}

/// Those that a briefing can cite, so that its labels count what it counts: one without a message has
/// nothing to cite, and one that says the same as another counts once.
fn citable(read: Vec<Transcript>, rows: Vec<SessionRow>) -> (Vec<Transcript>, Vec<SessionRow>) {
    let mut kept: Vec<Transcript> = Vec::with_capacity(read.len());
    let mut cited = Vec::with_capacity(rows.len());
    for (transcript, row) in read.into_iter().zip(rows) {
        let messages = &transcript.messages;
        if !messages.is_empty() && kept.iter().all(|known| known.messages != *messages) {
            kept.push(transcript);
            cited.push(row);
        }
    }
    (kept, cited)
}

/// Tokens of the texts and calls of all messages: what would be read again without a briefing.
fn history(read: &Read) -> u64 {
    let messages = read
        .sessions
        .iter()
        .flat_map(|transcript| &transcript.messages);
    let of = |message: &Message| {
        let call = message.tool.as_ref().map_or(0, |tool| match &tool.input {
            Value::Null => 0,
            input => tokens(&input.to_string()),
        });
        tokens(&message.text).saturating_add(call)
    };
    messages.map(of).fold(0, u64::saturating_add)
}

/// What the engine is asked, for as long as it is asked.
fn brief_request<T>(
    read: &Read,
    wish: &Wish,
    rules: &[CompressionRule],
    ask: impl FnOnce(&Request<'_>) -> T,
) -> T {
    let sessions: Vec<SessionInput<'_>> = read
        .sessions
        .iter()
        .map(|transcript| SessionInput {
            label: "",
            transcript,
        })
        .collect();
    let is_meant = |fact: &&Fact| wish.attach || !matches!(fact, Fact::Instructions { .. });
    let facts: Vec<Fact> = read.facts.iter().filter(is_meant).cloned().collect();
    ask(&Request {
        sessions: &sessions,
        facts: &facts,
        budget: wish.budget,
        goal: wish.goal.as_deref().filter(|goal| !goal.trim().is_empty()),
        rules,
    })
}
