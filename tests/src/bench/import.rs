//! Reading transcripts and keeping them: how many bytes a second, and what it costs in memory.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::session::{Message, Usage};
use krake_domain::time::Timestamp;
use krake_store::{ImportedSession, Store};

use super::footprint;
use super::talk::{Talk, claude_code};

const SESSION: u64 = 2_000;

/// What was timed.
#[derive(Debug, Default)]
pub struct Imported {
    pub bytes: u64,
    pub parsed: Duration,
    /// Parsed, kept and indexed, each session durable.
    pub kept: Duration,
    /// The most memory while it went on, and before it began, in kB.
    pub most_kb: u64,
    pub before_kb: u64,
    /// Size of the database.
    pub database: u64,
}

/// Reads and keeps sessions of so many bytes altogether, one after the other.
///
/// # Errors
/// A transcript cannot be read or kept.
pub async fn import(home: &Path, bytes: u64) -> Result<Imported> {
    std::fs::create_dir_all(home)?;
    let store = Store::open_owner(home).await?;
    let mut talk = Talk::new(3);
    let mut done = Imported {
        before_kb: footprint::pss(std::process::id())?,
        ..Imported::default()
    };
    let mut number = 0;
    while done.bytes < bytes {
        let messages: Vec<Message> = (0..SESSION).map(|at| talk.message(at)).collect();
        let name = format!("session-{number}");
        let file = claude_code(&name, &messages);
        drop(messages);
        number += 1;
        let begun = Instant::now();
        let transcript = krake_transcripts::read(&file, None).context("reading what was made")?;
        done.parsed += begun.elapsed();
        anyhow::ensure!(
            transcript.messages.len() as u64 == SESSION,
            "a message is missing"
        );
        store
            .import_session(session(&name, transcript.messages))
            .await?;
        done.kept += begun.elapsed();
        done.bytes += file.len() as u64;
        done.most_kb = done.most_kb.max(footprint::pss(std::process::id())?);
    }
    store.stop().await?;
    done.database = std::fs::metadata(home.join("krake.db"))?.len();
    Ok(done)
}

/// A session of that name, ready to be kept.
#[must_use]
pub fn session(name: &str, messages: Vec<Message>) -> ImportedSession {
    let at = |message: Option<&Message>| message.and_then(|message| message.at);
    ImportedSession {
        id: SessionId::from_parts(Timestamp(1), Hash::of(name.as_bytes())),
        workspace: WorkspaceId::PERSONAL,
        source: "claude_code".to_owned(),
        native_id: name.to_owned(),
        path: format!("/work/{name}.jsonl"),
        cwd: Some("/work/shop".to_owned()),
        place: None,
        title: Some(format!("The session {name}")),
        started_at: at(messages.first()),
        ended_at: at(messages.last()),
        usage: Usage::default(),
        answers: None,
        raw: BlobRef {
            hash: Hash::ZERO,
            bytes: 0,
        },
        messages,
        first: 0,
        broken_lines: 0,
        project: None,
        account_id: None,
        session_type: "imported".to_owned(),
        git_branch: None,
        git_commit: None,
        model: None,
        forked_from: None,
        redactions: std::collections::BTreeMap::new(),
    }
}
