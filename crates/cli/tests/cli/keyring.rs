//! A keychain of its own for one test: a private bus, and GNOME's keyring on it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::world::{Running, awaited};

/// Nothing is started by being asked for: what is missing is missing.
const CONFIG: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

pub struct Keyring {
    pub address: String,
    daemon: Option<Running>,
    folder: TempDir,
    _bus: Running,
}

impl Keyring {
    /// A bus without a keychain.
    pub fn absent() -> Self {
        Self::on_a_bus(CONFIG)
    }

    /// A bus that lets nobody speak to a keychain, as that of a sandbox does.
    pub fn refusing() -> Self {
        let no = r#"<deny send_destination="org.freedesktop.secrets"/></policy>"#;
        let mut keyring = Self::on_a_bus(&CONFIG.replace("</policy>", no));
        // Of a name that nobody has the bus says only that.
        keyring.unlock();
        keyring
    }

    fn on_a_bus(config_text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("bus.conf");
        std::fs::write(&config, config_text).unwrap();
        let mut bus = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(bus.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        Self {
            address: address.trim().to_owned(),
            daemon: None,
            folder,
            _bus: Running(bus),
        }
    }

    /// A bus with an unlocked keychain.
    pub fn start() -> Self {
        let mut keyring = Self::absent();
        keyring.unlock();
        keyring
    }

    /// Starts it, or starts it anew, with its password given.
    pub fn unlock(&mut self) {
        self.daemon = None;
        awaited("its name is free", || (!self.is_owned()).then_some(()));
        let home = self.folder.path();
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("HOME", home)
            .env("XDG_DATA_HOME", home)
            .env("XDG_RUNTIME_DIR", home)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        daemon.stdin.take().unwrap().write_all(b"pass").unwrap();
        self.daemon = Some(Running(daemon));
        awaited("it has its name", || self.is_owned().then_some(()));
    }

    /// Locks it; nobody is there to type its password.
    pub fn lock(&self) {
        let said = self.send(
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.Lock",
            "array:objpath:/org/freedesktop/secrets/collection/login",
        );
        assert!(said.contains("collection/login"), "{said}");
    }

    /// How many secrets of Krake it holds.
    pub fn count(&self) -> usize {
        let said = self.send(
            "org.freedesktop.secrets",
            "/org/freedesktop/secrets",
            "org.freedesktop.Secret.Service.SearchItems",
            "dict:string:string:service,app.krake",
        );
        said.matches("/org/freedesktop/secrets/collection/login/")
            .count()
    }

    fn is_owned(&self) -> bool {
        let said = self.send(
            "org.freedesktop.DBus",
            "/org/freedesktop/DBus",
            "org.freedesktop.DBus.NameHasOwner",
            "string:org.freedesktop.secrets",
        );
        said.contains("boolean true")
    }

    fn send(&self, to: &str, path: &str, method: &str, argument: &str) -> String {
        let said = Command::new("dbus-send")
            .args(["--session", "--print-reply", &format!("--dest={to}")])
            .args([path, method, argument])
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .output()
            .unwrap();
        String::from_utf8(said.stdout).unwrap()
    }
}
