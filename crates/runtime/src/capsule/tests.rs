use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use krake_edge::archive::Archive;
use krake_edge::archive_write::ArchiveWriter;
use krake_store::CapsuleScope;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio_util::sync::CancellationToken;

use super::manifest::{EntryFacts, Manifest, content_hash, hex};
use super::*;
use crate::import::{Wish, import_path};
use crate::playbooks::Playbooks;
use krake_engine::secrets::Known;
use krake_store::Store;

const CANARY: &str = "sk-ant-api03-Zq8vT2mWc5XbN7pLr4KdY1hJs9GfE3aUo6iR0tBxQwVn8sMj";
/// What is said of a capsule, and how it is made.
type Case<'a> = (&'a str, Box<dyn Fn() -> PathBuf + 'a>);

pub(super) struct Home {
    pub folder: tempfile::TempDir,
    pub store: Store,
    pub playbooks: Playbooks,
}

impl Home {
    pub async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open_owner(&folder.path().join("home"))
            .await
            .unwrap();
        Self {
            playbooks: Playbooks::new(store.dir()),
            folder,
            store,
        }
    }

    /// A transcript of Claude Code with a secret, a broken line and a poisoned text; a playbook.
    pub async fn filled() -> Self {
        let home = Self::new().await;
        let mut text = String::new();
        for at in 0..20 {
            let line = json!({
                "type": "user", "uuid": format!("u{at}"), "sessionId": "s1", "cwd": "/work/app",
                "timestamp": format!("2026-11-0{}T10:00:00.000Z", at % 9 + 1),
                "message": { "role": "user", "content": format!(
                    "message {at} </script><script>document.title='owned'</script> {}",
                    if at == 3 { CANARY } else { "" }
                ) },
            });
            text.push_str(&format!("{line}\n"));
        }
        text.push_str("{ broken\n");
        let file = home.folder.path().join("s1.jsonl");
        std::fs::write(&file, text).unwrap();
        let wish = Wish::default();
        import_path(&home.store, &file, &wish, &CancellationToken::new())
            .await
            .unwrap();
        std::fs::create_dir_all(home.playbooks.folder()).unwrap();
        let plan = format!("name: own\ngoal: x\n# {CANARY}\nsteps: []\n");
        std::fs::write(home.playbooks.folder().join("own.yaml"), plan).unwrap();
        home
    }

    pub async fn export(&self, name: &str) -> Exported {
        let target = self.folder.path().join(name);
        export(
            &self.store,
            CapsuleScope::Everything,
            Known::default(),
            &target,
            &CancellationToken::new(),
        )
        .await
        .unwrap()
    }

    pub async fn import(&self, path: &Path) -> Result<Taken, CapsuleError> {
        import(
            &self.store,
            &self.playbooks,
            path,
            &CancellationToken::new(),
        )
        .await
    }
}

pub(super) fn entries(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let file = std::fs::read(path).unwrap();
    let mut archive = Archive::open_tight(Cursor::new(file)).unwrap();
    let mut all = BTreeMap::new();
    for entry in archive.entries.clone() {
        let mut bytes = Vec::new();
        archive
            .read(&entry)
            .unwrap()
            .read_to_end(&mut bytes)
            .unwrap();
        all.insert(entry.name, bytes);
    }
    all
}

pub(super) fn zipped(path: &Path, entries: &[(String, Vec<u8>)]) -> PathBuf {
    let mut archive = ArchiveWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        archive.begin(name).unwrap();
        archive.write(bytes).unwrap();
        archive.end().unwrap();
    }
    std::fs::write(path, archive.finish().unwrap().into_inner()).unwrap();
    path.to_owned()
}

/// The capsule with other entries and a manifest that fits them.
pub(super) fn forged(
    from: &Path,
    to: &Path,
    change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>),
) -> PathBuf {
    let mut all = entries(from);
    let manifest = all.remove("manifest.json").unwrap();
    change(&mut all);
    let mut manifest: Manifest = serde_json::from_slice(&manifest).unwrap();
    manifest.entries = all
        .iter()
        .map(|(name, bytes)| EntryFacts {
            name: name.clone(),
            bytes: bytes.len() as u64,
            sha256: hex(&Sha256::digest(bytes)),
        })
        .collect();
    manifest.content_hash = content_hash(&manifest.entries);
    let mut list: Vec<(String, Vec<u8>)> = all.into_iter().collect();
    list.push((
        "manifest.json".to_owned(),
        serde_json::to_vec(&manifest).unwrap(),
    ));
    zipped(to, &list)
}

#[tokio::test]
async fn everything_goes_round_and_no_secret_with_it() {
    let home = Home::filled().await;
    let made = home.export("a.krake").await;
    for (name, bytes) in entries(&made.path) {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("Zq8vT2mWc5"), "{name}");
    }
    assert_eq!(made.manifest.replaced.values().sum::<u64>(), 1);
    assert!(made.manifest.counts["data/messages.jsonl"] >= 20);
    assert!(home.export("b.krake").await.manifest.content_hash == made.manifest.content_hash);
    let taken_name = export(
        &home.store,
        CapsuleScope::Everything,
        Known::default(),
        &made.path,
        &CancellationToken::new(),
    )
    .await;
    assert!(matches!(
        taken_name,
        Err(CapsuleError::Edge(krake_edge::EdgeError::Changed { .. }))
    ));

    let other = Home::new().await;
    let path = &made.path;
    let looked = preview(
        &other.store,
        &other.playbooks,
        path,
        &CancellationToken::new(),
    )
    .await
    .unwrap();
    assert_eq!(looked.judgement.counts["sessions"].new, 1);
    assert!(other.store.list_sessions(None).await.unwrap().is_empty());
    let taken = other.import(path).await.unwrap();
    let again = other.export("a.krake").await;
    assert_eq!(again.manifest.content_hash, made.manifest.content_hash);
    let found = other.playbooks.find("own").unwrap();
    assert!(found.text.contains("[secret:"));
    // The transcript itself is here as well, without what was secret.
    let file = home.folder.path().join("s1.jsonl").display().to_string();
    let parts = other
        .store
        .list_file_parts(krake_domain::id::WorkspaceId::PERSONAL, &file)
        .await
        .unwrap();
    let kept = other.store.blobs().get(parts[0].kept.hash).await.unwrap();
    assert!(String::from_utf8(kept).unwrap().contains("{ broken"));

    let undone = undo(&other.store, Some(taken.id)).await.unwrap();
    assert!(undone.undone.kept.is_empty() && undone.kept_playbooks.is_empty());
    assert!(other.playbooks.find("own").is_none());
    assert!(matches!(
        undo(&other.store, None).await,
        Err(CapsuleError::Store(krake_store::StoreError::NotFound(_)))
    ));
}

#[tokio::test]
async fn a_playbook_never_takes_the_name_of_another() {
    let home = Home::filled().await;
    let shipped = home.playbooks.folder().join("brief-repo.yaml");
    std::fs::write(&shipped, "name: evil\ngoal: x\nsteps: []\n").unwrap();
    let made = home.export("a.krake").await;
    let other = Home::new().await;
    let before = other.playbooks.find("brief-repo").unwrap().text.clone();
    let taken = other.import(&made.path).await.unwrap();
    assert_eq!(other.playbooks.find("brief-repo").unwrap().text, before);
    assert!(other.playbooks.find("brief-repo (2)").is_some());
    let names: Vec<Option<String>> = taken
        .preview
        .playbooks
        .into_iter()
        .map(|playbook| playbook.kept_as)
        .collect();
    assert_eq!(names, [Some("brief-repo (2).yaml".to_owned()), None]);
    // Once more: the same text is here under the other name.
    let again = other.import(&made.path).await.unwrap();
    assert!(
        again
            .preview
            .playbooks
            .iter()
            .all(|playbook| !playbook.is_new)
    );
    // One that was changed since stays.
    let own = other.playbooks.folder().join("own.yaml");
    std::fs::write(&own, "name: mine\ngoal: x\nsteps: []\n").unwrap();
    let undone = undo(&other.store, Some(taken.id)).await.unwrap();
    assert_eq!(undone.kept_playbooks.len(), 1);
    assert!(own.exists() && other.playbooks.find("brief-repo (2)").is_none());
}

#[tokio::test]
async fn hostile_capsules_are_refused_with_the_reason_and_change_nothing() {
    let home = Home::filled().await;
    let made = home.export("a.krake").await.path;
    let other = Home::new().await;
    let empty = other.export("empty.krake").await.manifest.content_hash;
    let to = home.folder.path().join("forged.krake");
    let raw = |name: &str, bytes: &[u8]| vec![(name.to_owned(), bytes.to_vec())];
    let messages = "data/messages.jsonl";
    let edit = |name: &'static str, from: &'static str, into: &'static str| {
        move |all: &mut BTreeMap<String, Vec<u8>>| {
            let text = String::from_utf8(all[name].clone()).unwrap();
            assert!(text.contains(from), "{from}");
            all.insert(name.to_owned(), text.replacen(from, into, 1).into_bytes());
        }
    };
    let mut cases: Vec<Case<'_>> = Vec::new();
    let whole: Vec<(String, Vec<u8>)> = entries(&made).into_iter().collect();
    let with = |more: Vec<(String, Vec<u8>)>| {
        let mut list = whole.clone();
        list.extend(more);
        list
    };
    for (told, list) in [
        ("it has no manifest.json", raw("data/projects.jsonl", b"")),
        (
            "leads out of the archive",
            with(raw("../../etc/passwd", b"x")),
        ),
        ("leads out of the archive", with(raw("/etc/passwd", b"x"))),
        (
            "leads out of the archive",
            with(raw("playbooks/../x.yaml", b"x")),
        ),
        ("belongs to no capsule", with(raw("bin/run.sh", b"x"))),
        (
            "belongs to no capsule",
            with(raw("playbooks/.hidden.yaml", b"x")),
        ),
        ("is there twice", with(raw("data/projects.jsonl", b""))),
        ("is there twice", with(raw("playbooks/OWN.yaml", b"x"))),
        (
            "does not name the entry",
            with(raw("playbooks/new.yaml", b"x")),
        ),
    ] {
        let to = to.clone();
        cases.push((told, Box::new(move || zipped(&to, &list))));
    }
    let changed = |name: &'static str| {
        let mut list = whole.clone();
        for (entry, bytes) in &mut list {
            if entry == name {
                *bytes = String::from_utf8_lossy(bytes)
                    .replacen("message 1", "massage 1", 1)
                    .into_bytes();
            }
        }
        list
    };
    let list = changed(messages);
    let place = to.clone();
    cases.push((
        "it was changed or damaged",
        Box::new(move || zipped(&place, &list)),
    ));
    let line = |text: &str| format!("{text}\n").into_bytes();
    type Change = Box<dyn Fn(&mut BTreeMap<String, Vec<u8>>)>;
    let forgeries: Vec<(&str, Change)> = vec![
        (
            "is not in its canonical form",
            Box::new(edit(messages, "{\"key\"", "{ \"key\"")),
        ),
        (
            "is no JSON",
            Box::new(move |all| {
                all.insert("data/projects.jsonl".into(), line("{ no"));
            }),
        ),
        (
            "field `more` is not known",
            Box::new(edit(
                "data/sessions.jsonl",
                "\"native_id\"",
                "\"more\":1,\"native_id\"",
            )),
        ),
        (
            "field `project_fixed`",
            Box::new(edit(
                "data/sessions.jsonl",
                "\"project_fixed\":false",
                "\"project_fixed\":7",
            )),
        ),
        (
            "field `id`",
            Box::new(edit(
                "data/sessions.jsonl",
                "\"id\":\"ses_",
                "\"id\":\"prj_",
            )),
        ),
        (
            "is not in the capsule",
            Box::new(|all| {
                all.insert("data/sessions.jsonl".into(), Vec::new());
            }),
        ),
        (
            "is there twice",
            Box::new(move |all| {
                let bytes = all[messages].clone();
                let first = bytes
                    .split_inclusive(|byte| *byte == b'\n')
                    .next()
                    .unwrap()
                    .to_vec();
                all.insert(messages.to_owned(), [first, bytes].concat());
            }),
        ),
        (
            "is not what its name says",
            Box::new(|all| {
                let name = all
                    .keys()
                    .find(|name| name.starts_with("raw/"))
                    .unwrap()
                    .clone();
                all.insert(name, b"other".to_vec());
            }),
        ),
        (
            "is not in the capsule",
            Box::new(|all| all.retain(|name, _| !name.starts_with("raw/"))),
        ),
        (
            "too long or does not end",
            Box::new(|all| {
                all.insert("data/budgets.jsonl".into(), vec![0; 9 << 20]);
            }),
        ),
        (
            "the entry data/events.jsonl is missing",
            Box::new(|all| {
                all.remove("data/events.jsonl");
            }),
        ),
        (
            "unknown variant",
            Box::new(|all| {
                let rule = json!({ "rule": { "accounts": "a", "kind": "always" } });
                all.insert(
                    "data/routing.jsonl".into(),
                    format!("{}\n", krake_domain::canonical_json(&rule)).into_bytes(),
                );
            }),
        ),
    ];
    for (told, change) in forgeries {
        let (from, to) = (made.clone(), to.clone());
        cases.push((told, Box::new(move || forged(&from, &to, &change))));
    }
    for (told, make) in cases {
        let path = make();
        let refusal = other.import(&path).await.expect_err(told).to_string();
        assert!(refusal.contains(told), "{told}: {refusal}");
        assert!(
            preview(
                &other.store,
                &other.playbooks,
                &path,
                &CancellationToken::new()
            )
            .await
            .is_err()
        );
    }
    // A later format, and a file that was cut at many places.
    let mut list = whole.clone();
    for (name, bytes) in &mut list {
        if name == "manifest.json" {
            let mut manifest: Value = serde_json::from_slice(bytes).unwrap();
            manifest["version"] = Value::from(3);
            manifest["holds"] = Value::from("what nobody knows yet");
            *bytes = manifest.to_string().into_bytes();
        }
    }
    let later = other.import(&zipped(&to, &list)).await.unwrap_err();
    assert!(later.to_string().contains("later version"), "{later}");
    let bytes = std::fs::read(&made).unwrap();
    for part in 0..24 {
        std::fs::write(&to, &bytes[..bytes.len() * part / 24]).unwrap();
        assert!(matches!(
            other.import(&to).await,
            Err(CapsuleError::Refused(_))
        ));
    }
    for flip in (0..bytes.len()).step_by(bytes.len() / 40) {
        let mut bytes = bytes.clone();
        bytes[flip] ^= 0x55;
        std::fs::write(&to, bytes).unwrap();
        // A byte that nobody reads may be another; everything else is noticed.
        let _ = other.import(&to).await.map(|taken| (taken.id, flip));
        if let Ok(undone) = undo(&other.store, None).await {
            assert!(undone.undone.kept.is_empty());
        }
    }
    let still = other.export("still.krake").await.manifest.content_hash;
    assert_eq!(still, empty);
}

#[tokio::test]
async fn a_secret_in_a_capsule_of_others_is_not_kept() {
    let home = Home::filled().await;
    let made = home.export("a.krake").await.path;
    let to = home.folder.path().join("forged.krake");
    let forged = forged(&made, &to, |all| {
        let mut text = String::from_utf8(all["data/messages.jsonl"].clone()).unwrap();
        text = text.replacen("message 5", &format!("message 5 {CANARY}"), 1);
        all.insert("data/messages.jsonl".to_owned(), text.into_bytes());
    });
    let other = Home::new().await;
    other.import(&forged).await.unwrap();
    let session = other.store.list_sessions(None).await.unwrap().remove(0);
    let messages = other.store.load_messages(session.id).await.unwrap();
    let text: String = messages.into_iter().map(|message| message.text).collect();
    assert!(text.contains("message 5 [secret:") && !text.contains("Zq8vT2mWc5"));
}

#[tokio::test]
async fn the_page_holds_what_others_wrote_as_data_alone() {
    let home = Home::filled().await;
    let made = home.export("a.krake").await;
    let page = entries(&made.path).remove("reader/index.html").unwrap();
    let page = String::from_utf8(page).unwrap();
    assert!(page.contains("message 7"));
    assert!(!page.contains("document.title='owned'</script>"));
    // One script runs; every other block is data.
    assert_eq!(page.matches("<script>").count(), 1);
    let blocks = page.matches("<script type=\"application/json\"").count();
    assert_eq!(page.matches("</script>").count(), blocks + 1);
    assert!(page.contains("default-src 'none'; script-src 'sha256-"));
}
