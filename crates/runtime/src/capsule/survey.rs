//! A capsule read once from end to end, before anything of it is kept: every digest, every line, every
//! reference. What is remembered is small: hashes by id.

use std::collections::{BTreeSet, HashMap, HashSet};

use krake_domain::event::Event;
use krake_domain::hash::Hash;
use krake_domain::session::Message;
use krake_engine::accounts::Rule;
use krake_store::{AnswerLine, Arriving, Below, Lines, NOUNS, Noun, Piece, SessionLength};
use serde_json::Value;

use super::CapsuleError;
use super::clean::Sieve;
use super::export::{ANSWERS, EVENTS, MESSAGES};
use super::open::Capsule;
use super::playbooks;

/// What is known of a capsule that is sound.
#[derive(Default)]
pub struct Survey {
    /// The hash over its messages or events, by the id of a session or an execution.
    below: HashMap<String, Below>,
    /// Of a session also the hash over its first so many messages, for as many as are here.
    prefixes: HashMap<String, Vec<Lines>>,
    /// Stretches that lost a secret on the way in, by their old hashes.
    renamed: HashMap<String, (Hash, usize)>,
    /// Lengths of stretches by their hashes in the capsule.
    raw: HashMap<String, u64>,
    ids: HashMap<&'static str, HashSet<String>>,
    pub playbooks: Vec<(String, String)>,
}

fn refused(why: impl Into<String>) -> CapsuleError {
    CapsuleError::Refused(why.into())
}

/// The sessions that are here, by what they are known by elsewhere.
#[derive(Default)]
pub struct Here(HashMap<String, Vec<u64>>);

impl Here {
    pub fn new(lengths: Vec<SessionLength>) -> Self {
        let mut here: HashMap<String, Vec<u64>> = HashMap::new();
        for one in lengths {
            let name = Self::name(&one.source, &one.native_id);
            for known_by in [one.id, name] {
                here.entry(known_by).or_default().push(one.messages);
            }
        }
        Self(here)
    }

    fn name(source: &str, native_id: &str) -> String {
        format!("{source} {native_id}")
    }

    /// Counts of messages at which a session of this line may be what is here.
    fn lengths_of(&self, line: &Value) -> BTreeSet<u64> {
        let text = |field: &str| line[field].as_str().unwrap_or_default();
        let name = Self::name(text("source"), text("native_id"));
        [text("id"), name.as_str()]
            .iter()
            .filter_map(|known_by| self.0.get(*known_by))
            .flatten()
            .copied()
            // Sessions that are one no more still begin alike.
            .chain([1])
            .collect()
    }
}

/// Reads all of it. Blocks.
///
/// # Errors
/// [`CapsuleError::Refused`] names the entry, the line and what is wrong.
pub fn survey(capsule: &mut Capsule, here: &Here) -> Result<Survey, CapsuleError> {
    let mut survey = Survey::default();
    let mut wanted = HashMap::new();
    for name in capsule.names("raw/") {
        let bytes = capsule.whole(&name)?;
        let hash = name.trim_start_matches("raw/").to_owned();
        if Hash::of(&bytes).to_string() != hash {
            return Err(refused(format!(
                "the entry {name} is not what its name says"
            )));
        }
        let clean = Sieve::default().bytes(&bytes).into_owned();
        if clean != bytes {
            let now = (Hash::of(&clean), clean.len());
            survey.renamed.insert(hash.clone(), now);
        }
        survey.raw.insert(hash, bytes.len() as u64);
    }
    for noun in NOUNS {
        let mut last: Option<String> = None;
        let mut open = Vec::new();
        lines_of(capsule, noun, &mut |line| {
            let line = noun.read(line).map_err(refused)?;
            survey.check(noun, &line)?;
            let id = match noun.name {
                "files" => line["path"].as_str(),
                _ => line["id"].as_str(),
            };
            let Some(id) = id.map(str::to_owned) else {
                return Ok(());
            };
            if last.as_ref().is_some_and(|last| *last >= id) {
                return Err(refused("its id is there twice, or out of order"));
            }
            if noun.name == "sessions" {
                wanted.insert(id.clone(), here.lengths_of(&line));
            }
            open.extend(line["superseded_by"].as_str().map(str::to_owned));
            survey.ids.entry(noun.name).or_default().insert(id.clone());
            last = Some(id);
            Ok(())
        })?;
        if let Some(id) = open.into_iter().find(|id| !survey.has("knowledge", id)) {
            return Err(refused(format!(
                "an entry of the knowledge base was superseded by {id}, which is not in the capsule"
            )));
        }
    }
    survey.read_messages(capsule, &wanted)?;
    survey.read_answers(capsule)?;
    survey.read_events(capsule)?;
    for name in capsule.names("playbooks/") {
        let bytes = capsule.whole(&name)?;
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| text.len() as u64 <= playbooks::MOST_BYTES)
            .ok_or_else(|| refused(format!("the entry {name} is no text of at most 8 MiB")))?;
        let text = Sieve::default().text(&text).into_owned();
        let file = name.trim_start_matches("playbooks/").to_owned();
        survey.playbooks.push((file, text));
    }
    for name in capsule.names("reader/") {
        capsule.skim(&name)?;
    }
    Ok(survey)
}

fn lines_of(
    capsule: &mut Capsule,
    noun: &'static Noun,
    take: &mut dyn FnMut(Value) -> Result<(), CapsuleError>,
) -> Result<(), CapsuleError> {
    let name = format!("data/{}.jsonl", noun.name);
    match capsule.has_place_for(&name)? {
        true => capsule.lines(&name, take),
        false => Ok(()),
    }
}

impl Survey {
    fn has(&self, noun: &str, id: &str) -> bool {
        self.ids.get(noun).is_some_and(|ids| ids.contains(id))
    }

    /// What a line refers to must be in the capsule; what only this crate can read must be readable.
    fn check(&self, noun: &Noun, line: &Value) -> Result<(), CapsuleError> {
        let refers = |field: &str, other: &str| match line[field].as_str() {
            Some(id) if !self.has(other, id) => Err(refused(format!(
                "`{field}` names {id}, which is not in the capsule"
            ))),
            _ => Ok(()),
        };
        match noun.name {
            "files" => {
                let mut at = 0;
                for part in line["parts"].as_array().into_iter().flatten() {
                    let hash = part["kept_hash"].as_str().unwrap_or_default();
                    if self.raw.get(hash).copied() != part["kept_bytes"].as_u64() {
                        return Err(refused(format!("its stretch {hash} is not in the capsule")));
                    }
                    let is_sound = ["start", "bytes", "kept_bytes"]
                        .iter()
                        .all(|name| part[*name].as_i64().is_some());
                    if !is_sound || part["start"].as_u64() < Some(at) {
                        return Err(refused("its stretches lie over each other"));
                    }
                    at = part["start"]
                        .as_u64()
                        .unwrap_or(0)
                        .saturating_add(part["bytes"].as_u64().unwrap_or(0));
                }
                Ok(())
            }
            "sessions" => refers("project_id", "projects"),
            "handoffs" => refers("snapshot_id", "snapshots"),
            "drafts" => {
                refers("project_id", "projects")?;
                refers("session_id", "sessions")
            }
            "routing" => serde_json::from_value::<Rule>(line["rule"].clone())
                .map(|_| ())
                .map_err(|error| refused(error.to_string())),
            _ => Ok(()),
        }
    }

    fn read_messages(
        &mut self,
        capsule: &mut Capsule,
        wanted: &HashMap<String, BTreeSet<u64>>,
    ) -> Result<(), CapsuleError> {
        let mut last: Option<(String, u64, String)> = None;
        let (ids, below, prefixes) = (&self.ids, &mut self.below, &mut self.prefixes);
        capsule.lines(MESSAGES, |line| {
            let (session, line) = message_of(line)?;
            if !ids
                .get("sessions")
                .is_some_and(|ids| ids.contains(&session))
            {
                return Err(refused(format!(
                    "the session {session} is not in the capsule"
                )));
            }
            let key = line["key"].as_str().unwrap_or_default().to_owned();
            let place = (session.clone(), line["position"].as_u64().unwrap_or(0), key);
            if last.as_ref().is_some_and(|last| *last >= place) {
                return Err(refused("it is there twice, or out of order"));
            }
            last = Some(place);
            let so_far = below.entry(session.clone()).or_default();
            so_far.add(&line);
            if wanted
                .get(&session)
                .is_some_and(|lengths| lengths.contains(&so_far.count()))
            {
                prefixes.entry(session).or_default().push(so_far.lines());
            }
            Ok(())
        })
    }

    fn read_answers(&self, capsule: &mut Capsule) -> Result<(), CapsuleError> {
        if !capsule.has_place_for(ANSWERS)? {
            return Ok(());
        }
        let mut last: Option<(String, String)> = None;
        capsule.lines(ANSWERS, |line| {
            let (session, answer) = answer_of(line)?;
            if !self.has("sessions", &session) {
                return Err(refused(format!(
                    "the session {session} is not in the capsule"
                )));
            }
            let place = (session, answer.id().to_owned());
            if last.as_ref().is_some_and(|last| *last >= place) {
                return Err(refused("it is there twice, or out of order"));
            }
            last = Some(place);
            Ok(())
        })
    }

    fn read_events(&mut self, capsule: &mut Capsule) -> Result<(), CapsuleError> {
        let mut last: Option<(String, i64)> = None;
        let (ids, below) = (&self.ids, &mut self.below);
        capsule.lines(EVENTS, |line| {
            let (execution, line) = event_of(line)?;
            if !ids
                .get("executions")
                .is_some_and(|ids| ids.contains(&execution))
            {
                return Err(refused(format!(
                    "the execution {execution} is not in the capsule"
                )));
            }
            let place = (execution.clone(), line["seq"].as_i64().unwrap_or(0));
            if last.as_ref().is_some_and(|last| *last >= place) {
                return Err(refused("it is there twice, or out of order"));
            }
            last = Some(place);
            below.entry(execution).or_default().add(&line);
            Ok(())
        })
    }

    /// The bytes of a stretch as they are kept.
    pub fn kept(&self, hash: &str, bytes: Vec<u8>) -> Vec<u8> {
        if self.renamed.contains_key(hash) {
            Sieve::default().bytes(&bytes).into_owned()
        } else {
            bytes
        }
    }

    /// Gives every line in its order, until nobody takes them.
    ///
    /// # Errors
    /// The file has changed since it was surveyed.
    pub fn give(
        &self,
        capsule: &mut Capsule,
        with_below: bool,
        take: &mut dyn FnMut(Piece) -> bool,
    ) -> Result<(), CapsuleError> {
        for noun in NOUNS {
            lines_of(capsule, noun, &mut |line| {
                let mut line = noun.read(line).map_err(refused)?;
                Sieve::default().value(&mut line);
                self.rename_parts(noun, &mut line);
                let has_below = matches!(noun.name, "sessions" | "executions");
                let id = line["id"].as_str().unwrap_or_default();
                let below =
                    has_below.then(|| self.below.get(id).cloned().unwrap_or_default().lines());
                let prefixes = self.prefixes.get(id).cloned().unwrap_or_default();
                let arriving = Arriving {
                    noun,
                    line,
                    below,
                    prefixes,
                };
                taken(take(Piece::Line(Box::new(arriving))))
            })?;
        }
        if with_below {
            capsule.lines(MESSAGES, |line| {
                let (session, line) = message_of(line)?;
                let message: Message = serde_json::from_value(line["message"].clone())
                    .map_err(|error| refused(error.to_string()))?;
                taken(take(Piece::Message {
                    session,
                    position: line["position"].as_u64().unwrap_or(0),
                    key: line["key"].as_str().unwrap_or_default().to_owned(),
                    message: Box::new(message),
                }))
            })?;
            if capsule.has_place_for(ANSWERS)? {
                capsule.lines(ANSWERS, |line| {
                    let (session, answer) = answer_of(line)?;
                    taken(take(Piece::Answer { session, answer }))
                })?;
            }
            capsule.lines(EVENTS, |mut line| {
                let (execution, line) = event_of(line.take())?;
                taken(take(Piece::Event {
                    execution,
                    seq: line["seq"].as_i64().unwrap_or(0),
                    at: line["at"].as_i64().unwrap_or(0),
                    event: line["event"].clone(),
                }))
            })?;
        }
        let _ = take(Piece::End);
        Ok(())
    }

    fn rename_parts(&self, noun: &Noun, line: &mut Value) {
        if noun.name != "files" || self.renamed.is_empty() {
            return;
        }
        for part in line["parts"].as_array_mut().into_iter().flatten() {
            let hash = part["kept_hash"].as_str().unwrap_or_default();
            if let Some((now, bytes)) = self.renamed.get(hash) {
                part["kept_hash"] = Value::from(now.to_string());
                part["kept_bytes"] = Value::from(*bytes);
            }
        }
    }
}

fn taken(goes_on: bool) -> Result<(), CapsuleError> {
    match goes_on {
        true => Ok(()),
        false => Err(CapsuleError::Cancelled),
    }
}

/// A line of messages: its session, and the rest as the store writes it, without secrets.
fn message_of(line: Value) -> Result<(String, Value), CapsuleError> {
    let (id, mut line) = below_of(line, "session_id", &["key", "message", "position"])?;
    let is_sound = line["position"]
        .as_u64()
        .is_some_and(|at| at <= i64::MAX as u64)
        && line["key"].is_string();
    if !is_sound {
        return Err(refused("`position` is no number, or `key` is no text"));
    }
    let mut message = line["message"].take();
    Sieve::default().value(&mut message);
    let message: Message =
        serde_json::from_value(message).map_err(|error| refused(error.to_string()))?;
    line["message"] = serde_json::to_value(message).map_err(|error| refused(error.to_string()))?;
    if let Some(text) = line["key"].as_str() {
        line["key"] = Value::from(Sieve::default().text(text).into_owned());
    }
    Ok((id, line))
}

/// A line of answers: its session, and the numbers.
fn answer_of(line: Value) -> Result<(String, AnswerLine), CapsuleError> {
    let (id, mut line) = owned_by(line, "session_id")?;
    Sieve::default().value(&mut line);
    let answer = AnswerLine::read(line).map_err(refused)?;
    Ok((id, answer))
}

/// The same for a line of events.
fn event_of(line: Value) -> Result<(String, Value), CapsuleError> {
    let (id, mut line) = below_of(line, "execution_id", &["at", "event", "seq"])?;
    if line["seq"].as_i64().is_none() || line["at"].as_i64().is_none() {
        return Err(refused("`seq` or `at` is no number"));
    }
    let mut event = line["event"].take();
    Sieve::default().value(&mut event);
    let event: Event = serde_json::from_value(event).map_err(|error| refused(error.to_string()))?;
    line["event"] = serde_json::to_value(event).map_err(|error| refused(error.to_string()))?;
    Ok((id, line))
}

fn below_of(line: Value, owner: &str, fields: &[&str]) -> Result<(String, Value), CapsuleError> {
    let (id, line) = owned_by(line, owner)?;
    let found = line.as_object().map_or(0, serde_json::Map::len);
    if found != fields.len() || fields.iter().any(|field| line.get(field).is_none()) {
        return Err(refused(format!(
            "expected the fields {}",
            fields.join(", ")
        )));
    }
    Ok((id, line))
}

/// Whose line it is, and the rest of it.
fn owned_by(line: Value, owner: &str) -> Result<(String, Value), CapsuleError> {
    let Value::Object(mut map) = line else {
        return Err(refused("expected an object"));
    };
    match map.remove(owner) {
        Some(Value::String(id)) => Ok((id, Value::Object(map))),
        _ => Err(refused(format!("field `{owner}`: expected an id"))),
    }
}

#[cfg(test)]
#[path = "survey_test.rs"]
mod tests;
