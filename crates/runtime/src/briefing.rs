//! Briefings beside plans: from stored sessions of a folder, or from what a caller gives.

pub mod prose;

use std::collections::BTreeSet;

use krake_domain::briefing::{Briefing, Cited, Form, SourceKind};
use krake_domain::compression::CompressionRule;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::id::{ProjectId, SessionId};
use krake_domain::session::{Message, Transcript};
use krake_engine::context::{Request, SessionInput, brief_as, brief_wanted, tokens};
use krake_store::{SessionFilter, SessionRow, Store};
use krake_tools::define::{bad_input, blocking};
use serde_json::Value;

use crate::inner::brief::{in_order, transcripts};
use crate::inner::compress::{of_messages, of_text};
use crate::inner::form::MOST_BUDGET;
use crate::inner::from_store;

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

async fn load(
    store: &Store,
    material: Material,
) -> Result<(Vec<Transcript>, Vec<SessionRow>), Failure> {
    let mut rows = match material {
        Material::Text(text) => return Ok((vec![of_text(&text)?], Vec::new())),
        Material::Messages(messages) => return Ok((vec![of_messages(messages)?], Vec::new())),
        Material::Project(project) => {
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
    Ok(distinct(read, rows))
}

/// Without sessions that nothing was said in and those that are there twice: the engine gives labels to
/// the others, and a label must mean the same session to both.
fn distinct(read: Vec<Transcript>, rows: Vec<SessionRow>) -> (Vec<Transcript>, Vec<SessionRow>) {
    let mut kept: (Vec<Transcript>, Vec<SessionRow>) = Default::default();
    for (transcript, row) in read.into_iter().zip(rows) {
        let is_known = |known: &Transcript| known.messages == transcript.messages;
        if !transcript.messages.is_empty() && !kept.0.iter().any(is_known) {
            kept.0.push(transcript);
            kept.1.push(row);
        }
    }
    kept
}

/// Tokens of the texts and calls of all messages: what would be read again without a briefing.
fn history(read: &[Transcript]) -> u64 {
    let messages = read.iter().flat_map(|transcript| &transcript.messages);
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
    read: &[Transcript],
    wish: &Wish,
    rules: &[CompressionRule],
    ask: impl FnOnce(&Request<'_>) -> T,
) -> T {
    let sessions: Vec<SessionInput<'_>> = read
        .iter()
        .map(|transcript| SessionInput {
            label: "",
            transcript,
        })
        .collect();
    ask(&Request {
        sessions: &sessions,
        facts: &[],
        budget: wish.budget,
        goal: wish.goal.as_deref().filter(|goal| !goal.trim().is_empty()),
        rules,
    })
}
