use serde_json::json;

use super::*;
use crate::trial;

async fn run(args: Value) -> Result<Value, Failure> {
    trial::run(&ShellRun::new(), args).await
}

#[tokio::test]
async fn a_program_gets_its_arguments_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("sub")).unwrap();
    let root = folder.path().canonicalize().unwrap();
    let output = run(json!({
        "argv": ["printf", "%s|", "a b", "$HOME", "`id`", "; rm -rf /", "*"], "root": root,
    }))
    .await
    .unwrap();
    assert_eq!(output["stdout"], "a b|$HOME|`id`|; rm -rf /|*|");
    assert_eq!(output["exit_code"], 0);
    let output = run(json!({ "argv": ["pwd"], "root": root, "cwd": "sub" }))
        .await
        .unwrap();
    assert_eq!(
        output["stdout"],
        format!("{}\n", root.join("sub").display())
    );
    let output = run(json!({
        "argv": ["sh", "-c", "cat; echo $SHOWN${CARGO_MANIFEST_DIR-none}"], "root": root,
        "stdin": "in ", "env": { "SHOWN": "yes " },
    }))
    .await
    .unwrap();
    assert_eq!(output["stdout"], "in yes none\n");
}

#[tokio::test]
async fn another_exit_code_is_a_failure_with_the_last_words() {
    let folder = tempfile::tempdir().unwrap();
    let script = "for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $n >&2; done; exit 7";
    let mut args = json!({ "argv": ["sh", "-c", script], "root": folder.path() });
    let failure = run(args.clone()).await.unwrap_err();
    assert_eq!(failure.class, FailureClass::BadInput);
    assert!(
        failure
            .message
            .starts_with("sh ended with exit code 7:\nline 3\n"),
        "{failure}"
    );
    assert!(failure.message.ends_with("line 12"), "{failure}");
    args["expect_exit"] = json!([0, 7]);
    assert_eq!(run(args).await.unwrap()["exit_code"], 7);
    let failure = run(json!({ "argv": ["sh", "-c", "kill -9 $$"], "root": folder.path() }))
        .await
        .unwrap_err();
    assert!(failure.message.contains("by a signal"), "{failure}");
}

#[tokio::test]
async fn its_lines_are_in_the_log_and_its_output_has_an_end() {
    let folder = tempfile::tempdir().unwrap();
    let (call, lines) = trial::logged(json!({
        "argv": ["sh", "-c", "echo out; echo err >&2; printf 1234567890"],
        "root": folder.path(), "max_bytes": 6,
    }));
    let output = ShellRun::new().run(&call).await.unwrap();
    assert_eq!(
        (&output["stdout"], &output["truncated"]),
        (&json!("out\n12"), &json!(true))
    );
    let mut lines = lines();
    lines.sort();
    assert_eq!(lines, ["1234567890", "err", "out"]);
}

#[tokio::test]
async fn it_ends_with_its_group_in_time_or_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let failure = run(json!({
        "argv": ["sh", "-c", "sleep 600 & wait"], "root": folder.path(), "timeout": 100,
    }))
    .await
    .unwrap_err();
    assert_eq!(failure.class, FailureClass::Timeout);
    let call = trial::call(
        json!({ "argv": ["sleep", "600"], "root": folder.path() }),
        None,
    );
    let tool = ShellRun::new();
    let (ended, ()) = tokio::join!(tool.run(&call), async { call.cancel.cancel() });
    assert_eq!(ended.unwrap_err().class, FailureClass::Cancelled);
}

#[tokio::test]
async fn what_cannot_run_is_said_before_anybody_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let tool = ShellRun::new();
    for args in [
        json!({ "argv": [], "root": folder.path() }),
        json!({ "argv": [""], "root": folder.path() }),
        json!({ "argv": "ls -l", "root": folder.path() }),
        json!({ "argv": ["ls\0"], "root": folder.path() }),
        json!({ "argv": ["ls"], "root": folder.path(), "cwd": ".." }),
        json!({ "argv": ["ls"], "root": folder.path(), "cwd": "/etc" }),
        json!({ "argv": ["ls"], "root": folder.path(), "env": { "A=B": "c" } }),
        json!({ "argv": ["ls"], "root": folder.path(), "shell": true }),
        json!({ "argv": ["ls"] }),
    ] {
        let failure = tool.assess(&args).await.unwrap_err();
        assert_eq!(failure.class, FailureClass::BadInput, "{args}");
    }
    let args = json!({ "argv": ["no-such-program-here"], "root": folder.path() });
    assert_eq!(run(args).await.unwrap_err().class, FailureClass::NotFound);
}

#[tokio::test]
async fn a_person_sees_where_each_argument_ends() {
    let folder = tempfile::tempdir().unwrap();
    let args = json!({ "argv": ["git", "log", "--format=%H %s", "a\nb"], "root": folder.path() });
    let assessment = ShellRun::new().assess(&args).await.unwrap();
    let start = r#"run git log "--format=%H %s" "a\nb" in "#;
    assert!(
        assessment.summary.starts_with(start),
        "{}",
        assessment.summary
    );
    assert!(!assessment.reversible);
    assert_eq!(assessment.class, EffectClass::Unsafe);
}
