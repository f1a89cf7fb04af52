use super::*;
use crate::git::scene::Scene;
use crate::trial::run;
use krake_domain::failure::FailureClass;
use serde_json::json;

fn subjects(output: &Value) -> Vec<&str> {
    output["commits"]
        .as_array()
        .unwrap()
        .iter()
        .map(|commit| commit["subject"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_repository_without_commits_has_an_empty_history() {
    let scene = Scene::new();
    let output = run(&GitLog::new(), json!({"root": scene.path()}))
        .await
        .unwrap();
    assert_eq!(
        (&output["commits"], &output["total"], &output["first_at"]),
        (&json!([]), &json!(0), &Value::Null)
    );
}

#[tokio::test]
async fn merges_are_left_out_and_kinds_are_told() {
    let scene = Scene::new();
    scene.commit("feat(ui)!: one");
    scene.git(&["checkout", "--quiet", "-b", "side"]);
    scene.commit("two");
    scene.git(&["checkout", "--quiet", "main"]);
    scene.git(&["merge", "--quiet", "--no-ff", "--message", "three", "side"]);
    let output = run(
        &GitLog::new(),
        json!({"root": scene.path(), "merges": false}),
    )
    .await
    .unwrap();
    let mut found = subjects(&output);
    found.sort_unstable();
    assert_eq!(found, ["feat(ui)!: one", "two"]);
    assert_eq!(
        (&output["total"], &output["matching"], &output["truncated"]),
        (&json!(3), &json!(2), &json!(false))
    );
    for commit in output["commits"].as_array().unwrap() {
        let expected = match commit["subject"].as_str() {
            Some("two") => Value::Null,
            _ => json!({"type": "feat", "scope": "ui", "breaking": true, "title": "one"}),
        };
        assert_eq!(commit["conventional"], expected);
    }
}

#[tokio::test]
async fn tells_commits_with_files_bodies_and_renames() {
    let scene = Scene::new();
    scene.write("ä\tb", "one\ntwo\n");
    scene.write("pic", [0u8, 1, 2]);
    let first = scene.commit("first | \u{1}subject\n\nA body\n\n12\t3\tnot a file");
    scene.git(&["mv", "pic", "picture"]);
    scene.commit("second");
    scene.commit("third, empty");
    let output = run(&GitLog::new(), json!({"root": scene.path()}))
        .await
        .unwrap();
    assert_eq!(
        subjects(&output),
        ["third, empty", "second", "first | \u{1}subject"]
    );
    let oldest = &output["commits"][2];
    assert_eq!(
        (&oldest["hash"], &oldest["author"]),
        (&json!(first), &json!("Ada Ä"))
    );
    assert_eq!(oldest["body"], "A body\n\n12\t3\tnot a file");
    let files = json!([{"path": "pic", "added": null, "removed": null}, {"path": "ä\tb", "added": 2, "removed": 0}]);
    assert_eq!(oldest["files"], files);
    assert_eq!(output["commits"][1]["files"][0]["path"], "picture");
    assert_eq!(output["commits"][0]["files"], json!([]));
    assert_eq!(
        (&output["total"], &output["matching"], &output["truncated"]),
        (&json!(3), &json!(3), &json!(false))
    );
    assert_eq!(output["authors"], json!([{"name": "Ada Ä", "commits": 3}]));
    assert!(output["first_at"].as_str() <= output["last_at"].as_str());
    Timestamp::from_rfc3339(oldest["at"].as_str().unwrap()).unwrap();
}

#[tokio::test]
async fn ranges_paths_dates_and_limits_select() {
    let scene = Scene::new();
    for name in ["a", "b", "c"] {
        scene.write(name, "x");
        scene.commit(name);
    }
    scene.git(&["tag", "v1", "HEAD~2"]);
    let log = async |args: Value| {
        let mut args = args;
        args["root"] = json!(scene.path());
        run(&GitLog::new(), args).await.unwrap()
    };
    let output = log(json!({"range": "v1..HEAD", "stat": false})).await;
    assert_eq!(
        (subjects(&output), &output["total"]),
        (vec!["c", "b"], &json!(3))
    );
    assert_eq!(output["commits"][0]["files"], json!([]));
    assert_eq!(subjects(&log(json!({"paths": ["b"]})).await), ["b"]);
    assert_eq!(
        subjects(&log(json!({"until": "2001-01-01"})).await),
        Vec::<&str>::new()
    );
    assert_eq!(
        subjects(&log(json!({"since": "2001-01-01"})).await).len(),
        3
    );
    let output = log(json!({"max": 1})).await;
    assert_eq!(
        (subjects(&output), &output["truncated"], &output["matching"]),
        (vec!["c"], &json!(true), &json!(3))
    );
}

#[tokio::test]
async fn what_could_be_an_option_is_refused() {
    let scene = Scene::new();
    scene.commit("first");
    let outside = scene.path().join("stolen");
    for args in [
        json!({"root": scene.path(), "range": format!("--output={}", outside.display())}),
        json!({"root": scene.path(), "range": "a b"}),
        json!({"root": scene.path(), "range": "no-such"}),
        json!({"root": scene.path(), "since": "a\u{0}b"}),
        json!({"root": scene.path(), "max": 0}),
        json!({"root": scene.path(), "paths": ["../../x"]}),
    ] {
        let failure = run(&GitLog::new(), args.clone()).await.unwrap_err();
        assert_eq!(failure.class, FailureClass::BadInput, "{args}: {failure}");
    }
    assert!(!outside.exists());
}
