use krake_domain::blob::BlobRef;
use krake_domain::id::{ExecutionId, KnowledgeId};
use krake_domain::knowledge::KnowledgeEntry;
use krake_domain::search::{Search, Term};
use krake_domain::session::{Message, ToolUse};
use sqlx::AssertSqlSafe;

use super::*;
use crate::fixture;
use crate::{FilePart, ImportedSession, ReadFile};

const SECRET: &str = "tigerlily5581seven";
const TOKEN: &str = "[secret:known:1a2b]";

fn said(id: Option<&str>, text: &str) -> Message {
    Message {
        native_id: id.map(str::to_owned),
        text: text.to_owned(),
        ..Message::default()
    }
}

fn session(native: &str, messages: Vec<Message>) -> ImportedSession {
    ImportedSession {
        messages,
        title: Some(format!("about {SECRET}")),
        ..fixture::imported(native, "/x")
    }
}

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    (dir, store)
}

fn step(rescan: &Rescan, stage: RescanStage, place: &str, found: &Findings) -> RescanStep {
    RescanStep {
        id: rescan.id,
        stage,
        place: place.to_owned(),
        found: found.clone(),
    }
}

/// The message without the secret.
fn clean(was: StoredMessage) -> Option<ChangedMessage> {
    let mut message = was.message.clone();
    message.text = message.text.replace(SECRET, TOKEN);
    let tool = message.tool.as_mut();
    if let Some(tool) = tool {
        tool.input = serde_json::from_str(&tool.input.to_string().replace(SECRET, TOKEN)).unwrap();
    }
    (message != was.message).then(|| ChangedMessage {
        was,
        message,
        replaced: [("known".to_owned(), 1)].into(),
        secrets: Vec::new(),
    })
}

async fn begin(store: &Store) -> Rescan {
    let by = Principal::owner();
    store.begin_rescan(1, by, Timestamp(5)).await.unwrap()
}

/// Looks through all messages, `most` of them in one piece.
async fn all_messages(store: &Store, rescan: &Rescan) -> Findings {
    let mut found = rescan.found.clone();
    let mut number = 0;
    loop {
        let read = store.messages_after(number).await.unwrap();
        let Some(last) = read.last() else {
            return found;
        };
        let place = last.number.to_string();
        let next = last.number;
        found.messages += read.len() as u64;
        let changed: Vec<ChangedMessage> = read.into_iter().filter_map(clean).collect();
        let step = step(rescan, RescanStage::Messages, &place, &found);
        found = store.change_messages(step, changed).await.unwrap().unwrap();
        number = next;
    }
}

async fn hits(store: &Store, word: &str) -> usize {
    let search = Search {
        terms: vec![Term {
            text: word.to_owned(),
            beginning: false,
        }],
        ..Search::default()
    };
    let mut connection = store.readers().acquire().await.unwrap();
    let hits = crate::search::find(&mut connection, &search, 0, 50).await;
    hits.unwrap().len()
}

async fn count(store: &Store, text: &'static str) -> i64 {
    sqlx::query_scalar(text)
        .fetch_one(store.readers())
        .await
        .unwrap()
}

fn lies_in(folder: &std::path::Path, letters: &str) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(lies_in(&path, letters));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap().to_ascii_lowercase();
        let letters = letters.as_bytes();
        if bytes.windows(letters.len()).any(|part| part == letters) {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_changed_message_is_changed_everywhere_it_stands() {
    let (_dir, store) = store().await;
    let mut call = said(Some("c"), "calls");
    call.tool = Some(ToolUse {
        input: serde_json::json!({ "key": SECRET }),
        ..ToolUse::default()
    });
    let messages = vec![
        said(Some("a"), "before it"),
        said(Some("b"), &format!("use {SECRET} now, orchard")),
        call,
    ];
    let id = store
        .import_session(session("s1", messages))
        .await
        .unwrap()
        .session;
    assert_eq!(hits(&store, SECRET).await, 3, "it and its neighbours");
    assert_eq!(
        count(
            &store,
            "select count(*) from names where text = 'tigerlily5581seven'"
        )
        .await,
        1
    );
    let rescan = begin(&store).await;
    let found = all_messages(&store, &rescan).await;
    assert_eq!(
        (found.messages, found.changed_messages, found.sessions),
        (3, 2, 1)
    );
    assert_eq!(found.replaced["known"], 2);
    let kept = store.load_messages(id).await.unwrap();
    assert_eq!(kept[1].text, format!("use {TOKEN} now, orchard"));
    assert_eq!(kept[2].tool.as_ref().unwrap().input["key"], TOKEN);
    assert_eq!(hits(&store, SECRET).await, 0);
    assert_eq!(hits(&store, "orchard").await, 3);
    let names = "select count(*) from names where text = 'tigerlily5581seven'";
    assert_eq!(count(&store, names).await, 0);
    let parts = "select count(*) from name_parts where name_parts match '\"rli\"'";
    assert_eq!(count(&store, parts).await, 0);
    let row = store.find_session(id).await.unwrap().unwrap();
    assert_eq!(row.redactions["known"], 2);
    // The mark went with it.
    let last = store.last_rescan().await.unwrap().unwrap();
    assert_eq!((last.found, last.place.as_str()), (found, "3"));
}

#[tokio::test]
async fn a_message_without_an_id_is_found_by_its_file_again_and_never_twice() {
    let (_dir, store) = store().await;
    let dirty = vec![said(None, "first"), said(None, &format!("use {SECRET}"))];
    let id = store
        .import_session(session("s1", dirty))
        .await
        .unwrap()
        .session;
    let again = |store: Store| async move {
        let clean = vec![said(None, "first"), said(None, &format!("use {TOKEN}"))];
        store.import_session(session("s1", clean)).await.unwrap()
    };
    // Its file was read again before: then there are two, and one of them goes.
    assert_eq!(again(store.clone()).await.new_messages, 1);
    let rescan = begin(&store).await;
    all_messages(&store, &rescan).await;
    let kept = store.load_messages(id).await.unwrap();
    assert_eq!(kept.len(), 2);
    assert_eq!(again(store.clone()).await.new_messages, 0);

    let other = vec![said(None, "first"), said(None, &format!("use {SECRET}"))];
    let other = store.import_session(session("s2", other)).await.unwrap();
    all_messages(&store, &rescan).await;
    let clean = vec![said(None, "first"), said(None, &format!("use {TOKEN}"))];
    let again = store.import_session(session("s2", clean)).await.unwrap();
    assert_eq!((again.session, again.new_messages), (other.session, 0));
    assert_eq!(store.load_messages(other.session).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_changed_meanwhile_is_read_again_and_counted_once() {
    let (_dir, store) = store().await;
    let texts = vec![said(Some("a"), &format!("use {SECRET}"))];
    store.import_session(session("s1", texts)).await.unwrap();
    let rescan = begin(&store).await;
    let read = store.messages_after(0).await.unwrap();
    let grown = vec![said(Some("a"), &format!("use {SECRET}, and go on"))];
    store.import_session(session("s1", grown)).await.unwrap();
    let changed: Vec<ChangedMessage> = read.into_iter().filter_map(clean).collect();
    let step = step(&rescan, RescanStage::Messages, "1", &rescan.found);
    assert_eq!(store.change_messages(step, changed).await.unwrap(), None);
    assert_eq!(store.last_rescan().await.unwrap().unwrap().place, "");
    let found = all_messages(&store, &rescan).await;
    assert_eq!(found.replaced["known"], 1);
    assert_eq!(hits(&store, "go").await, 1);
}

#[tokio::test]
async fn titles_knowledge_and_documents_are_changed_with_what_they_are_found_by() {
    let (_dir, store) = store().await;
    let id = store
        .import_session(session("s1", Vec::new()))
        .await
        .unwrap()
        .session;
    let mut handoff = fixture::handoff();
    handoff.briefing.text = format!("- the key is {SECRET} [#3]");
    store.add_handoff(handoff.clone()).await.unwrap();
    let entry = KnowledgeEntry {
        id: KnowledgeId::from_uuid(fixture::uuid()),
        workspace: WorkspaceId::PERSONAL,
        category: "practice".to_owned(),
        title: "keys".to_owned(),
        text: format!("it is {SECRET}"),
        sources: Vec::new(),
        created_at: Timestamp(1),
        superseded_by: None,
        withdrawn_at: None,
    };
    store.add_knowledge(entry.clone(), "k").await.unwrap();
    let rescan = begin(&store).await;
    let mut found = rescan.found.clone();
    let mut place = String::new();
    while let Some((records, next)) = store.records_after(&place).await.unwrap() {
        let changed = records.into_iter().filter_map(|was| {
            let texts: std::collections::BTreeMap<usize, String> = was
                .texts
                .iter()
                .enumerate()
                .filter(|(_, one)| one.text.contains(SECRET))
                .map(|(at, one)| (at, one.text.replace(SECRET, TOKEN)))
                .collect();
            (!texts.is_empty()).then(|| ChangedRecord {
                was,
                texts,
                replaced: [("known".to_owned(), 1)].into(),
                secrets: Vec::new(),
            })
        });
        let changed: Vec<ChangedRecord> = changed.collect();
        let step = step(&rescan, RescanStage::Records, &next, &found);
        found = store.change_records(step, changed).await.unwrap().unwrap();
        place = next;
    }
    assert_eq!((found.records, found.sessions), (3, 1));
    let row = store.find_session(id).await.unwrap().unwrap();
    assert_eq!(row.title.unwrap(), format!("about {TOKEN}"));
    let now = store.find_handoff(handoff.id).await.unwrap().unwrap();
    assert_eq!(now.briefing.text, format!("- the key is {TOKEN} [#3]"));
    for index in ["session_titles", "knowledge_words"] {
        let text = format!("select count(*) from {index} where {index} match '{SECRET}'");
        let hits: i64 = sqlx::query_scalar(AssertSqlSafe(text))
            .fetch_one(store.readers())
            .await
            .unwrap();
        assert_eq!(hits, 0, "{index}");
    }
}

/// One part of one file, dirty.
async fn part(store: &Store, text: &str) -> BlobRef {
    let kept = store.blobs().put(text.as_bytes().to_vec()).await.unwrap();
    let part = FilePart {
        start: 0,
        source: kept,
        kept,
    };
    let file = ReadFile {
        path: "/x/a.jsonl".to_owned(),
        format: "claude_code".to_owned(),
        identity: None,
        modified: None,
        bytes: kept.bytes,
        broken_lines: 0,
        read_at: Timestamp(4),
    };
    let me = WorkspaceId::PERSONAL;
    store.keep_file(me, file, vec![part]).await.unwrap();
    kept
}

#[tokio::test]
async fn a_part_is_replaced_and_the_old_one_goes_but_for_one_that_is_about_to_be_named() {
    let (_dir, store) = store().await;
    let rescan = begin(&store).await;
    let old = part(&store, &format!("use {SECRET}")).await;
    let clean = store
        .blobs()
        .put(format!("use {TOKEN}").into())
        .await
        .unwrap();
    let parts = store.parts_after(0, 0).await.unwrap();
    let next = store.parts_after(i64::MIN, i64::MIN).await.unwrap();
    assert_eq!((parts.len(), next.len()), (1, 1));
    let step = step(&rescan, RescanStage::Parts, "1 0", &rescan.found);

    let naming = store.blobs().naming();
    store
        .blobs()
        .put(format!("use {SECRET}").into())
        .await
        .unwrap();
    let changed = store.change_part(step, next[0].clone(), clean, Vec::new());
    let (found, is_gone) = changed.await.unwrap();
    assert_eq!((found.changed_parts, is_gone), (1, false));
    assert!(store.blobs().get(old.hash).await.is_ok());
    drop(naming);
    assert!(store.remove_unnamed_blob(old.hash).await.unwrap());
    assert!(store.blobs().get(old.hash).await.is_err());
    let me = WorkspaceId::PERSONAL;
    let now = store.list_file_parts(me, "/x/a.jsonl").await.unwrap();
    assert_eq!((now[0].kept, now[0].source), (clean, old));
    assert!(store.remove_unnamed_blob(clean.hash).await.unwrap());
    assert!(store.blobs().get(clean.hash).await.is_ok(), "it is named");
}

#[tokio::test]
async fn what_a_crash_left_is_known_by_the_next_process_and_results_of_steps_are_told_apart() {
    let (dir, store) = store().await;
    let left = store.blobs().put(SECRET.into()).await.unwrap();
    let result = store.blobs().put(b"result".repeat(9_000)).await.unwrap();
    let mut event = fixture::done(1, 40_000);
    if let krake_domain::event::Event::AttemptSucceeded { output, .. } = &mut event {
        let text = "y".repeat(40_000);
        *output = serde_json::json!({ "blob": result.hash.to_string(), "text": text }).into();
    }
    let batch = fixture::batch(fixture::execution(), [event]);
    store.append(batch).await.unwrap();
    assert_eq!(store.unnamed_blobs().await.unwrap(), [], "of this process");
    fixture::abandon(store).await;
    let store = Store::open_owner(dir.path()).await.unwrap();
    let mut unnamed = store.unnamed_blobs().await.unwrap();
    unnamed.sort_by_key(|hash| hash.to_string());
    let mut expected = vec![left.hash, result.hash];
    expected.sort_by_key(|hash| hash.to_string());
    assert_eq!(unnamed, expected);
    assert!(!store.is_blob_told(left.hash).await.unwrap());
    assert!(store.is_blob_told(result.hash).await.unwrap());
}

#[tokio::test]
async fn after_the_index_and_the_file_are_written_anew_the_bytes_are_in_no_file() {
    let (dir, store) = store().await;
    let texts = (0..60).map(|number| {
        let id = number.to_string();
        said(
            Some(&id),
            &format!("use {SECRET} {} {number}", "words ".repeat(900)),
        )
    });
    store
        .import_session(session("s1", texts.collect()))
        .await
        .unwrap();
    // What a line was before lies in free places of the file.
    let grown = (0..60).map(|number| said(Some(&number.to_string()), &format!("short {SECRET}")));
    let grown = ImportedSession {
        title: None,
        ..session("s1", grown.collect())
    };
    store.import_session(grown).await.unwrap();
    let rescan = begin(&store).await;
    let found = all_messages(&store, &rescan).await;
    assert_eq!(found.changed_messages, 60);
    assert!(!lies_in(dir.path(), SECRET).is_empty(), "not yet");
    for index in 0..INDEXES.len() {
        let mut first = true;
        while store.merge_index(index, first).await.unwrap() {
            first = false;
        }
        assert!(!store.merge_index(index, true).await.unwrap(), "{index}");
    }
    assert!(store.rewrite_file().await.unwrap());
    // The index leaves out what words have in common at their beginnings.
    for letters in [SECRET, &SECRET[4..], &SECRET[8..]] {
        assert_eq!(
            lies_in(dir.path(), letters),
            [""; 0].map(std::path::PathBuf::from),
            "{letters}"
        );
    }
    assert_eq!(hits(&store, "short").await, 50);
    store.stop().await.unwrap();
}

#[tokio::test]
async fn a_second_one_joins_the_first_and_other_rules_begin_anew() {
    let (dir, store) = store().await;
    store.note_rules(1, Timestamp(1)).await.unwrap();
    assert_eq!(
        store.stored_by_rules().await.unwrap(),
        Some((1, Timestamp(1)))
    );
    let rescan = begin(&store).await;
    let mut found = rescan.found.clone();
    found.messages = 7;
    found.replaced.insert("known".to_owned(), 2);
    let here = step(&rescan, RescanStage::Records, "3 x", &found);
    store.mark_rescan(here).await.unwrap();
    store
        .stop_rescan(rescan.id, "the disk is full".to_owned())
        .await
        .unwrap();
    let joined = begin(&store).await;
    assert_eq!((joined.id, joined.place.as_str()), (rescan.id, "3 x"));
    assert_eq!((joined.found.messages, &joined.trouble), (7, &None));
    fixture::abandon(store).await;

    let store = Store::open_owner(dir.path()).await.unwrap();
    let same = store.resume_rescan(1).await.unwrap().unwrap();
    assert_eq!(
        (same.stage, same.place.as_str()),
        (RescanStage::Records, "3 x")
    );
    let anew = store.resume_rescan(2).await.unwrap().unwrap();
    assert_eq!((anew.id, anew.stage), (rescan.id, RescanStage::Messages));
    assert_eq!((anew.found.messages, anew.found.replaced["known"]), (0, 2));
    store.end_rescan(anew, Timestamp(9)).await.unwrap();
    assert_eq!(store.resume_rescan(2).await.unwrap(), None);
    assert_eq!(
        store.stored_by_rules().await.unwrap(),
        Some((2, Timestamp(5)))
    );
    assert!(!store.rescan_was_told(rescan.id).await.unwrap());
    let told = krake_domain::event::Event::SecretsRescanned {
        rescan: rescan.id,
        rules: 2,
        begun_at: Timestamp(5),
        messages: 0,
        changed_messages: 0,
        sessions: 0,
        records: 0,
        parts: 0,
        replaced: [].into(),
        by: Principal::owner(),
    };
    let batch = fixture::batch(ExecutionId::NONE, [told]);
    store.append(batch).await.unwrap();
    assert!(store.rescan_was_told(rescan.id).await.unwrap());
    assert_ne!(begin(&store).await.id, rescan.id);
}

#[tokio::test]
async fn a_folder_with_text_from_before_goes_by_no_rules() {
    let (_dir, store) = store().await;
    store
        .import_session(session("s1", Vec::new()))
        .await
        .unwrap();
    store.note_rules(1, Timestamp(1)).await.unwrap();
    assert_eq!(store.stored_by_rules().await.unwrap(), None);
}
