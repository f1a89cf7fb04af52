use std::fmt::Write as _;

use krake_domain::session::{MessageKind, Usage};
use krake_domain::time::Timestamp;

use super::*;

async fn store() -> (tempfile::TempDir, Store) {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(&dir.path().join("home")).await.unwrap();
    (dir, store)
}

async fn import(store: &Store, path: &Path) -> Report {
    let cancel = CancellationToken::new();
    import_path(store, path, &Wish::default(), &cancel)
        .await
        .unwrap()
}

fn claude_line(number: usize, parent: Option<usize>, text: &str) -> String {
    let parent = parent.map_or("null".to_owned(), |parent| format!("\"u{parent}\""));
    format!(
        "{{\"type\":\"user\",\"uuid\":\"u{number}\",\"parentUuid\":{parent},\"sessionId\":\"s1\",\"cwd\":\"/nowhere/app\",\"timestamp\":\"2026-01-02T03:04:05Z\",\"message\":{{\"role\":\"user\",\"content\":{}}}}}\n",
        serde_json::Value::from(text)
    )
}

fn key() -> String {
    format!("sk-ant-api03-{}", "Q7fK2mVx9TbL4cRz8WnD1hYs6GpJ3uEa5oXi")
}

#[tokio::test]
async fn a_folder_comes_in_once_and_what_was_left_out_is_named() {
    let (dir, store) = store().await;
    let folder = dir.path().join("in");
    std::fs::create_dir_all(folder.join("deep")).unwrap();
    std::fs::write(
        folder.join("deep/a.jsonl"),
        format!(
            "{}{{broken\n{}",
            claude_line(0, None, "hello"),
            claude_line(1, Some(0), "again")
        ),
    )
    .unwrap();
    std::fs::write(folder.join("note.md"), "just a note").unwrap();
    std::fs::write(folder.join("picture.bin"), [0, 1, 2]).unwrap();
    let report = import(&store, &folder).await;
    assert_eq!((report.sessions.len(), report.new_messages), (1, 2));
    assert_eq!((report.broken_lines, report.files), (1, 2));
    let left: Vec<&str> = report
        .skipped
        .iter()
        .map(|left| left.why.as_str())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
    let again = import(&store, &folder).await;
    assert_eq!((again.new_messages, again.unchanged), (0, 1));
    assert_eq!(again.sessions[0].id, report.sessions[0].id);
    let missing = folder.join("missing");
    let cancel = CancellationToken::new();
    let error = import_path(&store, &missing, &Wish::default(), &cancel).await;
    assert!(matches!(
        error,
        Err(ImportError::Edge(EdgeError::NotFound { .. }))
    ));
}

#[tokio::test]
async fn a_line_more_costs_a_part_and_not_the_file() {
    let (dir, store) = store().await;
    let file = dir.path().join("a.jsonl");
    let mut text = claude_line(0, None, "hello");
    std::fs::write(&file, &text).unwrap();
    let shown = std::fs::canonicalize(&file).unwrap().display().to_string();
    import(&store, &file).await;
    text += &claude_line(1, Some(0), "again");
    std::fs::write(&file, &text).unwrap();
    let report = import(&store, &file).await;
    assert_eq!(report.new_messages, 1);
    let workspace = krake_domain::id::WorkspaceId::PERSONAL;
    let parts = store.list_file_parts(workspace, &shown).await.unwrap();
    assert_eq!(parts.len(), 2);
    let mut kept = Vec::new();
    for part in &parts {
        kept.extend(store.blobs().get(part.kept.hash).await.unwrap());
    }
    assert_eq!(String::from_utf8(kept).unwrap(), text);
    // Written anew, it is another file: nothing of the old parts stays, and all messages do.
    std::fs::write(
        &file,
        claude_line(7, None, "another beginning of the same session"),
    )
    .unwrap();
    let report = import(&store, &file).await;
    assert_eq!(report.new_messages, 1);
    let parts = store.list_file_parts(workspace, &shown).await.unwrap();
    assert_eq!((parts.len(), parts[0].start), (1, 0));
    let messages = store.load_messages(report.sessions[0].id).await.unwrap();
    assert_eq!(messages.len(), 3);
}

#[tokio::test]
async fn no_secret_is_kept_in_messages_titles_or_bytes() {
    let (dir, store) = store().await;
    let file = dir.path().join("a.jsonl");
    let key = key();
    let hidden = claude_line(1, Some(0), "x").replace(
        "\"x\"",
        &format!("\"k {}\"", key.replace("sk-", "\\u0073k-")),
    );
    let text = claude_line(0, None, &format!("use {key} now")) + &hidden;
    std::fs::write(&file, &text).unwrap();
    let report = import(&store, &file).await;
    assert_eq!(report.redactions.get("anthropic_key"), Some(&2));
    let messages = store.load_messages(report.sessions[0].id).await.unwrap();
    let token = messages[0].text.split(' ').nth(1).unwrap();
    assert!(token.starts_with("[secret:anthropic_key:"));
    assert_eq!(messages[1].text, format!("k {token}"));
    store.stop().await.unwrap();
    assert!(!is_kept(&dir.path().join("home"), &key[3..]));
}

/// Whether a text stands in a file of that folder.
fn is_kept(folder: &Path, text: &str) -> bool {
    let entries = std::fs::read_dir(folder).unwrap().flatten();
    entries.map(|entry| entry.path()).any(|path| {
        if path.is_dir() {
            return is_kept(&path, text);
        }
        let bytes = std::fs::read(path).unwrap();
        bytes
            .windows(text.len())
            .any(|here| here == text.as_bytes())
    })
}

#[tokio::test]
async fn no_secret_is_kept_of_a_large_file_whose_bytes_are_kept_while_it_is_read() {
    let (dir, store) = store().await;
    let file = dir.path().join("a.jsonl");
    let key = key();
    let hidden = |number: usize| {
        let line = claude_line(number, number.checked_sub(1), "x");
        line.replace(
            "\"x\"",
            &format!("\"k {}\"", key.replace("sk-", "\\u0073k-")),
        )
    };
    // Nobody says it, so nobody indexes it.
    let filler = format!("\"toolUseResult\":\"{}\"", "word ".repeat(1_800));
    let mut text = hidden(0);
    for number in 1..4_000 {
        let line = claude_line(number, Some(number - 1), "said");
        text.push_str(&line.replacen('{', &format!("{{{filler},"), 1));
    }
    text.push_str(&hidden(4_000));
    assert!(text.len() > 33 << 20);
    std::fs::write(&file, &text).unwrap();
    let report = import(&store, &file).await;
    assert_eq!(report.redactions.get("anthropic_key"), Some(&2));
    let shown = std::fs::canonicalize(&file).unwrap().display().to_string();
    let workspace = krake_domain::id::WorkspaceId::PERSONAL;
    let parts = store.list_file_parts(workspace, &shown).await.unwrap();
    let mut kept = Vec::new();
    for part in parts {
        kept.extend(store.blobs().get(part.kept.hash).await.unwrap());
    }
    let kept = String::from_utf8(kept).unwrap();
    assert!(kept.contains(&filler) && !kept.contains(&key[3..]));
    let notes: Vec<&str> = kept
        .lines()
        .filter(|line| line.contains("withheld"))
        .collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
}

#[tokio::test]
async fn a_large_file_is_read_without_being_held_and_gives_the_same() {
    let (dir, store) = store().await;
    let mut text = String::new();
    let filler = "words of a long answer ".repeat(400);
    for number in 0..4_000usize {
        // Every fortieth asks again from further up: what lay between is off the line.
        let parent = if number % 40 == 39 {
            number.checked_sub(3)
        } else {
            number.checked_sub(1)
        };
        text.write_str(&claude_line(number, parent, &format!("{number} {filler}")))
            .unwrap();
    }
    assert!(text.len() > 33 << 20);
    let file = dir.path().join("a.jsonl");
    std::fs::write(&file, &text).unwrap();
    let report = import(&store, &file).await;
    assert_eq!((report.sessions.len(), report.new_messages), (1, 4_000));
    let expected = krake_transcripts::read(text.as_bytes(), None).unwrap();
    let messages = store.load_messages(report.sessions[0].id).await.unwrap();
    assert!(expected.messages.iter().any(|message| message.sidechain));
    assert_eq!(messages, expected.messages);
    assert_eq!(report.sessions[0].title, expected.title);
    let shown = std::fs::canonicalize(&file).unwrap().display().to_string();
    let workspace = krake_domain::id::WorkspaceId::PERSONAL;
    let parts = store.list_file_parts(workspace, &shown).await.unwrap();
    assert!(parts.len() > 8);
    let mut kept = Vec::new();
    for part in parts {
        assert_eq!(part.start, kept.len() as u64);
        let bytes = store.blobs().get(part.kept.hash).await.unwrap();
        assert!(bytes.ends_with(b"\n"));
        kept.extend(bytes);
    }
    assert!(kept == text.as_bytes());
    let again = import(&store, &file).await;
    assert_eq!((again.new_messages, again.unchanged), (0, 1));
}

#[tokio::test]
async fn a_large_file_is_left_out_where_nothing_can_be_laid_aside() {
    let (dir, store) = store().await;
    let file = dir.path().join("a.jsonl");
    std::fs::write(&file, claude_line(0, None, &"word ".repeat(7 << 20))).unwrap();
    std::fs::write(dir.path().join("home/spool"), "no folder").unwrap();
    let report = import(&store, &file).await;
    assert_eq!((report.sessions.len(), report.skipped.len()), (0, 1));
}

/// Answers in several lines, one of them far from the others, replays of subagents, and some without
/// a name.
fn answer_line(number: usize, filler: &str) -> String {
    let parent = number.checked_sub(1).map(|before| format!("u{before}"));
    let (answer, request) = match number % 50 {
        49 => (Some("a7".to_owned()), "r7".to_owned()),
        48 => (Some(format!("a{}", number / 3 - 9)), "replay".to_owned()),
        47 => (None, "r".to_owned()),
        46 => (Some("twice".to_owned()), format!("r{}", number % 4)),
        _ => (Some(format!("a{}", number / 3)), format!("r{}", number / 3)),
    };
    let line = serde_json::json!({
        "type": "assistant", "sessionId": "s1", "uuid": format!("u{number}"), "parentUuid": parent,
        "requestId": request, "isSidechain": number % 50 == 48,
        "timestamp": format!("2026-01-02T{:02}:04:05Z", number % 24),
        "message": { "id": answer, "role": "assistant", "model": "claude-x",
            "usage": { "input_tokens": 3, "output_tokens": number },
            "content": [{ "type": "text", "text": format!("{number} {filler}") }] },
    });
    format!("{line}\n")
}

#[tokio::test]
async fn what_answers_took_is_the_same_in_a_large_file_and_in_a_small_one() {
    let (dir, store) = store().await;
    let file = dir.path().join("a.jsonl");
    let mut told = Vec::new();
    for filler in ["", &"onelongword".repeat(820)] {
        let text: String = (0..4_000)
            .map(|number| answer_line(number, filler))
            .collect();
        std::fs::write(&file, &text).unwrap();
        let fresh = Store::open_owner(&dir.path().join(format!("{}", text.len())))
            .await
            .unwrap();
        let report = import(&fresh, &file).await;
        assert_eq!(report.new_messages, 4_000);
        let expected = krake_transcripts::read(text.as_bytes(), None).unwrap();
        let spent = fresh
            .spent_between(Timestamp(0), Timestamp(i64::MAX), &[])
            .await
            .unwrap();
        let usage = spent
            .iter()
            .fold(Usage::default(), |sum, one| sum.plus(one.usage));
        let answers: u64 = spent.iter().map(|one| one.answers).sum();
        assert_eq!(usage, expected.usage);
        assert_eq!(answers, expected.spending.len() as u64);
        let sessions = fresh.list_sessions(None).await.unwrap();
        assert_eq!(sessions[0].usage, expected.usage);
        told.push(spent);
        fresh.stop().await.unwrap();
    }
    assert_eq!(told[0], told[1]);
    store.stop().await.unwrap();
}

#[tokio::test]
async fn a_large_session_of_gemini_has_its_messages() {
    let (dir, store) = store().await;
    let filler = "onelongword".repeat(4_200);
    let mut text = "{\"sessionId\":\"g1\",\"projectHash\":\"p\",\"startTime\":\"t\"}\n".to_owned();
    for number in 0..800 {
        // Each is written twice, the second time with more.
        for said in ["", &filler] {
            let line = serde_json::json!({ "id": format!("r{number}"), "type": "gemini",
                "content": format!("{number} {said}") });
            writeln!(text, "{line}").unwrap();
        }
    }
    assert!(text.len() > 33 << 20);
    let file = dir.path().join("a.jsonl");
    std::fs::write(&file, &text).unwrap();
    let report = import(&store, &file).await;
    assert_eq!((report.skipped.len(), report.new_messages), (0, 800));
    let messages = store.load_messages(report.sessions[0].id).await.unwrap();
    assert_eq!(messages[799].text, format!("799 {filler}"));
}

#[tokio::test]
async fn an_export_in_an_archive_comes_in_conversation_by_conversation() {
    let (dir, store) = store().await;
    let conversations = r#"[{"uuid":"c1","name":"One","chat_messages":[{"uuid":"1","sender":"human","text":"hi","created_at":"2999-01-01T00:00:00Z"}]},
        {"uuid":"c2","name":"Two","chat_messages":[{"uuid":"2","sender":"assistant","text":"yes"}]},{"name":"empty","chat_messages":[]}]"#;
    let file = dir.path().join("export.zip");
    let archive = archive_of(&[
        ("conversations.json", conversations),
        ("users.json", "[]"),
        ("../x.json", "[]"),
    ]);
    std::fs::write(&file, archive).unwrap();
    let report = import(&store, &file).await;
    assert_eq!(report.sessions.len(), 3);
    assert_eq!(report.new_messages, 2);
    let why: Vec<&str> = report
        .skipped
        .iter()
        .map(|left| left.path.rsplit("!/").next().unwrap())
        .collect();
    assert_eq!(why, ["users.json", "../x.json"]);
    // A clock of the future does not put it before all others.
    let first = report
        .sessions
        .iter()
        .find(|session| session.title.as_deref() == Some("One"))
        .unwrap();
    assert_eq!(first.ended_at, first.id.drawn_at());
    let again = import(&store, &file).await;
    assert_eq!(again.new_messages, 0);
    let same = again.sessions.iter().find(|session| session.id == first.id);
    assert_eq!(same.unwrap().ended_at, first.ended_at);
}

#[tokio::test]
async fn what_came_through_a_folder_of_our_own_is_named_without_it() {
    let (dir, store) = store().await;
    let folder = dir.path().join("home/spool/upload-12345678");
    std::fs::create_dir_all(&folder).unwrap();
    for (name, text) in [("photo.png", "x"), ("odd.json", "{\"odd\":1}")] {
        std::fs::write(folder.join(name), text).unwrap();
    }
    let cancel = CancellationToken::new();
    let report = import_passing(&store, &folder, &Wish::default(), &cancel)
        .await
        .unwrap();
    let mut left: Vec<&str> = report
        .skipped
        .iter()
        .map(|left| left.path.as_str())
        .collect();
    left.sort_unstable();
    assert_eq!(left, ["odd.json", "photo.png"]);
    for left in &report.skipped {
        assert!(!left.why.contains("upload-"), "{left:?}");
    }
}

#[tokio::test]
async fn a_large_export_comes_in_one_conversation_at_a_time_and_a_cut_one_as_far_as_it_goes() {
    let (dir, store) = store().await;
    let filler = "words of a long answer ".repeat(2_000);
    let mut text = String::from("[");
    for number in 0..800 {
        let said = format!("{number} {filler}");
        write!(
            text,
            "{}{{\"uuid\":\"c{number}\",\"name\":\"N\",\"chat_messages\":[{{\"uuid\":\"m{number}\",\"sender\":\"human\",\"text\":{}}}]}}",
            if number == 0 { "" } else { "," },
            serde_json::Value::from(said)
        )
        .unwrap();
    }
    assert!(text.len() > 33 << 20);
    let file = dir.path().join("conversations.json");
    std::fs::write(&file, &text).unwrap();
    let report = import(&store, &file).await;
    assert_eq!((report.sessions.len(), report.new_messages), (800, 800));
    assert!(
        report.skipped[0].why.contains("not a claude_ai transcript"),
        "{:?}",
        report.skipped
    );
    std::fs::write(&file, text + "]").unwrap();
    let report = import(&store, &file).await;
    assert_eq!((report.sessions.len(), report.new_messages), (800, 0));
    assert_eq!(report.skipped, []);
}

/// An archive of stored entries.
fn archive_of(entries: &[(&str, &str)]) -> Vec<u8> {
    let (mut file, mut list) = (Vec::new(), Vec::new());
    for (name, content) in entries {
        let header = u32::try_from(file.len()).unwrap();
        let size = u32::try_from(content.len()).unwrap().to_le_bytes();
        let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        common.extend(size);
        common.extend(size);
        common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
        common.extend([0, 0]);
        file.extend(b"PK\x03\x04");
        file.extend(&common);
        file.extend(name.as_bytes());
        file.extend(content.as_bytes());
        list.extend(b"PK\x01\x02\x14\x03");
        list.extend(&common);
        list.extend([0; 10]);
        list.extend(header.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let offset = u32::try_from(file.len()).unwrap().to_le_bytes();
    let size = u32::try_from(list.len()).unwrap().to_le_bytes();
    let count = u16::try_from(entries.len()).unwrap().to_le_bytes();
    file.extend(&list);
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([count, count].concat());
    file.extend(size);
    file.extend(offset);
    file.extend([0, 0]);
    file
}

#[tokio::test]
async fn a_captured_text_is_one_session_however_often_it_is_captured() {
    let (_dir, store) = store().await;
    let text = format!("Remember: the key is {}\nand more", key());
    for _ in 0..2 {
        let report = capture(&store, &text, None, None, &Wish::default())
            .await
            .unwrap();
        assert_eq!(report.sessions[0].messages, 1);
    }
    let sessions = store.list_sessions(None).await.unwrap();
    assert_eq!(
        (sessions.len(), sessions[0].session_type.as_str()),
        (1, "capture")
    );
    let messages = store.load_messages(sessions[0].id).await.unwrap();
    assert!(messages[0].text.contains("[secret:anthropic_key:"));
    assert_eq!(messages[0].kind, MessageKind::Text);
    assert!(!sessions[0].title.as_deref().unwrap().contains("sk-ant"));
}
