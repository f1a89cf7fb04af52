//! A capsule out: what the store sends is cleaned and written as it comes, so memory stays flat.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::{Path, PathBuf};

use krake_domain::hash::Hash;
use krake_edge::new_file::NewFile;
use krake_engine::secrets::Known;
use krake_store::{CapsuleScope, NOUNS, Out, Store};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::clean::Sieve;
use super::entries::Entries;
use super::manifest::{self, Manifest, ScopeFacts, content_hash};
use super::reader::Reader;
use super::{CapsuleError, Spool, blocking};
use crate::clock::now;

/// Things on their way from the store; the largest are stretches of 4 MiB.
const AHEAD: usize = 12;
/// Entries of lines below sessions and executions.
pub const MESSAGES: &str = "data/messages.jsonl";
pub const ANSWERS: &str = "data/answers.jsonl";
pub const EVENTS: &str = "data/events.jsonl";

/// A capsule that was made.
#[derive(Debug, Clone)]
pub struct Exported {
    pub path: PathBuf,
    pub bytes: u64,
    pub manifest: Manifest,
}

/// Writes a capsule to a new file.
///
/// # Errors
/// Something lies there, the disk is full, or the store cannot be read; then there is no file.
pub async fn export(
    store: &Store,
    scope: CapsuleScope,
    known: Known,
    target: &Path,
    cancel: &CancellationToken,
) -> Result<Exported, CapsuleError> {
    let facts = match scope {
        CapsuleScope::Everything => ScopeFacts::Everything,
        CapsuleScope::Project(id) => {
            let row = store.find_project(id).await?;
            let row =
                row.ok_or_else(|| CapsuleError::Refused(format!("there is no project {id}")))?;
            ScopeFacts::Project {
                id: id.to_string(),
                name: row.project.name,
            }
        }
    };
    let (sender, receiver) = mpsc::channel(AHEAD);
    let (home, path, stop) = (
        store.dir().to_owned(),
        target.to_owned(),
        cancel.child_token(),
    );
    // Where nobody waits for it any more, the guard goes before the last sender does: what is not
    // whole never looks so.
    let last = sender.clone();
    let giving_up = stop.clone().drop_guard();
    let writing = tokio::spawn(blocking(move || {
        let spool = Spool::make(&home)?;
        let file = NewFile::begin(&path)?;
        let mut writing = Writing {
            entries: Entries::new(file, path.display().to_string()),
            sieve: Sieve::knowing(known),
            reader: Reader::begin(&spool.0)?,
            renamed: HashMap::new(),
            missing: HashSet::new(),
            raw: BTreeSet::new(),
            left_out: Vec::new(),
        };
        writing.take_all(receiver, &stop)?;
        if facts == ScopeFacts::Everything {
            writing.playbooks(&home.join("playbooks"))?;
        }
        writing.finish(path, facts)
    }));
    let read = store.read_out(scope, sender).await;
    match read {
        Ok(()) => drop(giving_up.disarm()),
        Err(_) => drop(giving_up),
    }
    // Only now does the end look like one.
    drop(last);
    let exported = writing.await.map_err(CapsuleError::broke)?;
    read?;
    exported
}

struct Writing {
    entries: Entries,
    sieve: Sieve,
    reader: Reader,
    /// Stretches that lost a secret only now, by their old hashes.
    renamed: HashMap<Hash, (Hash, usize)>,
    missing: HashSet<Hash>,
    raw: BTreeSet<Hash>,
    left_out: Vec<String>,
}

impl Writing {
    fn take_all(
        &mut self,
        mut receiver: mpsc::Receiver<Out>,
        cancel: &CancellationToken,
    ) -> Result<(), CapsuleError> {
        while let Some(out) = receiver.blocking_recv() {
            if cancel.is_cancelled() {
                return Err(CapsuleError::Cancelled);
            }
            match out {
                Out::Raw { hash, bytes } => self.raw(hash, bytes)?,
                Out::Line { noun, mut line } => {
                    if noun.name == "files" && !self.parts(&mut line) {
                        continue;
                    }
                    self.sieve.value(&mut line);
                    self.entries.within(&format!("data/{}.jsonl", noun.name))?;
                    self.entries.line(&line)?;
                    self.reader.line(noun.name, &line);
                }
                Out::Message { session, mut line } => {
                    self.sieve.value(&mut line);
                    self.reader.message(&session, &line["message"])?;
                    line["session_id"] = Value::from(session);
                    self.entries.within(MESSAGES)?;
                    self.entries.line(&line)?;
                }
                Out::Answer { session, mut line } => {
                    self.sieve.value(&mut line);
                    line["session_id"] = Value::from(session);
                    self.entries.within(ANSWERS)?;
                    self.entries.line(&line)?;
                }
                Out::Event {
                    execution,
                    mut line,
                } => {
                    self.sieve.value(&mut line);
                    self.reader.event(&execution, &line);
                    line["execution_id"] = Value::from(execution);
                    self.entries.within(EVENTS)?;
                    self.entries.line(&line)?;
                }
            }
        }
        match cancel.is_cancelled() {
            true => Err(CapsuleError::Cancelled),
            false => Ok(()),
        }
    }

    fn raw(&mut self, hash: Hash, bytes: Result<Vec<u8>, String>) -> Result<(), CapsuleError> {
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(why) => {
                self.missing.insert(hash);
                self.left_out
                    .push(format!("a stretch of a transcript: {why}"));
                return Ok(());
            }
        };
        let clean = self.sieve.bytes(&bytes);
        let now = Hash::of(&clean);
        if now != hash {
            self.renamed.insert(hash, (now, clean.len()));
        }
        if self.raw.insert(now) {
            self.entries.whole(&format!("raw/{now}"), &clean)?;
        }
        Ok(())
    }

    /// Names the stretches of a file as they are in the capsule; whether all of them are.
    fn parts(&mut self, line: &mut Value) -> bool {
        let path = line["path"].as_str().unwrap_or_default().to_owned();
        for part in line["parts"].as_array_mut().into_iter().flatten() {
            let Some(hash) = part["kept_hash"]
                .as_str()
                .and_then(|text| text.parse().ok())
            else {
                continue;
            };
            if self.missing.contains(&hash) {
                self.left_out
                    .push(format!("the original of {path}: its messages are here"));
                return false;
            }
            if let Some((now, bytes)) = self.renamed.get(&hash) {
                part["kept_hash"] = Value::from(now.to_string());
                part["kept_bytes"] = Value::from(*bytes);
            }
        }
        true
    }

    fn playbooks(&mut self, folder: &Path) -> Result<(), CapsuleError> {
        for (file, text) in super::playbooks::own(folder) {
            let clean = self.sieve.text(&text).into_owned();
            self.entries
                .whole(&format!("playbooks/{file}"), clean.as_bytes())?;
            self.reader.playbook(&file, &clean);
        }
        Ok(())
    }

    fn finish(mut self, path: PathBuf, scope: ScopeFacts) -> Result<Exported, CapsuleError> {
        // Every kind of line has its entry, so that two capsules of the same hold the same.
        let names = NOUNS.iter().map(|noun| format!("data/{}.jsonl", noun.name));
        for name in names.chain([MESSAGES, ANSWERS, EVENTS].map(str::to_owned)) {
            if !self.entries.counts.contains_key(&name) {
                self.entries.within(&name)?;
            }
        }
        self.entries.end()?;
        let made_at = now().to_rfc3339();
        let counts: BTreeMap<String, u64> = self.entries.counts.clone();
        let hash = content_hash(&self.entries.facts);
        let about = json!({
            "made_at": made_at, "scope": scope, "content_hash": hash,
            "counts": counts, "replaced": self.sieve.replaced, "left_out": self.left_out,
        });
        self.entries.begin("reader/index.html")?;
        self.reader.finish(&about, &mut self.entries)?;
        self.entries.end()?;
        let mut entries = self.entries.facts.clone();
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        let manifest = Manifest {
            format: manifest::FORMAT.to_owned(),
            version: manifest::VERSION,
            made_by: concat!("krake ", env!("CARGO_PKG_VERSION")).to_owned(),
            made_at,
            scope,
            content_hash: hash,
            counts,
            replaced: self.sieve.replaced,
            left_out: self.left_out,
            entries,
        };
        let text = serde_json::to_vec_pretty(&manifest).expect("plain data");
        self.entries.whole(manifest::NAME, &text)?;
        let bytes = self.entries.finish()?;
        Ok(Exported {
            path,
            bytes,
            manifest,
        })
    }
}
