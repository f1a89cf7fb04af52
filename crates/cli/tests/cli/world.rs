//! A data folder and a working folder, and the binary to run in them.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

pub struct World {
    pub home: PathBuf,
    pub work: PathBuf,
    _folder: TempDir,
}

#[derive(Debug)]
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().canonicalize().unwrap();
        let (home, work) = (path.join("home"), path.join("work"));
        std::fs::create_dir(&work).unwrap();
        Self {
            home,
            work,
            _folder: folder,
        }
    }

    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.work.join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_krake"));
        command
            .args(args)
            .current_dir(&self.work)
            .env("KRAKE_HOME", &self.home)
            .env_remove("KRAKE_PORT")
            .env_remove("KRAKE_LOG")
            // Whoever runs the tests may have keys; nothing of theirs is asked.
            .env("KRAKE_PLANNER", "off")
            .env_remove("ANTHROPIC_API_KEY")
            .env_remove("OPENAI_API_KEY")
            .env_remove("ANTHROPIC_BASE_URL")
            .env_remove("OPENAI_BASE_URL")
            .env_remove("GEMINI_API_KEY")
            .env_remove("GOOGLE_API_KEY")
            .env_remove("KRAKE_MODEL")
            .env_remove("KRAKE_VAULT_PASSPHRASE_FILE")
            // Nor are the logs of their tools read.
            .env("CODEX_HOME", self.work.join("codex"))
            .env("CLAUDE_CONFIG_DIR", self.work.join("claude"))
            // Nobody's own keychain is touched: a test that needs one starts it.
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        ended(self.command(args).spawn().unwrap())
    }

    /// Runs it with this on stdin.
    pub fn fed(&self, args: &[&str], stdin: &str) -> Ended {
        fed(self.command(args), stdin)
    }

    /// Whether any file of the data folder holds these letters.
    pub fn keeps(&self, letters: &str) -> bool {
        holds(&self.home, letters.as_bytes())
    }

    /// Runs it and expects this exit code.
    pub fn expect(&self, code: i32, args: &[&str]) -> Ended {
        let ended = self.run(args);
        assert_eq!(ended.code, Some(code), "krake {args:?}: {ended:?}");
        ended
    }

    pub fn json(&self, args: &[&str]) -> Value {
        self.expect(0, &[&["--json"], args].concat()).json()
    }

    /// The newest execution.
    pub fn newest(&self) -> Value {
        self.json(&["executions", "list"])["items"][0].clone()
    }

    /// `krake serve` on any free port, up and serving.
    pub fn serve(&self) -> Served {
        self.serve_as(self.command(&["--json", "serve", "--port", "0"]))
    }

    /// The same with a command that was prepared.
    pub fn serve_as(&self, mut command: Command) -> Served {
        let mut child = command.spawn().unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        Served {
            child: Running(child),
            said,
        }
    }
}

pub struct Served {
    pub child: Running,
    pub said: Value,
}

/// A child that never outlives its test.
pub struct Running(pub Child);

impl Running {
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &self.0.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    pub fn code(&mut self) -> Option<i32> {
        self.0.wait().unwrap().code()
    }

    /// Reads stderr up to a line that holds `word`; what follows can be read on.
    pub fn wait_for(&mut self, word: &str) -> BufReader<ChildStderr> {
        let mut err = BufReader::new(self.0.stderr.take().unwrap());
        let mut seen = String::new();
        loop {
            let mut line = String::new();
            assert!(
                err.read_line(&mut line).unwrap() > 0,
                "`{word}` never came: {seen}"
            );
            seen.push_str(&line);
            if line.contains(word) {
                return err;
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a prepared command with this on stdin.
pub fn fed(mut command: Command, stdin: &str) -> Ended {
    use std::io::Write as _;
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    // Who refuses before reading closes the pipe, which is fine.
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    ended(child)
}

fn holds(folder: &std::path::Path, letters: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, letters);
        }
        let bytes = std::fs::read(&path).unwrap_or_default();
        bytes.windows(letters.len()).any(|part| part == letters)
    })
}

/// Asks until there is an answer. What never comes fails the test after a while; nothing is measured.
pub fn awaited<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let until = Instant::now() + Duration::from_secs(90);
    loop {
        match ask() {
            Some(answer) => return answer,
            None => assert!(Instant::now() < until, "it never came: {what}"),
        }
        std::thread::yield_now();
    }
}

pub fn ended(mut child: Child) -> Ended {
    let mut err = child.stderr.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        err.read_to_string(&mut text).unwrap();
        text
    });
    let mut out = String::new();
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut out)
        .unwrap();
    Ended {
        code: child.wait().unwrap().code(),
        out,
        err: reader.join().unwrap(),
    }
}

pub const UNEVEN: &str = "\
name: uneven
inputs: { path: { type: string, default: \".\" } }
steps:
  - { id: a, tool: wait, args: { ms: 100 } }
  - { id: b, tool: wait, args: { ms: 500 } }
  - { id: c, tool: wait, args: { ms: 500 }, needs: [a] }
  - { id: d, tool: wait, args: { ms: 100 }, needs: [b] }
  - { id: e, tool: wait, args: { ms: 50 }, needs: [c, d] }
";

pub const LONG: &str = "name: long\nsteps:\n  - { id: a, tool: wait, args: { ms: 1 } }\n  - { id: b, tool: wait, args: { ms: 600000 }, needs: [a] }\n";

/// Writes `out.txt` into the working folder and asks before it.
pub const GATED: &str = "\
name: gated
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - id: write
    tool: fs.write
    approval: always
    args: { root: \"${{ inputs.path }}\", path: out.txt, text: \"once\\n\" }
";
