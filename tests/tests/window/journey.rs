//! One person's way through the real window: ask, look, start, be killed, come back, approve, finish.

use std::path::Path;
use std::process::Command;

use fantoccini::key::Key;
use krake_store::Owner;
use krake_tests::world::{Page, World, built, wait_for};

/// A repository with one commit and one open end.
fn repository(folder: &Path) -> anyhow::Result<()> {
    std::fs::create_dir(folder)?;
    std::fs::write(folder.join("cart.rs"), "// TODO: round once, at the end\n")?;
    for words in [
        &["init", "-q", "-b", "main"][..],
        &["add", "."],
        &[
            "-c",
            "user.name=Ada",
            "-c",
            "user.email=ada@example.org",
            "commit",
            "-qm",
            "Add the cart",
        ],
    ] {
        let status = Command::new("git")
            .current_dir(folder)
            .args(words)
            .status()?;
        anyhow::ensure!(status.success(), "git {words:?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_asks_looks_starts_is_interrupted_and_finds_all_as_it_was() -> anyhow::Result<()> {
    let world = World::with_display()?;
    let folder = world.work().canonicalize()?.join("cart");
    repository(&folder)?;
    let handoff = folder.join("HANDOFF.md");

    // A sentence becomes a plan to look at, and nothing runs.
    let page = Page::of_app(&world, &built("krake-app")?).await?;
    page.find("[data-live=live]").await?;
    page.click("[data-action='bar.open']").await?;
    let field = page
        .find("[role=dialog] input[role=combobox]:focus")
        .await?;
    field
        .send_keys(&format!("brief the repository in {}", folder.display()))
        .await?;
    field.send_keys(&Key::Enter.to_string()).await?;
    page.find("[data-plan] [data-status=proposed]").await?;
    page.find_text("[data-plan]", "HANDOFF.md").await?;
    let waiting = world.krake(&["--json", "executions", "list"])?;
    let waiting: serde_json::Value = serde_json::from_str(&waiting)?;
    let id = waiting["items"][0]["id"]
        .as_str()
        .expect("it has an id")
        .to_owned();
    assert_eq!(waiting["items"][0]["status"], "proposed");
    assert!(!handoff.exists(), "nothing runs from a request");

    // It runs when it is told to, up to the question.
    page.click_away("[data-action='execution.start']:enabled")
        .await?;
    page.find_text("[data-stat=waiting]", "1 waits for you")
        .await?;
    assert!(!handoff.exists(), "nothing is written before the answer");

    // Killed without a word, and started again: the question is where it was.
    let before = Owner::find(&world.data())
        .expect("the window owns the folder")
        .pid;
    Command::new("kill")
        .args(["-KILL", &before.to_string()])
        .status()?;
    drop(page);
    let page = Page::of_app(&world, &built("krake-app")?).await?;
    page.find_text("[data-stat=waiting]", "1 waits for you")
        .await?;
    let after = Owner::find(&world.data())
        .expect("the window owns the folder")
        .pid;
    assert_ne!(before, after);
    page.click("nav a[href='/inbox']").await?;
    page.find_text("[data-approval-row]", "HANDOFF.md").await?;
    page.click("aside [data-action='inbox.open']").await?;
    page.find_text("[data-approval]", "round once, at the end")
        .await?;
    page.click_away("[data-action='approval.approve']:enabled")
        .await?;
    page.gone("[data-approval]").await?;
    wait_for("the handoff", || {
        std::fs::read_to_string(&handoff)
            .ok()
            .filter(|text| text.contains("round once, at the end"))
    })?;

    // It is done, and what had finished before the kill did not run again.
    page.click("nav a[href='/executions']").await?;
    page.find_text(&format!("[data-execution='{id}']"), "brief-repo")
        .await?;
    page.find("[role=row] [data-status=done]").await?;
    let journal = world.krake(&["audit", "export"])?;
    let attempts = |step: &str| {
        let kind = "\"kind\":\"attempt_started\"";
        let step = format!("\"step\":\"{step}\"");
        let lines = journal.lines();
        lines
            .filter(|line| line.contains(kind) && line.contains(&step))
            .count()
    };
    for step in [
        "history",
        "changes",
        "todos",
        "briefing",
        "handoff",
        "knowledge",
    ] {
        assert_eq!(attempts(step), 1, "{step}");
    }
    let verdict: serde_json::Value =
        serde_json::from_str(&world.krake(&["--json", "audit", "verify"])?)?;
    assert_eq!(verdict["intact"], true);
    page.close().await
}
