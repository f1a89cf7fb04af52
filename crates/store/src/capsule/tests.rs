use super::*;
use krake_domain::account::Provider;
use krake_domain::compression::{CompressionRule, Retention, Subject};
use krake_domain::id::{
    CompressionRuleId, ImportId, KnowledgeId, ProjectId, SessionId, SnapshotId, WorkspaceId,
};
use krake_domain::knowledge::KnowledgeEntry;
use krake_domain::project::{Project, ProjectStatus};
use krake_domain::session::{Message, Role};
use krake_domain::time::Timestamp;
use proptest::prelude::*;
use tokio::sync::mpsc;

use crate::fixture::{self, imported, uuid};
use crate::{ImportedSession, Store};

pub(super) fn nothing() -> Clean {
    Arc::new(|_| {})
}

pub(super) fn message(text: &str, native: Option<&str>) -> Message {
    Message {
        text: text.to_owned(),
        role: Role::Assistant,
        native_id: native.map(str::to_owned),
        at: Some(Timestamp(5)),
        ..Message::default()
    }
}

fn project(name: &str) -> Project {
    Project {
        id: ProjectId::from_uuid(uuid()),
        workspace: WorkspaceId::PERSONAL,
        name: name.to_owned(),
        description: "d".to_owned(),
        status: ProjectStatus::Active,
        folder: None,
        objectives: Vec::new(),
        pinned: vec!["a".to_owned()],
        created_at: Timestamp(1),
        updated_at: Timestamp(2),
    }
}

fn entry(title: &str, source: String) -> KnowledgeEntry {
    KnowledgeEntry {
        id: KnowledgeId::from_uuid(uuid()),
        workspace: WorkspaceId::PERSONAL,
        category: "practice".to_owned(),
        title: title.to_owned(),
        text: "text".to_owned(),
        sources: vec![source],
        created_at: Timestamp(3),
        superseded_by: None,
        withdrawn_at: None,
    }
}

/// A project with a session of these messages, an entry that was superseded, a snapshot, rules.
pub(super) async fn fill(store: &Store, native: &str, texts: &[String]) -> (ProjectId, SessionId) {
    let project = project(native);
    store.add_project(project.clone()).await.unwrap();
    let messages = texts.iter().enumerate();
    let session = ImportedSession {
        title: Some(format!("about {native}")),
        project: Some(project.id),
        messages: messages
            .map(|(at, text)| message(text, (at % 2 == 0).then_some(text)))
            .collect(),
        ..imported(native, "/x")
    };
    let session = store.import_session(session).await.unwrap().session;
    store.add_draft(fixture::draft(session, 5)).await.unwrap();
    let old = entry("old", format!("{session}#1"));
    store.add_knowledge(old.clone(), "k").await.unwrap();
    let new = entry("new", "AGENTS.md".to_owned());
    store.supersede_knowledge(old.id, new).await.unwrap();
    let rule = CompressionRule {
        id: CompressionRuleId::from_uuid(uuid()),
        workspace: WorkspaceId::PERSONAL,
        project: Some(project.id.to_string()),
        effect: Retention::AlwaysKeep,
        subject: Subject::Pattern {
            text: "x".to_owned(),
        },
        created_at: Timestamp(4),
    };
    store.add_compression_rule(rule).await.unwrap();
    let id = SnapshotId::from_uuid(uuid());
    let named = project.id.to_string();
    let frozen = store
        .freeze(id, "s", Some(&named), None, Timestamp(6))
        .await
        .unwrap();
    store.add_snapshot(frozen).await.unwrap();
    let account = fixture::account(native, Provider::Other);
    store.add_account(account).await.unwrap();
    store
        .set_routing(vec![
            r#"{"kind":"first","accounts":"a"}"#.to_owned(),
            r#"{"kind":"never","accounts":"b"}"#.to_owned(),
        ])
        .await
        .unwrap();
    let run = fixture::execution();
    let mut batch = fixture::batch(run, [fixture::done(1, 40_000), fixture::done(2, 9)]);
    batch.summary = Some(fixture::summary(
        krake_domain::execution::ExecutionStatus::Done,
        5,
    ));
    store.append(batch).await.unwrap();
    (project.id, session)
}

pub(super) async fn outs(store: &Store, scope: CapsuleScope) -> Vec<Out> {
    let (sender, mut receiver) = mpsc::channel(4);
    let reading = store.clone();
    let reading = tokio::spawn(async move { reading.read_out(scope, sender).await });
    let mut outs = Vec::new();
    while let Some(out) = receiver.recv().await {
        outs.push(out);
    }
    reading.await.unwrap().unwrap();
    outs
}

/// What a capsule of everything would say.
pub(super) async fn all(store: &Store) -> Vec<String> {
    let outs = outs(store, CapsuleScope::Everything).await;
    outs.iter().map(spelt).collect()
}

fn spelt(out: &Out) -> String {
    match out {
        Out::Line { noun, line } => format!("{} {}", noun.name, canonical_json(line)),
        Out::Message { session, line } => format!("{session} {}", canonical_json(line)),
        Out::Answer { session, line } => format!("{session} {}", canonical_json(line)),
        Out::Event { execution, line } => format!("{execution} {}", canonical_json(line)),
        Out::Raw { hash, bytes } => format!("{hash} {}", bytes.as_ref().map_or(0, Vec::len)),
    }
}

/// The same as pieces on their way in.
pub(super) fn pieces(outs: &[Out]) -> Vec<Piece> {
    let below = |id: &str| {
        let mut below = Below::default();
        for out in outs {
            match out {
                Out::Message { session: of, line }
                | Out::Event {
                    execution: of,
                    line,
                } if of == id => {
                    below.add(line);
                }
                _ => {}
            }
        }
        below.lines()
    };
    let mut lines = Vec::new();
    let mut rest = Vec::new();
    for out in outs {
        match out {
            Out::Line { noun, line } => {
                let has_below = matches!(noun.name, "sessions" | "executions");
                lines.push(Piece::Line(Box::new(Arriving {
                    noun,
                    line: noun.read(line.clone()).unwrap(),
                    below: has_below.then(|| below(line["id"].as_str().unwrap())),
                    prefixes: Vec::new(),
                })));
            }
            Out::Message { session, line } => rest.push(Piece::Message {
                session: session.clone(),
                position: line["position"].as_u64().unwrap(),
                key: line["key"].as_str().unwrap().to_owned(),
                message: serde_json::from_value(line["message"].clone()).unwrap(),
            }),
            Out::Answer { session, line } => rest.push(Piece::Answer {
                session: session.clone(),
                answer: AnswerLine::read(line.clone()).unwrap(),
            }),
            Out::Event { execution, line } => rest.push(Piece::Event {
                execution: execution.clone(),
                seq: line["seq"].as_i64().unwrap(),
                at: line["at"].as_i64().unwrap(),
                event: line["event"].clone(),
            }),
            Out::Raw { .. } => {}
        }
    }
    lines.extend(rest);
    lines.push(Piece::End);
    lines
}

fn import() -> CapsuleImport {
    CapsuleImport {
        id: ImportId::from_uuid(uuid()),
        file: "a.krake".to_owned(),
        content_hash: "00".to_owned(),
        made_at: Some(Timestamp(9)),
        imported_at: Timestamp(10),
        undone_at: None,
        brought: 0,
        playbooks: Vec::new(),
    }
}

pub(super) async fn take_in(store: &Store, pieces: Vec<Piece>) -> (ImportId, Judgement) {
    let import = import();
    let id = import.id;
    let (sender, receiver) = mpsc::channel(4);
    tokio::spawn(async move {
        for piece in pieces {
            if sender.send(Ok(piece)).await.is_err() {
                return;
            }
        }
    });
    let judgement = store.take_in(import, receiver, nothing()).await.unwrap();
    (id, judgement)
}

fn totals(judgement: &Judgement) -> (u64, u64, u64) {
    judgement.counts.values().fold((0, 0, 0), |sum, counts| {
        (
            sum.0 + counts.new,
            sum.1 + counts.equal,
            sum.2 + counts.kept_both,
        )
    })
}

#[tokio::test]
async fn what_goes_out_comes_in_the_same_is_found_and_can_be_taken_back() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Store::open_owner(one.path()).await.unwrap();
    // More than one batch, with a name that is found by a part of it.
    let texts: Vec<String> = (0..600)
        .map(|at| format!("word{at} loadUserProfile"))
        .collect();
    fill(&first, "native", &texts).await;
    let outs = outs(&first, CapsuleScope::Everything).await;

    let second = Store::open_owner(two.path()).await.unwrap();
    let empty = all(&second).await;
    let (id, judgement) = take_in(&second, pieces(&outs)).await;
    assert_eq!(totals(&judgement).1 + totals(&judgement).2, 0);
    let spelt: Vec<String> = outs.iter().map(spelt).collect();
    assert_eq!(all(&second).await, spelt);
    for words in ["word0", "word299", "word599", "profile"] {
        let (a, b) = (hits(&first, words).await, hits(&second, words).await);
        assert!(!a.is_empty(), "{words}");
        assert_eq!(a, b, "{words}");
    }

    let (_, again) = take_in(&second, pieces(&outs)).await;
    assert_eq!((totals(&again).0, totals(&again).2), (0, 0));
    assert_eq!(all(&second).await, spelt);

    let undone = second
        .undo_capsule_import(id, Timestamp(11), nothing())
        .await
        .unwrap();
    assert_eq!(undone.kept, []);
    assert_eq!(all(&second).await, empty);
    assert!(hits(&second, "word299").await.is_empty());
    let twice = second
        .undo_capsule_import(id, Timestamp(12), nothing())
        .await;
    assert!(twice.is_err());
}

async fn hits(store: &Store, words: &str) -> Vec<String> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "select messages.session_id, position from message_words
         join messages on messages.number = message_words.rowid
         where message_words match $1 order by position",
    )
    .bind(words.to_owned())
    .fetch_all(store.readers())
    .await
    .unwrap();
    rows.into_iter()
        .map(|(session, position)| format!("{session} {position}"))
        .collect()
}

#[tokio::test]
async fn what_differs_is_kept_on_both_sides_and_what_was_changed_stays() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Store::open_owner(one.path()).await.unwrap();
    let (project, session) = fill(&first, "native", &["a".to_owned(), "b".to_owned()]).await;
    let old = outs(&first, CapsuleScope::Everything).await;
    let second = Store::open_owner(two.path()).await.unwrap();
    let (id, _) = take_in(&second, pieces(&old)).await;

    // The same ids with other content: another name of the project, a further message.
    let mut row = first.find_project(project).await.unwrap().unwrap().project;
    row.description = "other".to_owned();
    first.change_project(row).await.unwrap();
    let grown = ImportedSession {
        title: Some("about native".to_owned()),
        messages: vec![
            message("a", Some("a")),
            message("b", None),
            message("c", None),
        ],
        ..imported("native", "/x")
    };
    first.import_session(grown).await.unwrap();
    let before = all(&second).await;
    let (later, judgement) = take_in(
        &second,
        pieces(&outs(&first, CapsuleScope::Everything).await),
    )
    .await;
    let differing: Vec<&str> = judgement.differing.iter().map(|one| one.noun).collect();
    assert_eq!(
        differing,
        ["projects", "sessions", "drafts"],
        "{judgement:?}"
    );
    // Nothing of what was here is another.
    let after = all(&second).await;
    for line in &before {
        assert!(after.contains(line), "{line}");
    }
    let sessions = second.list_sessions(None).await.unwrap();
    let mut counts: Vec<u64> = sessions.iter().map(|row| row.messages).collect();
    counts.sort_unstable();
    assert_eq!(counts, [2, 3]);
    let names: Vec<String> = second
        .list_projects(None)
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.project.name)
        .collect();
    assert!(names.contains(&"native".to_owned()) && names.contains(&"native (2)".to_owned()));

    // The second import goes; of the first one, what was changed since stays.
    let undone = second
        .undo_capsule_import(later, Timestamp(20), nothing())
        .await
        .unwrap();
    assert_eq!(undone.kept, []);
    assert_eq!(all(&second).await, before);
    let change = crate::sessions::SessionChange {
        title: Some("mine now".to_owned()),
        ..crate::sessions::SessionChange::default()
    };
    second.change_session(session, change).await.unwrap();
    let undone = second
        .undo_capsule_import(id, Timestamp(21), nothing())
        .await
        .unwrap();
    let kept: Vec<(&str, &str)> = undone
        .kept
        .iter()
        .map(|kept| (kept.noun, kept.why))
        .collect();
    assert_eq!(
        kept,
        [
            ("sessions", "it was changed since"),
            ("projects", "sessions were put into it since")
        ]
    );
}

#[tokio::test]
async fn what_refers_to_something_that_differs_stays_where_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let (project, _) = fill(&store, "native", &["a".to_owned()]).await;
    let older = outs(&store, CapsuleScope::Everything).await;
    let mut row = store.find_project(project).await.unwrap().unwrap().project;
    row.description = "mine".to_owned();
    store.change_project(row).await.unwrap();
    let (_, judgement) = take_in(&store, pieces(&older)).await;
    let differing: Vec<&str> = judgement.differing.iter().map(|one| one.noun).collect();
    assert_eq!(differing, ["projects"], "{judgement:?}");
}

#[tokio::test]
async fn a_session_that_went_on_since_the_capsule_was_made_is_here_already() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    fill(&store, "native", &["a".to_owned(), "b".to_owned()]).await;
    let older = outs(&store, CapsuleScope::Everything).await;
    let grown = ImportedSession {
        title: Some("another title".to_owned()),
        messages: vec![
            message("a", Some("a")),
            message("b", None),
            message("c", None),
        ],
        ..imported("native", "/x")
    };
    store.import_session(grown).await.unwrap();
    let (_, judgement) = take_in(&store, pieces(&older)).await;
    assert_eq!(judgement.counts["sessions"].equal, 1, "{judgement:?}");
    assert_eq!(store.list_sessions(None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_source_that_breaks_off_leaves_nothing() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = Store::open_owner(one.path()).await.unwrap();
    fill(&first, "native", &["a".to_owned()]).await;
    let outs = outs(&first, CapsuleScope::Everything).await;
    let second = Store::open_owner(two.path()).await.unwrap();
    let empty = all(&second).await;
    let whole = pieces(&outs);
    for cut in [0, 1, 5, whole.len() - 1] {
        let (sender, receiver) = mpsc::channel(whole.len());
        for piece in pieces(&outs).into_iter().take(cut) {
            sender.send(Ok(piece)).await.unwrap();
        }
        drop(sender);
        assert!(second.take_in(import(), receiver, nothing()).await.is_err());
        assert_eq!(all(&second).await, empty);
        assert_eq!(second.list_capsule_imports().await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_project_takes_what_is_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let (project, session) = fill(&store, "mine", &["a".to_owned()]).await;
    let other = ImportedSession {
        messages: vec![message("secret plans", None)],
        ..imported("other", "/y")
    };
    store.import_session(other).await.unwrap();
    let outs = outs(&store, CapsuleScope::Project(project)).await;
    let text: Vec<String> = outs.iter().map(spelt).collect();
    assert!(!text.iter().any(|line| line.contains("secret plans")));
    let count = |noun: &str| {
        let begin = format!("{noun} ");
        text.iter().filter(|line| line.starts_with(&begin)).count()
    };
    // Both entries: the one that cites the session, and what stands in its place.
    assert_eq!(
        [
            "projects",
            "sessions",
            "knowledge",
            "snapshots",
            "compression_rules"
        ]
        .map(count),
        [1, 1, 2, 1, 1]
    );
    assert_eq!(["routing", "executions", "accounts"].map(count), [0, 0, 0]);
    assert_eq!(count(&session.to_string()), 1);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_content_goes_round(texts in prop::collection::vec(any::<String>(), 0..8), name in "[a-z]{1,8}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async move {
            let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
            let first = Store::open_owner(one.path()).await.unwrap();
            fill(&first, &name, &texts).await;
            let outs = outs(&first, CapsuleScope::Everything).await;
            let second = Store::open_owner(two.path()).await.unwrap();
            let (id, _) = take_in(&second, pieces(&outs)).await;
            assert_eq!(all(&second).await, all(&first).await);
            second.undo_capsule_import(id, Timestamp(1), nothing()).await.unwrap();
            assert!(all(&second).await.is_empty());
        });
    }
}
