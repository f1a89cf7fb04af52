use super::*;
use std::time::Instant;

fn shell(script: &str) -> Spec {
    Spec {
        program: "sh".to_owned(),
        args: vec!["-c".into(), script.into()],
        cwd: std::env::temp_dir(),
        pass_env: Vec::new(),
        env: Vec::new(),
        stdin: None,
        cap_bytes: 1024,
        spool_dir: None,
        timeout: Duration::from_secs(20),
        cancel: CancellationToken::new(),
        listener: None,
    }
}

#[tokio::test]
async fn tells_output_code_and_the_end_of_stderr() {
    let captured = run(shell("cat; echo out; echo err >&2; exit 3"))
        .await
        .unwrap();
    assert_eq!(
        (captured.code, captured.head.as_slice()),
        (Some(3), &b"out\n"[..])
    );
    assert_eq!(captured.stderr, "err\n");
    let fed = run(Spec {
        stdin: Some(b"in".to_vec()),
        ..shell("cat")
    })
    .await
    .unwrap();
    assert_eq!(fed.head, b"in");
}

#[tokio::test]
async fn the_environment_holds_only_what_was_listed() {
    let spec = Spec {
        env: vec![("ADDED".to_owned(), "1".into())],
        ..shell("env")
    };
    let text = String::from_utf8(run(spec).await.unwrap().head).unwrap();
    let names: Vec<_> = text
        .lines()
        .filter_map(|line| line.split('=').next())
        .collect();
    assert!(names.contains(&"PATH") && names.contains(&"ADDED"));
    // Cargo sets many names for this test; none of them may get through.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    assert!(
        !names.iter().any(|name| name.starts_with("CARGO")),
        "{names:?}"
    );
}

#[tokio::test]
async fn long_output_lies_whole_in_the_spool() {
    let folder = tempfile::tempdir().unwrap();
    let spec = Spec {
        spool_dir: Some(folder.path().to_owned()),
        ..shell("head -c 3000000 /dev/zero; echo end")
    };
    let captured = run(spec).await.unwrap();
    assert_eq!(
        (captured.head.len(), captured.total_bytes),
        (1024, 3_000_004)
    );
    let whole = std::fs::read(captured.spool.unwrap()).unwrap();
    assert_eq!(whole.len(), 3_000_004);
    assert!(whole.ends_with(b"end\n"));
    let dropped = run(shell("head -c 3000000 /dev/zero")).await.unwrap();
    assert!(dropped.spool.is_none() && dropped.is_cut());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_deadline_ends_a_child_that_ignores_the_polite_signal() {
    let begun = Instant::now();
    let spec = Spec {
        timeout: Duration::from_millis(200),
        ..shell("trap '' TERM; while :; do read x; done < /dev/zero")
    };
    let error = run(spec).await.unwrap_err();
    assert!(matches!(error, EdgeError::TimedOut { .. }), "{error}");
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
}

/// A pipe whose only writers are the processes of the group: it ends when the last one is gone.
fn watched(folder: &std::path::Path) -> String {
    let pipe = folder.join("alive");
    assert!(
        std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    pipe.display().to_string()
}

#[tokio::test]
async fn cancelling_ends_the_whole_group() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = watched(folder.path());
    let cancel = CancellationToken::new();
    let spec = Spec {
        cancel: cancel.clone(),
        ..shell(&format!("exec 9>'{pipe}'; sleep 600 & echo up >&9; wait"))
    };
    let task = tokio::spawn(run(spec));
    let gone = tokio::task::spawn_blocking(move || {
        use std::io::{BufRead, BufReader, Read};
        let mut reader = BufReader::new(std::fs::File::open(pipe).unwrap());
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        cancel.cancel();
        reader.read_to_string(&mut line).unwrap();
    });
    let error = task.await.unwrap().unwrap_err();
    assert!(matches!(error, EdgeError::Cancelled { .. }), "{error}");
    tokio::time::timeout(Duration::from_secs(8), gone)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn a_grandchild_that_holds_the_pipes_does_not_hold_us() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = watched(folder.path());
    let reader = pipe.clone();
    let gone = tokio::task::spawn_blocking(move || std::fs::read_to_string(reader).unwrap());
    let begun = Instant::now();
    let captured = run(shell(&format!("exec 9>'{pipe}'; sleep 600 & echo done")))
        .await
        .unwrap();
    assert_eq!(captured.head, b"done\n");
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    tokio::time::timeout(Duration::from_secs(8), gone)
        .await
        .unwrap()
        .unwrap();
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let error = run(Spec {
        program: "no-such-program-here".to_owned(),
        ..shell("")
    })
    .await
    .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the program `no-such-program-here` does not exist"
    );
    let error = run(Spec {
        cwd: "/no/such/folder".into(),
        ..shell("")
    })
    .await
    .unwrap_err();
    assert!(error.to_string().contains("/no/such/folder"), "{error}");
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = run(Spec {
        cancel,
        ..shell("")
    })
    .await
    .unwrap_err();
    assert!(matches!(error, EdgeError::Cancelled { .. }));
}

#[tokio::test]
async fn a_spool_that_cannot_be_written_ends_the_child() {
    let spec = Spec {
        spool_dir: Some("/no/such/folder".into()),
        ..shell("trap '' PIPE; while :; do echo 0123456789; done 2>/dev/null")
    };
    let error = run(spec).await.unwrap_err();
    assert!(error.to_string().contains("the output of"), "{error}");
}
