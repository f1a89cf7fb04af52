//! A private world for the real window and the real browser: its own display, session bus, home
//! and data folder, all of which end with it.
//!
//! What it deliberately does not do: it fakes nothing of the product and touches nothing of the
//! user's own session. **Invariant:** every process that it starts ends with it, by its own id.

mod display;
#[cfg(target_os = "linux")]
mod drag;
mod page;
mod process;

#[cfg(target_os = "linux")]
pub use drag::Drag;
pub use page::Page;
pub use process::Process;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tempfile::TempDir;

use self::display::Display;

/// How long anything may take before the test says what it waited for.
pub const PATIENCE: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(25);

/// A world of its own.
pub struct World {
    // Ends before the folder that its sockets lie in.
    display: Option<Display>,
    folder: TempDir,
    env: BTreeMap<String, String>,
}

impl World {
    /// Folders only: for the command line and a headless browser.
    ///
    /// # Errors
    /// The folders cannot be made.
    pub fn without_display() -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let path = |name: &str| folder.path().join(name);
        for name in ["home", "runtime", "data", "work"] {
            std::fs::create_dir(path(name))?;
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(path("runtime"), std::fs::Permissions::from_mode(0o700))?;
        }
        let text = |name: &str| path(name).display().to_string();
        let env = BTreeMap::from([
            ("HOME".to_owned(), text("home")),
            ("XDG_RUNTIME_DIR".to_owned(), text("runtime")),
            ("XDG_CONFIG_HOME".to_owned(), text("home/.config")),
            ("XDG_DATA_HOME".to_owned(), text("home/.local/share")),
            ("XDG_CACHE_HOME".to_owned(), text("home/.cache")),
            ("KRAKE_HOME".to_owned(), text("data")),
            ("KRAKE_PORT".to_owned(), "0".to_owned()),
            ("LANG".to_owned(), "C.UTF-8".to_owned()),
        ]);
        Ok(Self {
            display: None,
            folder,
            env,
        })
    }

    /// With a display, a window manager and a session bus.
    ///
    /// # Errors
    /// One of them is not installed or does not start.
    pub fn with_display() -> anyhow::Result<Self> {
        let mut world = Self::without_display()?;
        let display = Display::start(&world)?;
        world.env.extend(display.env());
        world.display = Some(display);
        Ok(world)
    }

    /// The name of its display, where it has one.
    #[must_use]
    pub fn display(&self) -> Option<&str> {
        self.env.get("DISPLAY").map(String::as_str)
    }

    /// The data folder of this world's Krake.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// A folder that plans may work in.
    #[must_use]
    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// A command that sees this world and nothing of the user's.
    #[must_use]
    pub fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        for name in ["WAYLAND_DISPLAY", "DISPLAY", "DBUS_SESSION_BUS_ADDRESS"] {
            command.env_remove(name);
        }
        command.envs(&self.env).current_dir(self.folder.path());
        command
    }

    /// Starts a program whose output goes to a file of this world.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn start(&self, name: &str, command: Command) -> anyhow::Result<Process> {
        Process::start(
            name,
            command,
            &self.folder.path().join(format!("{name}.log")),
        )
    }

    /// Runs the command line of this world to its end and gives what it printed.
    ///
    /// # Errors
    /// It fails, with what it said.
    pub fn krake(&self, args: &[&str]) -> anyhow::Result<String> {
        let mut command = self.command(built("krake")?);
        let output = command.args(args).output()?;
        if !output.status.success() {
            bail!(
                "krake {args:?}: {}: {}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            );
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Writes a plan file and starts an execution of it by the owner that runs.
    ///
    /// # Errors
    /// The plan is refused, or nobody owns the folder.
    pub fn run_plan(&self, name: &str, text: &str) -> anyhow::Result<String> {
        let path = self.folder.path().join(format!("{name}.yaml"));
        std::fs::write(&path, text)?;
        let path = path.to_str().context("the path is text")?;
        Ok(self.krake(&["run", path, "--detach"])?.trim().to_owned())
    }
}

/// A binary that was built beside this test.
///
/// # Errors
/// It was not built: a test of the real thing does not pass without it.
pub fn built(name: &str) -> anyhow::Result<PathBuf> {
    let mut folder = std::env::current_exe()?;
    // target/debug/deps/window-… → target/debug, and target/release/krake-bench → target/release
    folder.pop();
    if folder.ends_with("deps") {
        folder.pop();
    }
    let path = folder.join(name);
    if !path.is_file() {
        bail!(
            "{} is not built: cargo build -p krake-app -p krake-cli",
            path.display()
        );
    }
    Ok(path)
}

/// Waits until `look` finds something.
///
/// # Errors
/// Nothing was found in time; the error says what was waited for.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> anyhow::Result<T> {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return Ok(found);
        }
        if begun.elapsed() > PATIENCE {
            bail!("waited {PATIENCE:?} for {what}");
        }
        std::thread::sleep(LOOK_AGAIN);
    }
}

/// A port that nobody listened on a moment ago.
///
/// # Errors
/// There is none.
pub fn free_port() -> anyhow::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}
