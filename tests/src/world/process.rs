//! A child with a name, its own process group and its own log; it ends with its owner.

use std::fs::File;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

use super::wait_for;

/// A running child.
pub struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    answers: PathBuf,
}

impl Process {
    /// Starts it; `log` takes what it complains about, and a file beside it what it answers.
    pub(super) fn start(name: &str, command: Command, log: &Path) -> anyhow::Result<Self> {
        let answers = log.with_extension("out");
        let mut command = ends_with_us(&command);
        let child = command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(File::create(&answers)?)
            .stderr(File::create(log)?)
            .spawn()
            .with_context(|| format!("{name} cannot be started; is it installed?"))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            log: log.to_owned(),
            answers,
        })
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it has written so far, answers and complaints.
    #[must_use]
    pub fn output(&self) -> String {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default();
        read(&self.answers) + &read(&self.log)
    }

    /// The first line of its answers.
    ///
    /// # Errors
    /// It ends or stays silent.
    pub fn first_line(&mut self) -> anyhow::Result<String> {
        let what = format!("the first line of {}", self.name);
        wait_for(&what, || {
            std::fs::read_to_string(&self.answers)
                .ok()?
                .split_once('\n')
                .map(|(line, _)| line.to_owned())
        })
        .with_context(|| self.output())
    }

    /// Asks it to end and waits until it has.
    ///
    /// # Errors
    /// It does not end in time.
    pub fn end(mut self) -> anyhow::Result<std::process::ExitStatus> {
        signal("-TERM", &self.id().to_string());
        let what = format!("the end of {}", self.name);
        wait_for(&what, || self.child.try_wait().ok().flatten()).with_context(|| self.output())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // The group, so that a browser does not outlive its driver.
        signal("-KILL", &format!("-{}", self.id()));
        let _ = self.child.wait();
    }
}

/// The same command, which the kernel ends when this test dies without a farewell.
fn ends_with_us(command: &Command) -> Command {
    let mut guarded = Command::new("setpriv");
    guarded.args(["--pdeathsig", "KILL", "--"]);
    guarded.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => guarded.env(name, value),
            None => guarded.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        guarded.current_dir(folder);
    }
    guarded
}

/// Sends a signal to a process, or with a leading minus to its group.
pub(super) fn signal(name: &str, id: &str) {
    let _ = Command::new("kill")
        .args([name, "--", id])
        .stderr(Stdio::null())
        .status();
}
