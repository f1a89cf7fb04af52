//! `context.import`: the transcripts that other tools keep of a folder, into our store.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::session::Transcript;
use krake_domain::time::Timestamp;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_edge::home::expand_home;
use krake_edge::root::Root;
use krake_store::{ImportedSession, SessionRow, Store};
use krake_tools::define::{bad_input, blocking, define, to_output};
use krake_tools::tool::{Call, Pending, Tool, harmless, parse_args};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::from_store;
use super::places::{Candidate, Places, Skipped};

/// The largest file that is read; a larger one is named and left out.
const FILE_CAP: u64 = 256 << 20;
/// What one import reads at most, newest first.
const TOTAL_CAP: u64 = 1 << 30;
/// Files that are named as left out one by one; the rest is counted.
const MOST_NAMED: usize = 100;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder whose sessions are wanted, with the folders inside it; `~` is the home folder.
    root: String,
    /// Only files that changed since: RFC 3339, or a date such as `2026-01-31`.
    #[serde(default)]
    since: Option<String>,
    /// How many sessions at most, the latest first.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 5_000))]
    limit: usize,
}

fn default_limit() -> usize {
    200
}

#[derive(Debug, Default, Serialize, JsonSchema)]
struct Output {
    /// The latest first.
    sessions: Vec<Session>,
    /// Messages of these sessions.
    messages: u64,
    /// Those that were not in the store before.
    new_messages: u64,
    broken_lines: u64,
    /// What was found and not imported.
    skipped: Vec<Left>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Session {
    id: String,
    /// The format: `claude_code`, `codex`, `markdown`.
    tool: String,
    title: Option<String>,
    messages: u64,
    /// RFC 3339, as the messages say.
    started_at: Option<String>,
    ended_at: Option<String>,
    broken_lines: u32,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Left {
    path: String,
    why: String,
}

pub struct ContextImport {
    spec: ToolSpec,
    store: Store,
    /// Absent: as the user's environment says at the time of the call.
    places: Option<Places>,
}

pub fn spec() -> ToolSpec {
    let description = "Import the sessions that AI tools on this machine keep of a folder.";
    ToolSpec {
        untrusted_output: true,
        timeout_ms: 300_000,
        ..define::<Args, Output>("context.import", description, EffectClass::Keyed)
    }
}

impl ContextImport {
    pub fn new(store: Store) -> Self {
        Self {
            spec: spec(),
            store,
            places: None,
        }
    }

    #[cfg(test)]
    pub fn at(store: Store, places: Places) -> Self {
        Self {
            spec: spec(),
            store,
            places: Some(places),
        }
    }
}

impl Tool for ContextImport {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            let summary = format!(
                "read the AI sessions of {} into Krake's own store",
                args.root
            );
            Ok(harmless(EffectClass::Keyed, args.root, summary))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let since = args.since.as_deref().map(moment).transpose()?;
            if args.limit == 0 {
                return Err(bad_input("`limit` begins at 1"));
            }
            let places = self.places.clone().unwrap_or_else(Places::of_user);
            let root = args.root.clone();
            let (found, skipped) = blocking(move || find(&places, &root)).await?;
            let import = Import {
                store: &self.store,
                call,
                output: Output::default(),
                left: Vec::new(),
                read: 0,
            };
            to_output(&import.all(found, skipped, since, args.limit).await?)
        })
    }
}

fn find(places: &Places, root: &str) -> Result<(Vec<Candidate>, Vec<Skipped>), Failure> {
    let folder = Arc::new(Root::open_written(root).map_err(Failure::from)?);
    let named: PathBuf = expand_home(root).map_err(Failure::from)?;
    let named = std::path::absolute(&named).unwrap_or(named);
    let (mut found, skipped) = places.find(&folder, &named);
    found.sort_by(|a, b| {
        b.modified
            .cmp(&a.modified)
            .then_with(|| a.path.cmp(&b.path))
    });
    Ok((found, skipped))
}

struct Import<'a> {
    store: &'a Store,
    call: &'a Call,
    output: Output,
    left: Vec<Left>,
    read: u64,
}

impl Import<'_> {
    async fn all(
        mut self,
        found: Vec<Candidate>,
        skipped: Vec<Skipped>,
        since: Option<SystemTime>,
        limit: usize,
    ) -> Result<Output, Failure> {
        self.left.extend(skipped.into_iter().map(|skipped| Left {
            path: skipped.path,
            why: skipped.why,
        }));
        let known = self
            .store
            .list_sessions(None)
            .await
            .map_err(|error| from_store(&error))?;
        for candidate in found {
            if self.call.cancel.is_cancelled() {
                return Err(Failure::new(
                    FailureClass::Cancelled,
                    "the import was cancelled",
                ));
            }
            // A file without a moment cannot be older than one.
            let old = since
                .is_some_and(|since| candidate.modified.is_some_and(|modified| modified < since));
            if old {
                continue;
            }
            let path = candidate.root.shown(&candidate.path);
            if self.output.sessions.len() >= limit {
                self.left.push(Left {
                    path,
                    why: format!("older than the {limit} sessions that `limit` allows"),
                });
            } else if self.read >= TOTAL_CAP {
                self.left.push(Left {
                    path,
                    why:
                        "older than the first gigabyte of sessions, which is what one import reads"
                            .to_owned(),
                });
            } else if let Err(why) = self.one(candidate, &path, &known).await? {
                self.left.push(Left { path, why });
            }
        }
        self.output.skipped = named(self.left);
        Ok(self.output)
    }

    /// Imports one file; the inner error says why it was left out.
    async fn one(
        &mut self,
        candidate: Candidate,
        path: &str,
        known: &[SessionRow],
    ) -> Result<Result<(), String>, Failure> {
        let format = candidate.format;
        let head = blocking(move || Ok(candidate.root.read(&candidate.path, FILE_CAP))).await?;
        let head = match head {
            Ok(head) if head.truncated => {
                return Ok(Err(format!(
                    "{} bytes; files up to {FILE_CAP} bytes are read",
                    head.total_bytes
                )));
            }
            Ok(head) => head,
            Err(error) => return Ok(Err(error.to_string())),
        };
        self.read += head.total_bytes;
        let bytes = head.bytes;
        let hash = Hash::of(&bytes);
        if let Some(row) = known
            .iter()
            .find(|row| row.raw.hash == hash && row.path == path)
        {
            self.add(
                row.id,
                &row.source,
                row.title.clone(),
                row.messages,
                row.started_at,
                row.ended_at,
                row.broken_lines,
            );
            return Ok(Ok(()));
        }
        let (bytes, read) = blocking(move || {
            let read = krake_transcripts::read(&bytes, Some(format));
            Ok((bytes, read))
        })
        .await?;
        let transcript = match read {
            Ok(transcript) if !transcript.messages.is_empty() => transcript,
            Ok(transcript) => {
                return Ok(Err(format!(
                    "no messages in it ({} broken lines)",
                    transcript.broken_lines
                )));
            }
            Err(error) => return Ok(Err(error.to_string())),
        };
        let raw = self
            .store
            .blobs()
            .put(bytes)
            .await
            .map_err(|error| from_store(&error))?;
        let session = session(transcript, path, hash, raw);
        let (source, title, messages) = (
            session.source.clone(),
            session.title.clone(),
            session.messages.len() as u64,
        );
        let (started, ended, broken) = (session.started_at, session.ended_at, session.broken_lines);
        let imported = self
            .store
            .import_session(session)
            .await
            .map_err(|error| from_store(&error))?;
        self.output.new_messages += u64::from(imported.new_messages);
        self.call.workbench.log(&format!(
            "{path}: {messages} messages, {} new",
            imported.new_messages
        ));
        self.add(
            imported.session,
            &source,
            title,
            messages,
            started,
            ended,
            broken,
        );
        Ok(Ok(()))
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of one row of the output"
    )]
    fn add(
        &mut self,
        id: SessionId,
        tool: &str,
        title: Option<String>,
        messages: u64,
        started: Option<Timestamp>,
        ended: Option<Timestamp>,
        broken_lines: u32,
    ) {
        self.output.messages += messages;
        self.output.broken_lines += u64::from(broken_lines);
        self.output.sessions.push(Session {
            id: id.to_string(),
            tool: tool.to_owned(),
            title,
            messages,
            started_at: started.map(Timestamp::to_rfc3339),
            ended_at: ended.map(Timestamp::to_rfc3339),
            broken_lines,
        });
    }
}

fn session(
    transcript: Transcript,
    path: &str,
    hash: Hash,
    raw: krake_domain::blob::BlobRef,
) -> ImportedSession {
    let times = || transcript.messages.iter().filter_map(|message| message.at);
    ImportedSession {
        id: SessionId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        // A file without an id of its own is known by its place, so that it may grow.
        native_id: transcript.native_id.clone().unwrap_or_else(|| {
            if path.is_empty() {
                hash.to_string()
            } else {
                Hash::of(path.as_bytes()).to_string()
            }
        }),
        source: transcript.format.clone(),
        path: path.to_owned(),
        cwd: transcript.cwd.clone(),
        place: None,
        title: transcript.title.clone(),
        started_at: times().min(),
        ended_at: times().max(),
        usage: transcript.usage,
        raw,
        broken_lines: transcript.broken_lines,
        messages: transcript.messages,
        first: 0,
        project: None,
        account_id: None,
        session_type: "imported".to_owned(),
        git_branch: transcript.git_branch,
        git_commit: None,
        model: transcript.model,
        forked_from: transcript.forked_from,
        redactions: std::collections::BTreeMap::new(),
    }
}

fn named(mut left: Vec<Left>) -> Vec<Left> {
    let more = left.len().saturating_sub(MOST_NAMED);
    if more > 0 {
        left.truncate(MOST_NAMED);
        left.push(Left {
            path: String::new(),
            why: format!("{more} more files were left out"),
        });
    }
    left
}

fn moment(text: &str) -> Result<SystemTime, Failure> {
    let whole = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    let at = Timestamp::from_rfc3339(&whole).ok_or_else(|| {
        bad_input(format!(
            "`since` is `{}`: expected RFC 3339 or a date such as 2026-01-31",
            text.escape_debug()
        ))
    })?;
    let ms = u64::try_from(at.0).unwrap_or(0);
    Ok(SystemTime::UNIX_EPOCH + Duration::from_millis(ms))
}
