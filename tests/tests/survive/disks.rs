//! A disk without space: said, nothing half-written, and the same execution goes on when there is space.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use krake_tests::world::wait_for;
use serde_json::Value;

use crate::repository::Repository;
use crate::scene::{Running, Scene, count, is_root};

const SHORT: &str = "name: short\nsteps:\n  - { id: a, tool: wait, args: { ms: 1 } }\n";

/// Reads more than the journal may take, and writes a file afterwards.
fn large(repository: &Repository) -> String {
    let root = repository.folder();
    format!(
        "name: large\ninputs: {{ place: {{ type: string, slot: path }} }}\nsteps:\n  \
         - {{ id: read, tool: fs.read, args: {{ root: {root:?}, path: large.txt, max_bytes: 1000000 }} }}\n  \
         - {{ id: write, tool: fs.write, needs: [read], approval: never, args: {{ root: \"${{{{ inputs.place }}}}\", path: out.txt, text: once }} }}\n"
    )
}

/// What the server says about its storage.
fn trouble(scene: &Scene) -> Option<String> {
    let token = fs::read_to_string(scene.data().join("api-token")).ok()?;
    let owner: Value =
        serde_json::from_slice(&fs::read(scene.data().join("owner.json")).ok()?).ok()?;
    let address = format!("127.0.0.1:{}", owner["port"]);
    let mut stream = std::net::TcpStream::connect(&address).ok()?;
    write!(stream, "GET /api/stats HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n").ok()?;
    let mut text = String::new();
    std::io::Read::read_to_string(&mut stream, &mut text).ok()?;
    let body: Value = serde_json::from_str(text.split_once("\r\n\r\n")?.1).ok()?;
    body["trouble"].as_str().map(str::to_owned)
}

/// A limit on the size of each file is what a full disk looks like to one process, and it can be
/// lifted while the process runs.
pub fn limited(bytes: u64) -> [String; 5] {
    [
        "env",
        "--ignore-signal=XFSZ",
        "prlimit",
        &format!("--fsize={bytes}:"),
        "--",
    ]
    .map(str::to_owned)
}

#[test]
fn where_files_cannot_grow_a_run_is_refused_and_nothing_is_half_written() {
    let mut scene = Scene::new();
    let plan = scene.write("short.yaml", SHORT);
    scene.expect(0, &["run", &plan]);
    // Not even a frame of the log fits.
    scene.set_through(&limited(2_048).each_ref().map(String::as_str));
    for args in [vec!["run", &plan], vec!["serve", "--port", "0"]] {
        let said = scene.run(&args);
        assert!(said.code == Some(1) && said.is_clear(), "{said:?}");
        assert!(
            said.err.contains("space") || said.err.contains("input or output failed"),
            "{said:?}"
        );
    }
    scene.set_through(&[]);
    let list = scene.json(&["executions", "list"]);
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    scene.assert_intact();
    scene.expect(0, &["run", &plan]);
    scene.assert_intact();
}

#[test]
fn the_same_execution_goes_on_when_files_may_grow_again() {
    let mut scene = Scene::new();
    let repository = Repository::with_commits(&scene);
    repository.add_large_file(1 << 20);
    let plan = scene.write("large.yaml", large(&repository));
    // A new database is larger than what files may have afterwards.
    let first = scene.serve();
    first.signal("TERM");
    assert_eq!(first.ended().code, Some(0));
    scene.set_through(&limited(400_000).each_ref().map(String::as_str));
    let served = scene.serve();
    scene.set_through(&[]);
    let place = format!("place={}", repository.folder());
    let started = scene.expect(0, &["run", &plan, "--detach", "-i", &place]);
    let id = started.out.trim();
    let said = wait_for("the banner", || trouble(&scene)).unwrap();
    assert!(said.contains("space") || said.contains("failed"), "{said}");
    assert!(
        !repository.path().join("out.txt").exists(),
        "nothing before its intent"
    );
    assert_eq!(scene.status(id), "running");
    let lifted = Command::new("prlimit")
        .args(["--pid", &served.id().to_string(), "--fsize=unlimited:"])
        .status();
    assert!(lifted.unwrap().success());
    scene.wait_for_status(id, "done");
    wait_for("the banner to go", || {
        trouble(&scene).is_none().then_some(())
    })
    .unwrap();
    let journal = scene.journal();
    for step in ["read", "write"] {
        assert_eq!(count(&journal, "attempt_succeeded", id, step), 1, "{step}");
        assert_eq!(count(&journal, "attempt_started", id, step), 1, "{step}");
    }
    served.signal("TERM");
    assert_eq!(served.ended().code, Some(0));
    scene.assert_intact();
}

/// The data folder on a real small disk, in a namespace of its own.
struct SmallDisk {
    scene: Scene,
    holder: Running,
}

impl SmallDisk {
    /// None: this machine allows no mounts, even in a namespace.
    fn new(size: &str) -> Option<Self> {
        let own: &[&str] = if is_root() {
            &["-m"]
        } else {
            &["-U", "-r", "-m"]
        };
        let may = Command::new("unshare")
            .args(own)
            .args(["mount", "-t", "tmpfs", "tmpfs", "/mnt"])
            .stderr(Stdio::null())
            .status();
        if !may.is_ok_and(|status| status.success()) {
            return None;
        }
        let mut scene = Scene::new();
        let script = format!(
            "mount -t tmpfs -o size={size},mode=700 tmpfs {:?} && echo mounted && exec sleep 600",
            scene.data()
        );
        let mut command = Command::new("unshare");
        command.args(own).args(["sh", "-c", &script]);
        let holder = scene.start_as(command);
        holder.wait_for("mounted");
        let pid = holder.id().to_string();
        let work = format!("--wd={}", scene.work().display());
        let mut through = vec!["nsenter", "-t", &pid, "-m", &work];
        if !is_root() {
            through.extend(["-U", "--preserve-credentials"]);
        }
        through.push("--");
        scene.set_through(&through);
        Some(Self { scene, holder })
    }

    fn ballast(&self) -> PathBuf {
        let folder = self.scene.data().join("ballast");
        let inside = folder.strip_prefix("/").unwrap();
        PathBuf::from(format!("/proc/{}/root", self.holder.id())).join(inside)
    }

    /// Fills what is left.
    fn fill(&self) {
        let mut file = fs::File::create(self.ballast()).unwrap();
        for size in [1 << 16, 4_096, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
    }

    fn empty(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

#[test]
fn on_a_full_disk_a_run_is_refused_and_a_running_one_waits_for_space() {
    // Where nothing may be mounted, the limit on the size of files above stands for it.
    let Some(disk) = SmallDisk::new("3m") else {
        return;
    };
    let scene = &disk.scene;
    let plan = scene.write("short.yaml", SHORT);
    scene.expect(0, &["run", &plan]);
    disk.fill();
    let said = scene.run(&["run", &plan]);
    assert!(said.code == Some(1) && said.is_clear(), "{said:?}");
    assert!(
        said.err.to_lowercase().contains("no space left"),
        "{said:?}"
    );
    disk.empty();
    scene.expect(0, &["run", &plan]);
    let list = scene.json(&["executions", "list"]);
    assert_eq!(list["items"].as_array().unwrap().len(), 2, "{list}");

    let held = scene.write(
        "held.yaml",
        "name: held\ninputs: { place: { type: string, slot: path, default: . } }\nsteps:\n  - { id: hold, tool: wait, args: { ms: 1500 } }\n  \
             - { id: write, tool: fs.write, needs: [hold], approval: never, args: { root: \"${{ inputs.place }}\", path: out.txt, text: once } }\n",
    );
    let running = scene.start(&["run", &held]);
    running.wait_for("hold: runs");
    // Ids are printed first.
    let id = running.said().lines().next().unwrap().to_owned();
    disk.fill();
    running.wait_for("no space left");
    assert!(
        !scene.work().join("out.txt").exists(),
        "nothing before its intent"
    );
    disk.empty();
    let ended = running.ended();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let journal = scene.journal();
    for step in ["hold", "write"] {
        assert_eq!(count(&journal, "attempt_succeeded", &id, step), 1, "{step}");
    }
    scene.assert_intact();
}

#[test]
fn a_disk_that_is_too_small_to_begin_is_said() {
    for size in ["16k", "64k", "200k"] {
        let Some(disk) = SmallDisk::new(size) else {
            return;
        };
        let plan = disk.scene.write("short.yaml", SHORT);
        for args in [vec!["run", &plan], vec!["serve", "--port", "0"]] {
            let said = disk.scene.run(&args);
            assert!(said.code == Some(1) && said.is_clear(), "{size}: {said:?}");
            assert!(
                said.err.to_lowercase().contains("no space left"),
                "{size}: {said:?}"
            );
        }
    }
}
