//! Child processes: an argument list, an environment that starts empty, an end that always comes.
//!
//! There is no shell. The child leads a process group of its own, and whatever stays in that group
//! after the end, the deadline or a cancellation is killed.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::io::AsyncWriteExt;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};
use tokio_util::sync::CancellationToken;

use crate::EdgeError;
use crate::process::capture::{Capture, Tail};
use crate::process::lines::Lines;

mod capture;
mod lines;

/// Names that every child may see, beside `LC_*` and `XDG_*`.
const PASSED: &[&str] = &[
    "PATH",
    "HOME",
    "LANG",
    "TMPDIR",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "USERPROFILE",
];
/// How long a child has between the polite signal and the other one.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long the pipes may stay open after the child's end, held by what it started.
const LINGER: Duration = Duration::from_millis(500);
const STDERR_TAIL: usize = 16 * 1024;
/// The number of SIGTERM on every Unix.
const SIGTERM: i32 = 15;

/// What to start and how much of it to keep.
#[derive(Debug, Clone)]
pub struct Spec {
    pub program: String,
    pub args: Vec<OsString>,
    pub cwd: PathBuf,
    /// Names that are passed on where they are set, beside the basic ones.
    pub pass_env: Vec<String>,
    /// Names set for this child alone.
    pub env: Vec<(String, OsString)>,
    /// Absent: the child reads an empty input.
    pub stdin: Option<Vec<u8>>,
    /// How much of the output is kept in memory.
    pub cap_bytes: usize,
    /// Where the whole output goes once it is longer than `cap_bytes`; absent: the rest is dropped.
    pub spool_dir: Option<PathBuf>,
    pub timeout: Duration,
    pub cancel: CancellationToken,
    /// Is told each line of both streams as it comes.
    pub listener: Option<Listener>,
}

/// Whoever hears the lines of a child. A line that is very long comes in pieces.
#[derive(Clone)]
pub struct Listener(Arc<dyn Fn(&str) + Send + Sync>);

impl Listener {
    pub fn new(hear: impl Fn(&str) + Send + Sync + 'static) -> Self {
        Self(Arc::new(hear))
    }
}

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

/// How a child ended and what it said.
#[derive(Debug)]
pub struct Captured {
    /// Absent where a signal ended it.
    pub code: Option<i32>,
    /// The first bytes of the output, at most `cap_bytes`.
    pub head: Vec<u8>,
    pub total_bytes: u64,
    /// The whole output, where it is longer than `head` and a folder was given. The caller owns it.
    pub spool: Option<PathBuf>,
    /// The last 16 KiB of what it wrote to stderr.
    pub stderr: String,
}

impl Captured {
    /// Whether the child ended by itself with code 0.
    #[must_use]
    pub fn succeeded(&self) -> bool {
        self.code == Some(0)
    }

    /// Whether the output is longer than `head`.
    #[must_use]
    pub fn is_cut(&self) -> bool {
        self.total_bytes > self.head.len() as u64
    }
}

/// Starts the child, feeds it, and waits until it and its group are gone.
///
/// # Errors
/// [`EdgeError::NotFound`] for the program or the folder, [`EdgeError::NoAccess`],
/// [`EdgeError::TimedOut`], [`EdgeError::Cancelled`], [`EdgeError::DiskFull`], [`EdgeError::Io`].
pub async fn run(spec: Spec) -> Result<Captured, EdgeError> {
    let what = format!("`{}`", spec.program);
    if spec.cancel.is_cancelled() {
        return Err(EdgeError::Cancelled { what });
    }
    let mut group = Group::start(&spec)?;
    let mut output = Capture::new(
        spec.cap_bytes,
        spec.spool_dir.as_deref(),
        Lines::new(spec.listener.clone()),
    );
    let mut errors = Tail::new(STDERR_TAIL, Lines::new(spec.listener.clone()));
    let unreadable = |error| EdgeError::from_io(format!("the output of {what}"), error);
    let pipes = group.take_pipes();
    let talking = pipes.talk(spec.stdin.unwrap_or_default(), &mut output, &mut errors);
    let ended = tokio::select! {
        biased;
        ended = group.attend(talking) => ended.map_err(unreadable),
        () = spec.cancel.cancelled() => Err(EdgeError::Cancelled { what: what.clone() }),
        () = tokio::time::sleep(spec.timeout) => {
            Err(EdgeError::TimedOut { what: what.clone(), after: spec.timeout })
        }
    };
    if matches!(
        ended,
        Err(EdgeError::Cancelled { .. } | EdgeError::TimedOut { .. })
    ) {
        group.stop_politely().await;
    }
    group.kill();
    let status: ExitStatus = ended?;
    let (head, total_bytes, spool) = output.finish().await.map_err(unreadable)?;
    Ok(Captured {
        code: status.code(),
        head,
        total_bytes,
        spool,
        stderr: errors.into_text(),
    })
}

/// The child and its group; dropping it kills what is left.
struct Group {
    child: Box<dyn ChildWrapper>,
}

impl Group {
    fn start(spec: &Spec) -> Result<Self, EdgeError> {
        if !spec.cwd.is_dir() {
            return Err(EdgeError::NotFound {
                what: format!("the folder `{}`", spec.cwd.display()),
            });
        }
        let mut command = CommandWrap::with_new(&spec.program, |command| {
            command.args(&spec.args).current_dir(&spec.cwd).env_clear();
            for (name, value) in std::env::vars_os() {
                let Some(text) = name.to_str() else { continue };
                let basic =
                    PASSED.contains(&text) || text.starts_with("LC_") || text.starts_with("XDG_");
                if basic || spec.pass_env.iter().any(|passed| passed == text) {
                    command.env(&name, value);
                }
            }
            command.envs(spec.env.iter().map(|(name, value)| (name, value)));
            command.stdin(if spec.stdin.is_some() {
                Stdio::piped()
            } else {
                Stdio::null()
            });
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        });
        #[cfg(unix)]
        command.wrap(process_wrap::tokio::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::tokio::JobObject);
        command.wrap(KillOnDrop);
        let child = command.spawn().map_err(|error| {
            EdgeError::from_io(format!("the program `{}`", spec.program), error)
        })?;
        Ok(Self { child })
    }

    fn take_pipes(&mut self) -> Pipes {
        Pipes {
            stdin: self.child.stdin().take(),
            stdout: self.child.stdout().take(),
            stderr: self.child.stderr().take(),
        }
    }

    /// Waits for the child, and a moment longer for what it said. Fails as soon as the talk does.
    async fn attend(
        &mut self,
        talking: impl Future<Output = io::Result<()>>,
    ) -> io::Result<ExitStatus> {
        let mut talking = std::pin::pin!(talking);
        tokio::select! {
            biased;
            talked = &mut talking => {
                talked?;
                self.child.wait().await
            }
            status = self.child.wait() => {
                match tokio::time::timeout(LINGER, talking).await {
                    Ok(talked) => talked?,
                    Err(_) => tracing::debug!("what a child started holds its pipes and is killed"),
                }
                status
            }
        }
    }

    async fn stop_politely(&mut self) {
        if self.child.signal(SIGTERM).is_ok() {
            _ = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        }
    }

    /// The group keeps its number as long as anything is in it, so this reaches nobody else; an
    /// empty group answers with an error that says so.
    fn kill(&mut self) {
        _ = self.child.start_kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The child's ends of the talk.
struct Pipes {
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
}

impl Pipes {
    /// Feeds and reads until the pipes close. Where the output cannot be kept it ends at once, since
    /// a child whose pipes nobody empties would wait for ever.
    async fn talk(self, input: Vec<u8>, output: &mut Capture, errors: &mut Tail) -> io::Result<()> {
        let feed = async {
            if let Some(mut pipe) = self.stdin {
                // A child that does not read to the end is free to do so.
                _ = pipe.write_all(&input).await;
            }
            Ok(())
        };
        let errors = async {
            errors.drain(self.stderr).await;
            Ok(())
        };
        tokio::try_join!(feed, output.drain(self.stdout), errors).map(|_| ())
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
