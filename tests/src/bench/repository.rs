//! A generated repository of many commits and files, and how long brief-repo needs for it.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use super::footprint::krake;

/// Writes a repository through `git fast-import`: `commits` commits that touch `files` files in turn.
pub fn generate(path: &Path, commits: usize, files: usize) -> Result<()> {
    git(path, &["init", "--quiet", "--initial-branch=main", "."])?;
    let mut import = Command::new("git")
        .arg("-C")
        .arg(path)
        .args(["fast-import", "--quiet"])
        .stdin(Stdio::piped())
        .spawn()?;
    let mut pipe = std::io::BufWriter::new(import.stdin.take().context("git has a pipe")?);
    for number in 0..commits {
        let file = number % files;
        let message =
            format!("Change module {file} in step {number}: handle the case of an empty list\n");
        let todo = if file.is_multiple_of(50) {
            "// TODO: handle an overflow of the counter here\n"
        } else {
            ""
        };
        let body: String = (0..20)
            .map(|line| format!("pub fn f{file}_{line}() -> u64 {{ {} }}\n", number + line))
            .collect();
        let content = format!("//! Module {file}.\n{todo}{body}");
        writeln!(pipe, "commit refs/heads/main")?;
        writeln!(
            pipe,
            "committer Ada Example <ada{}@example.org> {} +0000",
            number % 7,
            1_600_000_000 + number * 600
        )?;
        write!(pipe, "data {}\n{message}", message.len())?;
        writeln!(pipe, "M 100644 inline src/dir{}/file{file}.rs", file % 100)?;
        write!(pipe, "data {}\n{content}\n", content.len())?;
    }
    drop(pipe);
    ensure!(import.wait()?.success(), "git fast-import failed");
    git(path, &["reset", "--quiet", "--hard", "main"])
}

/// One run of brief-repo up to the approval, as a user starts it.
pub fn brief(home: &Path, repository: &Path) -> Result<Duration> {
    let before = Instant::now();
    let output = Command::new(krake()?)
        .arg("--home")
        .arg(home)
        .args(["run", "brief-repo", "--approve", "all", "-i"])
        .arg(format!("path={}", repository.display()))
        .stdin(Stdio::null())
        .output()?;
    ensure!(
        output.status.success(),
        "brief-repo: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(before.elapsed())
}

fn git(path: &Path, args: &[&str]) -> Result<()> {
    ensure!(
        Command::new("git")
            .arg("-C")
            .arg(path)
            .args(args)
            .status()?
            .success(),
        "git {args:?} failed"
    );
    Ok(())
}
