//! A world with a data folder, a home and a working folder, and the real `krake` in it.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use krake_tests::world::{World, built, wait_for};
use serde_json::Value;

pub struct Scene {
    pub world: World,
    /// What every command is started through, outermost first: `nsenter`, `prlimit` and the like.
    through: Vec<String>,
    started: AtomicUsize,
}

/// How a command ended and what it said.
#[derive(Debug)]
pub struct Ended {
    /// None: a signal.
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ended {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Not a panic, not a signal, and some word on why.
    pub fn is_clear(&self) -> bool {
        let said = format!("{}{}", self.out, self.err);
        self.code.is_some_and(|code| code != 101) && !said.contains("panicked") && !said.is_empty()
    }
}

impl Scene {
    pub fn new() -> Self {
        Self::through(&[])
    }

    pub fn through(words: &[&str]) -> Self {
        Self {
            world: World::without_display().unwrap(),
            through: words.iter().map(|word| (*word).to_owned()).collect(),
            started: AtomicUsize::new(0),
        }
    }

    /// The same world, its commands started another way.
    pub fn set_through(&mut self, words: &[&str]) {
        self.through = words.iter().map(|word| (*word).to_owned()).collect();
    }

    pub fn data(&self) -> PathBuf {
        self.world.data()
    }

    pub fn work(&self) -> PathBuf {
        self.world.work().canonicalize().unwrap()
    }

    pub fn home(&self) -> PathBuf {
        self.world.data().with_file_name("home")
    }

    /// Writes a file into the working folder and gives its path as text.
    pub fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.work().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let krake = built("krake").unwrap();
        let mut words = self.through.iter().cloned();
        let mut command = match words.next() {
            Some(first) => {
                let mut command = self.world.command(first);
                command.args(words).arg(krake);
                command
            }
            None => self.world.command(krake),
        };
        for name in ["CLAUDE_CONFIG_DIR", "CODEX_HOME", "KRAKE_LOG"] {
            command.env_remove(name);
        }
        command.args(args).current_dir(self.world.work());
        command
    }

    pub fn start(&self, args: &[&str]) -> Running {
        self.start_as(self.command(args))
    }

    pub fn start_as(&self, mut command: Command) -> Running {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let beside = |name: &str| self.world.data().with_file_name(format!("{number}.{name}"));
        let (out, err) = (beside("out"), beside("err"));
        let child = command
            .stdin(Stdio::null())
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap())
            .spawn()
            .unwrap();
        Running { child, out, err }
    }

    pub fn run(&self, args: &[&str]) -> Ended {
        self.start(args).ended()
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

    /// `krake serve` on any free port, up and serving.
    pub fn serve(&self) -> Running {
        let served = self.start(&["--json", "serve", "--port", "0"]);
        served.wait_for("\"port\"");
        served
    }

    /// The newest execution.
    pub fn newest(&self) -> Value {
        self.json(&["executions", "list"])["items"][0].clone()
    }

    pub fn status(&self, id: &str) -> String {
        let shown = self.json(&["executions", "show", id]);
        shown["execution"]["status"].as_str().unwrap().to_owned()
    }

    pub fn wait_for_status(&self, id: &str, status: &str) {
        wait_for(&format!("{id} to be {status}"), || {
            (self.status(id) == status).then_some(())
        })
        .unwrap_or_else(|error| panic!("{error}; it is {}", self.status(id)));
    }

    /// Every event of the journal, in order.
    pub fn journal(&self) -> Vec<Value> {
        let lines = self.expect(0, &["audit", "export"]).out;
        lines
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    pub fn assert_intact(&self) {
        assert_eq!(self.json(&["audit", "verify"])["intact"], true);
    }
}

/// How often an event of this kind is there for a step.
pub fn count(journal: &[Value], kind: &str, execution: &str, step: &str) -> usize {
    journal
        .iter()
        .filter(|line| {
            line["kind"] == kind
                && line["execution_id"] == execution
                && line["event"]["step"] == step
        })
        .count()
}

/// A child that never outlives its test. What it says goes to files, so it never waits for a reader.
pub struct Running {
    child: Child,
    out: PathBuf,
    err: PathBuf,
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn said(&self) -> String {
        text(&self.out) + &text(&self.err)
    }

    /// Waits until it has said `word`.
    pub fn wait_for(&self, word: &str) {
        wait_for(&format!("`{word}`"), || {
            self.said().contains(word).then_some(())
        })
        .unwrap_or_else(|error| panic!("{error}: {}", self.said()));
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(text(&self.out).lines().next().unwrap()).unwrap()
    }

    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end.
    pub fn ended(mut self) -> Ended {
        let status = wait_for("the end", || self.child.try_wait().unwrap())
            .unwrap_or_else(|error| panic!("{error}: {}", self.said()));
        Ended {
            code: status.code(),
            out: text(&self.out),
            err: text(&self.err),
        }
    }

    pub fn kill(self) {
        self.signal("KILL");
        self.ended();
    }

    /// Kills it as soon as `is_there`, unless it ended before; whether it was killed.
    pub fn kill_when(self, is_there: impl Fn() -> bool) -> bool {
        let mut was_there = false;
        wait_for("the moment or the end", || {
            was_there = is_there();
            (was_there || self.has_ended()).then_some(())
        })
        .unwrap();
        if was_there {
            self.kill();
        } else {
            self.ended();
        }
        was_there
    }

    fn has_ended(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id()));
        stat.is_err() || stat.is_ok_and(|text| text.contains(") Z "))
    }

    /// The most memory that it ever held, in bytes.
    pub fn most_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmHWM:"))
            .unwrap();
        let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        kib * 1024
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(path: &Path) -> String {
    String::from_utf8_lossy(&std::fs::read(path).unwrap_or_default()).into_owned()
}

/// As root the mode of a file keeps nobody out; without these capabilities it does.
pub const WITHOUT_PRIVILEGE: [&str; 4] = [
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search,-fowner",
    "--inh-caps=-dac_override,-dac_read_search,-fowner",
    "--",
];

/// Of a file; none: 0.
pub fn size(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

pub fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|found| {
        use std::os::unix::fs::MetadataExt as _;
        found.uid() == 0
    })
}

/// The data folder as bytes, by name.
pub fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file())
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}
