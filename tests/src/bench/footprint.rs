//! What the headless core costs while nothing happens.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

/// A running core at idle.
pub struct Footprint {
    /// From the start of the process to its first line.
    pub started: Duration,
    /// Proportional set size in kB.
    pub pss_kb: u64,
    /// Voluntary context switches a minute, over all threads.
    pub wake_ups: f64,
}

/// Starts `krake serve` beside this program and watches it for `idle` after it has settled.
pub fn measure(home: &Path, settle: Duration, idle: Duration) -> Result<Footprint> {
    let before = Instant::now();
    let mut child = Command::new(krake()?)
        .args(["serve", "--port", "0", "--home"])
        .arg(home)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("the child has a pipe")?).read_line(&mut line)?;
    let started = before.elapsed();
    std::thread::sleep(settle);
    let first = switches(child.id())?;
    std::thread::sleep(idle);
    #[expect(clippy::cast_precision_loss, reason = "a count of context switches")]
    let wake_ups = (switches(child.id())? - first) as f64 * 60.0 / idle.as_secs_f64();
    let pss_kb = pss(child.id())?;
    child.kill()?;
    child.wait()?;
    Ok(Footprint {
        started,
        pss_kb,
        wake_ups,
    })
}

/// The command line that was built in the same profile as this program.
pub fn krake() -> Result<PathBuf> {
    let path = std::env::current_exe()?.with_file_name("krake");
    anyhow::ensure!(path.exists(), "{} is not built", path.display());
    Ok(path)
}

/// Proportional set size of a process in kB.
pub fn pss(pid: u32) -> Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
    let line = text
        .lines()
        .find(|line| line.starts_with("Pss:"))
        .context("smaps_rollup has a Pss line")?;
    Ok(line
        .split_whitespace()
        .nth(1)
        .context("the line has a number")?
        .parse()?)
}

/// Time that the processors spent on a process, all threads together.
pub fn processor_time(pid: u32) -> Result<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = text.rsplit_once(')').context("the name is in brackets")?;
    let ticks = fields.split_whitespace().skip(11).take(2);
    let ticks = ticks.map(str::parse::<u64>).sum::<Result<u64, _>>()?;
    // In user mode and in the kernel, in ticks of which Linux tells a hundred a second.
    Ok(Duration::from_millis(ticks * 10))
}

fn switches(pid: u32) -> Result<u64> {
    let mut sum = 0;
    for task in std::fs::read_dir(format!("/proc/{pid}/task"))? {
        let status = std::fs::read_to_string(task?.path().join("status")).unwrap_or_default();
        let line = status
            .lines()
            .find(|line| line.starts_with("voluntary_ctxt_switches"));
        sum += line
            .and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
            .unwrap_or(0);
    }
    Ok(sum)
}
