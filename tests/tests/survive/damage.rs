//! A damaged, cut, replaced or edited database: said, never acted on, never a panic.

use std::fs;
use std::path::{Path, PathBuf};

use sqlx::{Connection as _, SqliteConnection};

use crate::scene::{Ended, Running, Scene, contents};

/// A short wait, and then a file: what a start would do at once if it believed the database.
const PLAN: &str = "\
name: effect
inputs: { path: { type: string, default: \".\", slot: path } }
steps:
  - { id: a, tool: wait, args: { ms: 1 } }
  - { id: hold, tool: wait, needs: [a], args: { ms: 1000 } }
  - { id: write, tool: fs.write, needs: [hold], args: { root: \"${{ inputs.path }}\", path: effect.txt, text: \"once and only once\" } }
";

/// A folder that a killed process left, with an execution that stands just before its effect.
struct Killed {
    scene: Scene,
    files: Vec<(PathBuf, Vec<u8>)>,
    id: String,
}

impl Killed {
    fn new() -> Self {
        let scene = Scene::new();
        let other = scene.write(
            "other.yaml",
            "name: other\nsteps:\n  - { id: a, tool: wait, args: { ms: 0 } }\n",
        );
        for _ in 0..6 {
            scene.expect(0, &["run", &other]);
        }
        let plan = scene.write("plan.yaml", PLAN);
        let running = scene.start(&["run", &plan]);
        running.wait_for("hold: runs");
        running.kill();
        let id = scene.newest()["id"].as_str().unwrap().to_owned();
        let files = contents(&scene.data());
        Self { scene, files, id }
    }

    /// The folder as it was, except that `name` holds `bytes`.
    fn put(&self, name: &str, bytes: &[u8]) {
        fs::remove_dir_all(self.scene.data()).unwrap();
        fs::create_dir(self.scene.data()).unwrap();
        for (path, sound) in &self.files {
            let bytes = if path.ends_with(name) { bytes } else { sound };
            fs::write(path, bytes).unwrap();
        }
        let token = self.scene.data().join("api-token");
        fs::set_permissions(token, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let _ = fs::remove_file(self.effect());
    }

    fn file(&self, name: &str) -> &[u8] {
        let found = self.files.iter().find(|(path, _)| path.ends_with(name));
        &found.unwrap().1
    }

    fn effect(&self) -> PathBuf {
        self.scene.work().join("effect.txt")
    }

    /// What lies in the working folder beside the plans.
    fn effects(&self) -> Vec<(String, String)> {
        contents(&self.scene.work())
            .into_iter()
            .map(|(path, bytes)| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, String::from_utf8_lossy(&bytes).into_owned())
            })
            .filter(|(name, _)| !name.ends_with(".yaml"))
            .collect()
    }

    /// Looks, checks and goes on; each must end by itself with a word, and the only effect is the
    /// one that was asked for.
    fn suffer(&self, what: &str) -> Vec<Ended> {
        let resume = ["executions", "resume", &self.id];
        let commands: [&[&str]; 3] = [&["executions", "list"], &["audit", "verify"], &resume];
        let ended: Vec<Ended> = commands
            .iter()
            .map(|args| {
                let ended = self.scene.run(args);
                assert!(ended.is_clear(), "{what}: {args:?}: {ended:?}");
                ended
            })
            .collect();
        let wanted = ("effect.txt".to_owned(), "once and only once".to_owned());
        let effects = self.effects();
        assert!(
            effects.iter().all(|effect| *effect == wanted),
            "{what}: {effects:?}: {ended:?}"
        );
        ended
    }
}

/// Numbers that are the same in each run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

#[test]
fn flipped_bytes_never_panic_and_never_become_an_effect() {
    let killed = Killed::new();
    let mut draw = Draw(20);
    let (mut said, mut went_on) = (0, 0);
    for name in ["krake.db", "krake.db-wal"] {
        let sound = killed.file(name).to_vec();
        assert!(sound.len() > 4_096, "{name} holds something");
        for _ in 0..24 {
            let place = draw.below(sound.len());
            let mut damaged = sound.clone();
            let end = (place + [1, 16, 600][draw.below(3)]).min(damaged.len());
            damaged[place..end]
                .iter_mut()
                .for_each(|byte| *byte ^= 0x15);
            killed.put(name, &damaged);
            let ended = killed.suffer(&format!("{name} at {place}..{end}"));
            if ended.iter().any(|ended| ended.code == Some(1)) {
                said += 1;
            } else {
                went_on += 1;
            }
        }
    }
    println!("{said} damages were said, {went_on} hit nothing that mattered");
    assert!(said > 10, "{said} of 48 were noticed");
}

/// The structure of the file is sound, so that only the hashes tell.
#[test]
fn a_changed_letter_in_the_journal_does_not_run() {
    let killed = Killed::new();
    for statement in [
        "update journal set payload = replace(payload, 'once and only once', 'again and again') where payload like '%only once%'",
        "update journal set payload = replace(payload, 'effect.txt', 'HANDOFF.md') where payload like '%effect.txt%'",
    ] {
        killed.put("owner.lock", b"");
        change(&killed.scene.data(), statement);
        let ended = killed.suffer(statement);
        let resumed = &ended[2];
        assert_eq!(resumed.code, Some(1), "{resumed:?}");
        assert!(
            resumed.err.contains("is not what was written"),
            "{resumed:?}"
        );
        assert!(killed.effects().is_empty());
    }
}

#[test]
fn a_server_on_a_damaged_database_says_so_and_does_nothing() {
    let killed = Killed::new();
    let mut damaged = killed.file("krake.db").to_vec();
    // Everything after the first page, which holds the schema's root.
    damaged[4_096..].fill(0xa5);
    killed.put("krake.db", &damaged);
    let _ = fs::remove_file(killed.scene.data().join("krake.db-wal"));
    let said = killed.scene.run(&["serve", "--port", "0"]);
    assert!(said.code == Some(1) && said.is_clear(), "{said:?}");
    assert!(
        said.err.contains("damaged") && said.err.contains("put a backup in its place"),
        "{said:?}"
    );
    assert!(killed.effects().is_empty());
    let kept = fs::read(killed.scene.data().join("krake.db")).unwrap();
    assert_eq!(kept.len(), damaged.len(), "the damaged file is kept");
    assert!(
        kept[4_096..] == damaged[4_096..],
        "the damaged file is kept as it is"
    );
}

#[test]
fn a_cut_log_is_noticed_or_harmless() {
    let killed = Killed::new();
    let log = killed.file("krake.db-wal").to_vec();
    assert!(log.len() > 20_000, "{}", log.len());
    let mut refused = 0;
    for part in [0, 1, 3, 5, 8, 9] {
        let length = log.len() * part / 10 + 7 * usize::from(part > 0);
        killed.put("krake.db-wal", &log[..length]);
        let ended = killed.suffer(&format!("a log of {length} bytes"));
        let resumed = &ended[2];
        if resumed.err.contains("was rolled back or replaced") {
            refused += 1;
            assert_eq!(resumed.code, Some(1), "{resumed:?}");
            assert!(
                resumed.err.contains("krake db accept-rollback"),
                "the way out: {resumed:?}"
            );
            assert!(killed.effects().is_empty());
        }
    }
    assert!(refused > 3, "{refused} of 6");
}

#[test]
fn a_lost_log_and_an_old_copy_are_refused_until_a_person_says_go_on() {
    let scene = Scene::new();
    let plan = scene.write(
        "other.yaml",
        "name: other\nsteps:\n  - { id: a, tool: wait, args: { ms: 0 } }\n",
    );
    scene.expect(0, &["run", &plan]);
    let old = fs::read(scene.data().join("krake.db")).unwrap();
    for _ in 0..2 {
        scene.expect(0, &["run", &plan]);
    }
    fs::write(scene.data().join("krake.db"), &old).unwrap();
    for beside in ["krake.db-wal", "krake.db-shm"] {
        let _ = fs::remove_file(scene.data().join(beside));
    }
    for args in [vec!["run", &plan], vec!["serve", "--port", "0"]] {
        let said = scene.expect(1, &args);
        assert!(said.err.contains("was rolled back or replaced"), "{said:?}");
        assert!(said.err.contains("krake db accept-rollback"), "{said:?}");
    }
    let said = scene.expect(0, &["db", "accept-rollback"]);
    assert!(said.is_clear(), "{said:?}");
    assert!(scene.data().join("journal.head.before-rollback").exists());
    scene.expect(0, &["run", &plan]);
    let list = scene.json(&["executions", "list"]);
    assert_eq!(
        list["items"].as_array().unwrap().len(),
        2,
        "the old one and the new one"
    );
    scene.assert_intact();
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(work)
}

fn change(folder: &Path, statement: &'static str) {
    let address = format!("sqlite://{}", folder.join("krake.db").display());
    block_on(async {
        let mut connection = SqliteConnection::connect(&address).await.unwrap();
        let changed = sqlx::query(statement)
            .execute(&mut connection)
            .await
            .unwrap();
        assert_eq!(changed.rows_affected(), 1);
        connection.close().await.unwrap();
    });
}

#[test]
fn an_edited_or_missing_event_is_found_and_ends_with_1() {
    for statement in [
        "update journal set payload = replace(payload, 'other', 'OTHER') where seq = 1",
        "update journal set kind = 'execution_resumed' where seq = 2",
        "update journal set at = at + 1 where seq = 2",
        "delete from journal where seq = 3",
    ] {
        let scene = Scene::new();
        let plan = scene.write(
            "other.yaml",
            "name: other\nsteps:\n  - { id: a, tool: wait, args: { ms: 0 } }\n",
        );
        scene.expect(0, &["run", &plan]);
        scene.assert_intact();
        change(&scene.data(), statement);
        let said = scene.expect(1, &["--json", "audit", "verify"]).json();
        assert_eq!(said["intact"], false, "{statement}");
        assert!(!said["faults"].as_array().unwrap().is_empty(), "{said}");
        assert!(scene.expect(1, &["audit", "verify"]).out.contains("broken"));
    }
}

#[test]
fn files_of_another_kind_or_a_later_version_are_named_and_kept() {
    let scene = Scene::new();
    let plan = scene.write(
        "other.yaml",
        "name: other\nsteps:\n  - { id: a, tool: wait, args: { ms: 0 } }\n",
    );
    let database = scene.data().join("krake.db");
    fs::write(
        &database,
        "this is no database, but somebody's letter to the editor",
    )
    .unwrap();
    let said = scene.expect(1, &["run", &plan]);
    assert!(said.err.contains("not a database"), "{said:?}");
    assert!(
        fs::read(&database)
            .unwrap()
            .starts_with(b"this is no database")
    );
    fs::remove_file(&database).unwrap();
    scene.expect(0, &["run", &plan]);
    change(
        &scene.data(),
        "insert into _sqlx_migrations (version, description, success, checksum, execution_time) values (99990101, 'later', 1, x'00', 0)",
    );
    for args in [
        vec!["run", &plan],
        vec!["executions", "list"],
        vec!["serve", "--port", "0"],
    ] {
        let said = scene.expect(1, &args);
        assert!(said.err.contains("later version"), "{said:?}");
    }
}

/// Another program holds the database for longer than the bounded wait.
#[test]
fn a_database_that_another_program_holds_is_said_and_nothing_is_lost() {
    let scene = Scene::new();
    let plan = scene.write(
        "other.yaml",
        "name: other\nsteps:\n  - { id: a, tool: wait, args: { ms: 0 } }\n",
    );
    scene.expect(0, &["run", &plan]);
    let address = format!("sqlite://{}", scene.data().join("krake.db").display());
    let said = block_on(async {
        let mut other = SqliteConnection::connect(&address).await.unwrap();
        sqlx::query("begin exclusive")
            .execute(&mut other)
            .await
            .unwrap();
        let said: Running = scene.start(&["run", &plan]);
        let said = tokio::task::spawn_blocking(move || said.ended())
            .await
            .unwrap();
        sqlx::query("rollback").execute(&mut other).await.unwrap();
        said
    });
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("locked by another program"), "{said:?}");
    scene.expect(0, &["run", &plan]);
    scene.assert_intact();
}
