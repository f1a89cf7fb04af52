//! The first look at the sessions of another tool: the core brings them in while it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::footprint;
use super::report::{Row, median, ms, quantile};
use super::talk::{Lines, Talk, claude_code};

/// Messages of one session, about twenty kilobytes.
const SESSION: u64 = 40;
/// Between two questions: a person who clicks fast.
const PAUSE: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1_200);

/// What was timed.
pub struct Scanned {
    pub took: Duration,
    pub bytes: u64,
    /// How long the list of projects took, each time.
    pub answers: Vec<Duration>,
    pub pss_mb: f64,
}

/// The first look at 10,000 sessions of another tool, and how soon the core answers meanwhile.
///
/// # Errors
/// As [`measure`].
pub fn told(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let mut done = measure(&folder.join("scan"), 10_000)?;
    let (p50, p99) = (median(&mut done.answers), quantile(&mut done.answers, 0.99));
    let slowest = done.answers.iter().max().copied().unwrap_or_default();
    rows.push(Row::told(
        "scan: 10,000 session files brought in",
        format!(
            "{:.0} s, {} MB",
            done.took.as_secs_f64(),
            done.bytes / 1_000_000
        ),
        json!(done.took.as_secs_f64()),
    ));
    rows.push(Row::told(
        "scan: the list of projects meanwhile, p50, p99, slowest",
        format!(
            "{:.1} ms, {:.1} ms, {:.1} ms",
            ms(p50),
            ms(p99),
            ms(slowest)
        ),
        json!({ "p50_ms": ms(p50), "p99_ms": ms(p99), "slowest_ms": ms(slowest) }),
    ));
    rows.push(Row::told(
        "scan: memory of the core at the end",
        format!("{:.0} MB PSS", done.pss_mb),
        json!(done.pss_mb),
    ));
    Ok(())
}

/// Lays so many sessions of Claude Code into a home folder and starts `krake serve` beside this
/// program with a project that they belong to.
///
/// # Errors
/// The core does not start, or does not bring them in within twenty minutes.
pub fn measure(folder: &Path, files: u64) -> Result<Scanned> {
    let (user, work) = (folder.join("user"), folder.join("user/work/shop"));
    std::fs::create_dir_all(&work)?;
    let work = work.canonicalize()?;
    let bytes = lay(&user, &work, files)?;
    let core = Core::start(&folder.join("home"), &user)?;
    let begun = Instant::now();
    let project = serde_json::json!({ "name": "shop", "folder": work });
    core.ask("POST", "/api/projects", &project.to_string())?;
    let (mut answers, mut watched) = (Vec::new(), Value::Null);
    while watched["new_messages"] != files * SESSION {
        anyhow::ensure!(begun.elapsed() < LONGEST, "still at {watched}");
        std::thread::sleep(PAUSE);
        let asked = Instant::now();
        core.ask("GET", "/api/projects", "")?;
        answers.push(asked.elapsed());
        watched = core.ask("GET", "/api/imports/watched", "")?;
    }
    #[expect(clippy::cast_precision_loss, reason = "a size in kilobytes")]
    let pss_mb = footprint::pss(core.child.id())? as f64 / 1_024.0;
    Ok(Scanned {
        took: begun.elapsed(),
        bytes,
        answers,
        pss_mb,
    })
}

fn lay(user: &Path, work: &Path, files: u64) -> Result<u64> {
    // Claude Code names the folder of a project by its path.
    let name: String = work
        .display()
        .to_string()
        .replace(|letter: char| !letter.is_ascii_alphanumeric(), "-");
    let folder = user.join(".claude/projects").join(name);
    std::fs::create_dir_all(&folder)?;
    let (mut talk, mut bytes) = (Talk::new(11), 0);
    for number in 0..files {
        let messages: Vec<_> = (0..SESSION).map(|at| talk.message(at)).collect();
        let name = format!("session-{number}");
        let lines = String::from_utf8(claude_code(&name, 0, &messages, Lines::Short))?;
        let lines = lines.replace("/work/shop", &work.display().to_string());
        bytes += lines.len() as u64;
        std::fs::write(folder.join(name).with_extension("jsonl"), lines)?;
    }
    Ok(bytes)
}

struct Core {
    child: Child,
    address: String,
    token: String,
}

impl Core {
    fn start(home: &Path, user: &Path) -> Result<Self> {
        let mut child = Command::new(footprint::krake()?)
            .args(["serve", "--port", "0", "--home"])
            .arg(home)
            .env("HOME", user)
            .env_remove("CLAUDE_CONFIG_DIR")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("the child has a pipe")?)
            .read_line(&mut line)?;
        let (address, token) = line
            .split_once("http://")
            .and_then(|(_, rest)| rest.trim().split_once("/#token="))
            .context("the first line is an address with a token")?;
        Ok(Self {
            address: address.to_owned(),
            token: token.to_owned(),
            child,
        })
    }

    fn ask(&self, method: &str, path: &str, body: &str) -> Result<Value> {
        let Self { address, token, .. } = self;
        let mut stream = TcpStream::connect(address)?;
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        anyhow::ensure!(
            answer.starts_with("HTTP/1.1 2"),
            "{method} {path}: {answer}"
        );
        let start = answer.find('{').context("the answer is JSON")?;
        let end = answer.rfind('}').context("the answer is JSON")?;
        Ok(serde_json::from_str(&answer[start..=end])?)
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
