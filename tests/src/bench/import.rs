//! Transcripts of another tool brought in as a user does it: how many bytes a second, and what it
//! costs in memory.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_domain::id::{SessionId, WorkspaceId};
use krake_domain::session::{Message, Usage};
use krake_domain::time::Timestamp;
use krake_runtime::import::{Report, Wish, import_path};
use krake_store::{ImportedSession, Store};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::footprint;
use super::report::Row;
use super::talk::{Lines, Talk, claude_code};

/// Messages of a session, about a megabyte.
const SESSION: u64 = 2_000;

/// What was timed.
#[derive(Debug, Default)]
pub struct Imported {
    pub bytes: u64,
    /// Parsed only, in memory.
    pub parsed: Duration,
    /// From files on the disk to a durable commit: cleaned of secrets, parsed, kept, indexed, and the
    /// bytes kept beside.
    pub kept: Duration,
    /// What the processors worked meanwhile, all threads together.
    pub worked: Duration,
    /// The most memory while it went on, and before it began, in kB.
    pub most_kb: u64,
    pub before_kb: u64,
    /// Size of the database.
    pub database: u64,
}

/// Sessions of 128 MB altogether, from their files into the store.
///
/// # Errors
/// As [`sessions`].
pub async fn told(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let done = sessions(&folder.join("import"), 128 << 20).await?;
    let parsed = speed(&done, done.parsed);
    rows.push(Row::goal(
        "import: parsing, one core",
        format!("{parsed:.0} MB/s"),
        "100 MB/s or more",
        parsed >= 100.0,
        json!(parsed),
    ));
    let names = [
        "import: 128 MB in files of a megabyte, durable",
        "import: the same for a second of one processor",
        "import: memory beyond that before it",
        "import: size of the database",
    ];
    kept(names, &done, rows);
    Ok(())
}

/// One session of a gigabyte.
///
/// # Errors
/// As [`sessions`].
pub async fn told_large(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let done = one_file(&folder.join("large"), 1 << 30).await?;
    let names = [
        "large: 1 GiB in one file, durable",
        "large: the same for a second of one processor",
        "large: memory beyond that before it",
        "large: size of the database",
    ];
    kept(names, &done, rows);
    Ok(())
}

fn kept(names: [&'static str; 4], done: &Imported, rows: &mut Vec<Row>) {
    let kept = speed(done, done.kept);
    rows.push(Row::goal(
        names[0],
        format!("{kept:.1} MB/s"),
        "8 MB/s or more",
        kept >= 8.0,
        json!(kept),
    ));
    let worked = speed(done, done.worked);
    rows.push(Row::told(
        names[1],
        format!("{worked:.1} MB"),
        json!(worked),
    ));
    #[expect(clippy::cast_precision_loss, reason = "sizes")]
    let (grown, share) = (
        done.most_kb.saturating_sub(done.before_kb) as f64 / 1_024.0,
        done.database as f64 / done.bytes as f64,
    );
    rows.push(Row::told(
        names[2],
        format!("{grown:.0} MB PSS"),
        json!(grown),
    ));
    rows.push(Row::told(
        names[3],
        format!("{share:.2} of the transcripts"),
        json!(share),
    ));
}

/// In MB a second.
fn speed(done: &Imported, took: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "a size in bytes")]
    let bytes = done.bytes as f64;
    bytes / 1e6 / took.as_secs_f64()
}

/// Brings in sessions of so many bytes altogether, a megabyte each.
///
/// # Errors
/// A transcript cannot be read or kept.
pub async fn sessions(home: &Path, bytes: u64) -> Result<Imported> {
    let folder = home.with_extension("files");
    std::fs::create_dir_all(&folder)?;
    let mut talk = Talk::new(3);
    let (mut made, mut number, mut parsed) = (0, 0, Duration::ZERO);
    while made < bytes {
        let name = format!("session-{number}");
        let mut messages = messages(&mut talk, 0);
        // One after the other, as a person has them.
        for message in &mut messages {
            let after = i64::try_from(number * SESSION * 1_000).unwrap_or(0);
            message.at = message.at.map(|at| Timestamp(at.0 + after));
        }
        let file = claude_code(&name, 0, &messages, Lines::Short);
        number += 1;
        let begun = Instant::now();
        let transcript = krake_transcripts::read(&file, None).context("reading what was made")?;
        parsed += begun.elapsed();
        let read = transcript.messages.len() as u64;
        anyhow::ensure!(read == SESSION, "{} messages are missing", SESSION - read);
        made += file.len() as u64;
        std::fs::write(folder.join(name).with_extension("jsonl"), file)?;
    }
    let mut done = brought_in(home, folder, number * SESSION).await?;
    done.parsed = parsed;
    Ok(done)
}

/// Brings in one session of so many bytes.
///
/// # Errors
/// As [`sessions`].
pub async fn one_file(home: &Path, bytes: u64) -> Result<Imported> {
    let path = home.with_extension("jsonl");
    let mut file = BufWriter::new(File::create(&path)?);
    let mut talk = Talk::new(5);
    let (mut made, mut count) = (0, 0);
    while made < bytes {
        let lines = claude_code("one", count, &messages(&mut talk, count), Lines::Whole);
        file.write_all(&lines)?;
        made += lines.len() as u64;
        count += SESSION;
    }
    file.into_inner()?.sync_all()?;
    brought_in(home, path, count).await
}

fn messages(talk: &mut Talk, first: u64) -> Vec<Message> {
    (first..first + SESSION)
        .map(|at| talk.message(at))
        .collect()
}

async fn brought_in(home: &Path, from: PathBuf, messages: u64) -> Result<Imported> {
    std::fs::create_dir_all(home)?;
    let store = Store::open_owner(home).await?;
    let bytes = size(&from)?;
    let before_kb = footprint::pss(std::process::id())?;
    let watch = Watch::begin();
    let (begun, worked_before) = (
        Instant::now(),
        footprint::processor_time(std::process::id())?,
    );
    let (wish, cancel) = (Wish::default(), CancellationToken::new());
    let report: Report = import_path(&store, &from, &wish, &cancel).await?;
    let kept = begun.elapsed();
    let worked = footprint::processor_time(std::process::id())? - worked_before;
    let most_kb = watch.end();
    anyhow::ensure!(report.new_messages == messages, "{report:?}");
    store.stop().await?;
    Ok(Imported {
        bytes,
        parsed: Duration::ZERO,
        kept,
        worked,
        most_kb: most_kb.max(before_kb),
        before_kb,
        database: std::fs::metadata(home.join("krake.db"))?.len(),
    })
}

fn size(path: &Path) -> Result<u64> {
    if path.is_file() {
        return Ok(std::fs::metadata(path)?.len());
    }
    std::fs::read_dir(path)?.try_fold(0, |sum, file| Ok(sum + file?.metadata()?.len()))
}

/// Looks at the memory of this process until it is told to end.
struct Watch {
    is_over: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<u64>,
}

impl Watch {
    fn begin() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let told = is_over.clone();
        let thread = std::thread::spawn(move || {
            let mut most = 0;
            while !told.load(Ordering::Relaxed) {
                most = most.max(footprint::pss(std::process::id()).unwrap_or(0));
                std::thread::sleep(Duration::from_millis(100));
            }
            most
        });
        Self { is_over, thread }
    }

    /// The most that was seen, in kB.
    fn end(self) -> u64 {
        self.is_over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap_or(0)
    }
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
        answers: Vec::new(),
        is_whole: false,
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
        secrets: Vec::new(),
    }
}
