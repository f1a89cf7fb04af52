//! Logs of attempts: a file for each, lines streamed while it runs and fetched again by offset.
//!
//! **Invariant:** a line is in the file before it is streamed.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use krake_domain::id::ExecutionId;
use krake_domain::plan::StepId;
use tokio::sync::broadcast;

/// Live lines that a slow listener may fall behind before it has to fetch by offset.
const LIVE: usize = 1_024;
/// What one attempt may log; the rest is counted and left out.
const MOST_BYTES: u64 = 64 << 20;

/// One line of an attempt's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    pub execution: ExecutionId,
    pub step: StepId,
    pub attempt: u32,
    /// Where the line begins in the attempt's file, in bytes.
    pub offset: u64,
    pub text: String,
}

/// All logs of a data folder.
#[derive(Debug, Clone)]
pub struct Logs {
    folder: PathBuf,
    live: broadcast::Sender<LogLine>,
}

/// A part of one attempt's log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogPart {
    pub text: String,
    /// Where to go on.
    pub next: u64,
    pub total: u64,
}

impl Logs {
    pub(crate) fn new(home: &Path) -> Self {
        Self {
            folder: home.join("logs"),
            live: broadcast::channel(LIVE).0,
        }
    }

    /// Lines from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<LogLine> {
        self.live.subscribe()
    }

    /// Reads at most `most` bytes from `offset`. An attempt that logged nothing has an empty log.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(
        &self,
        execution: ExecutionId,
        step: &StepId,
        attempt: u32,
        offset: u64,
        most: u64,
    ) -> io::Result<LogPart> {
        let mut file = match File::open(self.path(execution, step, attempt)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(LogPart::default()),
            Err(error) => return Err(error),
        };
        let total = file.metadata()?.len();
        let offset = offset.min(total);
        file.seek(SeekFrom::Start(offset))?;
        let mut bytes = Vec::new();
        file.take(most).read_to_end(&mut bytes)?;
        let next = offset + bytes.len() as u64;
        Ok(LogPart {
            text: String::from_utf8_lossy(&bytes).into_owned(),
            next,
            total,
        })
    }

    pub(crate) fn open(&self, execution: ExecutionId, step: &StepId, attempt: u32) -> Log {
        Log {
            logs: self.clone(),
            execution,
            step: step.clone(),
            attempt,
            file: Mutex::new(Target { file: None, at: 0 }),
        }
    }

    fn path(&self, execution: ExecutionId, step: &StepId, attempt: u32) -> PathBuf {
        self.folder
            .join(execution.to_string())
            .join(format!("{step}.{attempt}.log"))
    }
}

/// The log of one attempt; its file is made with the first line.
#[derive(Debug)]
pub(crate) struct Log {
    logs: Logs,
    execution: ExecutionId,
    step: StepId,
    attempt: u32,
    file: Mutex<Target>,
}

#[derive(Debug)]
struct Target {
    file: Option<File>,
    at: u64,
}

impl Log {
    /// Writes a line. A log that cannot be written is no reason to fail the step: it is reported
    /// to Krake's own log.
    pub fn write(&self, line: &str) {
        let text = line.replace(['\n', '\r'], " ");
        let mut target = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        match self.append(&mut target, &text) {
            Ok(offset) => {
                let line = LogLine {
                    execution: self.execution,
                    step: self.step.clone(),
                    attempt: self.attempt,
                    offset,
                    text,
                };
                // Nobody may be listening.
                let _ = self.logs.live.send(line);
            }
            Err(error) => {
                tracing::warn!(execution = %self.execution, step = %self.step, %error, "a log line could not be written")
            }
        }
    }

    /// Returns where the line begins.
    fn append(&self, target: &mut Target, text: &str) -> io::Result<u64> {
        if target.file.is_none() {
            let path = self.logs.path(self.execution, &self.step, self.attempt);
            if let Some(folder) = path.parent() {
                private_folders().create(folder)?;
            }
            let file = private_file().open(path)?;
            target.at = file.metadata()?.len();
            target.file = Some(file);
        }
        let offset = target.at;
        let length = text.len() as u64 + 1;
        let Some(file) = &mut target.file else {
            return Err(io::ErrorKind::NotFound.into());
        };
        if offset + length > MOST_BYTES {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "the log of this attempt is full",
            ));
        }
        file.write_all(format!("{text}\n").as_bytes())?;
        target.at += length;
        Ok(offset)
    }
}

/// Makes folders that only their owner can enter; a log may quote what the data folder protects.
fn private_folders() -> DirBuilder {
    let mut folders = DirBuilder::new();
    folders.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    folders
}

/// Opens a file for appending, closed to others where it is made.
fn private_file() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
