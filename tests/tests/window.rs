//! The real window and a real browser over the real core: what a person sees is what is true.

#[path = "window/drops.rs"]
mod drops;
#[path = "window/journey.rs"]
mod journey;
#[path = "window/reader.rs"]
mod reader;

use std::path::Path;

use krake_store::{Owner, Store};
use krake_tests::world::{Page, Process, World, built, wait_for};

const QUICK: &str = "
name: quick
description: Two short waits
steps:
  - { id: first, tool: wait, args: { ms: 20 } }
  - { id: second, tool: wait, args: { ms: 20 }, needs: [first] }
";

const FAILING: &str = "
name: failing
steps:
  - { id: read, tool: fs.read, args: { root: /nowhere-at-all, path: a.txt } }
";

/// A session of another tool without moments: it counts as of today.
const TALK: &str = r#"{"type":"user","uuid":"a","parentUuid":null,"sessionId":"s","cwd":"/nowhere","message":{"role":"user","content":"Make the totals exact"}}
{"type":"assistant","uuid":"b","parentUuid":"a","sessionId":"s","cwd":"/nowhere","requestId":"r","message":{"id":"m","role":"assistant","model":"claude-sonnet-4-5","content":[{"type":"text","text":"Done."}],"usage":{"input_tokens":1200,"output_tokens":340,"cache_read_input_tokens":90000,"cache_creation_input_tokens":4000}}}
"#;

fn note(folder: &Path) -> String {
    format!(
        "
name: write-note
steps:
  - id: note
    tool: fs.write
    approval: always
    args: {{ root: {folder:?}, path: NOTE.md, text: \"# Note\\n\\tone\\n\" }}
"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_shows_what_is_true_and_a_person_answers_in_it() -> anyhow::Result<()> {
    let world = World::with_display()?;
    let page = Page::of_app(&world, &built("krake-app")?).await?;
    let client = page.client();

    // Empty, read through the whole stack, and live.
    page.find_text("main h2", "No executions yet").await?;
    page.find("[data-live=live]").await?;
    assert_eq!(client.current_url().await?.scheme(), "tauri");
    assert_eq!(client.title().await?, "Krake");

    // The page is not loaded again: what comes, comes by the stream.
    page.script("window.sameDocument = true").await?;
    let id = world.run_plan("quick", QUICK)?;
    page.find_text(&format!("[data-execution='{id}']"), "quick")
        .await?;
    page.find("[role=row] [data-status=done]").await?;
    page.click(&format!("[data-execution='{id}']")).await?;
    page.find_text("button[data-step=second]", "second").await?;

    // A question reaches the inbox; the answer reaches the disk.
    let folder = world.work();
    world.run_plan("note", &note(&folder))?;
    page.find_text("[data-stat=waiting]", "1 waits for you")
        .await?;
    page.click("nav a[href='/inbox']").await?;
    page.find_text("[data-approval-row]", "NOTE.md").await?;
    page.click("aside [data-action='inbox.open']").await?;
    page.find_text("[data-approval]", "⇥one").await?;
    assert!(
        !folder.join("NOTE.md").exists(),
        "nothing runs before the answer"
    );
    page.click_away("[data-action='approval.approve']:enabled")
        .await?;
    page.gone("[data-approval]").await?;
    wait_for("the note", || {
        std::fs::read_to_string(folder.join("NOTE.md"))
            .ok()
            .filter(|text| text == "# Note\n\tone\n")
    })?;
    page.find_text("main h2", "Nothing waits for you").await?;
    assert_eq!(page.script("return window.sameDocument").await?, true);

    // Asked to end, it leaves the folder cleanly.
    let owner = Owner::find(&world.data()).expect("the window owns the folder");
    end(owner.pid)?;
    let store = Store::open_owner(&world.data()).await?;
    assert!(store.was_clean(), "the stop was not clean");
    store.stop().await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_raises_the_first_window() -> anyhow::Result<()> {
    let world = World::with_display()?;
    let page = Page::of_app(&world, &built("krake-app")?).await?;
    page.find("[data-live=live]").await?;
    let first = Owner::find(&world.data())
        .expect("the first owns the folder")
        .pid;
    let second = world.command(built("krake-app")?).status()?;
    assert!(second.success());
    assert_eq!(Owner::find(&world.data()).expect("still owned").pid, first);
    page.close().await
}

/// Killed without a word, over and over: the core goes on, the window is drawn anew and follows
/// again, and the question that waits is answered by nobody.
#[test]
fn a_window_whose_web_process_is_killed_is_drawn_anew_and_answers_nothing() -> anyhow::Result<()> {
    const KILLS: usize = 12;
    let world = World::with_display()?;
    let mut command = world.command(built("krake-app")?);
    command.env("KRAKE_LOG", "krake_app=debug");
    let app = world.start("app", command)?;
    let drawn = |times: usize| {
        wait_for(&format!("the window to be drawn {times} times"), || {
            let count = app
                .output()
                .matches("the window follows what happens")
                .count();
            (count >= times).then_some(())
        })
    };
    drawn(1)?;
    world.run_plan("note", &note(&world.work()))?;
    for kill in 1..=KILLS {
        let pid = wait_for("the process that draws", || drawer_of(app.id()))?;
        std::process::Command::new("kill")
            .args(["-KILL", &pid.to_string()])
            .status()?;
        drawn(kill + 1)?;
    }
    let waiting: serde_json::Value =
        serde_json::from_str(&world.krake(&["--json", "approvals", "list"])?)?;
    assert_eq!(
        waiting["items"].as_array().map(Vec::len),
        Some(1),
        "{waiting}"
    );
    assert!(!world.work().join("NOTE.md").exists());
    let id = waiting["items"][0]["id"].as_str().expect("it has an id");
    world.krake(&["approvals", "approve", id])?;
    wait_for("the note", || {
        world.work().join("NOTE.md").exists().then_some(())
    })?;
    assert_eq!(
        Owner::find(&world.data()).map(|owner| owner.pid),
        Some(app.id()),
        "the core went on"
    );
    assert!(app.end()?.success());
    Ok(())
}

/// The web process below this one that is alive.
fn drawer_of(app: u32) -> Option<u32> {
    let entries = std::fs::read_dir("/proc").ok()?;
    let stat_of = |pid: u32| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let (name, rest) = text.split_once('(')?.1.rsplit_once(')')?;
        let mut words = rest.split_whitespace();
        let state = words.next()?.to_owned();
        Some((name.to_owned(), state, words.next()?.parse::<u32>().ok()?))
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .find(|&pid| {
            stat_of(pid).is_some_and(|(name, state, parent)| {
                name.starts_with("WebKitWebProces")
                    && state != "Z"
                    && (parent == app || stat_of(parent).is_some_and(|up| up.2 == app))
            })
        })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_without_the_folder_offers_to_stop_its_owner_and_goes_on_in_its_place()
-> anyhow::Result<()> {
    let world = World::with_display()?;
    let (server, _) = serve(&world, 0)?;
    let page = Page::of_app(&world, &built("krake-app")?).await?;
    page.find("[data-problem=owned]").await?;
    page.click("[data-action='owner.leave']").await?;
    page.find_text("main h2", "No executions yet").await?;
    page.find("[data-live=live]").await?;
    let owner = Owner::find(&world.data()).expect("the window owns the folder");
    assert_ne!(owner.pid, server.id());
    page.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_sees_the_same_and_keeps_the_token_out_of_its_address() -> anyhow::Result<()> {
    let world = World::without_display()?;
    let (server, address) = serve(&world, 0)?;
    let token = address
        .split_once("#token=")
        .expect("the address carries the token")
        .1
        .to_owned();
    let page = Page::of_chromium(&world, "en").await?;
    page.client().goto(&address).await?;
    page.find_text("main h2", "No executions yet").await?;
    page.find("[data-live=live]").await?;
    let shown = page.client().current_url().await?;
    assert!(
        !shown.as_str().contains(&token),
        "the token is still in {shown}"
    );
    assert!(shown.fragment().is_none());
    assert_eq!(
        page.script("return localStorage.getItem('krake.token')")
            .await?,
        serde_json::Value::Null
    );

    let id = world.run_plan("quick", QUICK)?;
    page.find_text(&format!("[data-execution='{id}']"), "quick")
        .await?;
    page.find("[role=row] [data-status=done]").await?;

    // The owner goes away and comes back: the page says so, and catches up by itself.
    let port = shown.port().expect("a loopback address has a port");
    server.end()?;
    page.find_text("[data-live=offline]", "Offline since")
        .await?;
    let (server, _) = serve(&world, port)?;
    page.find("[data-live=live]").await?;
    page.find(&format!("[data-execution='{id}']")).await?;
    page.close().await?;
    server.end()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn hebrew_reads_from_the_right() -> anyhow::Result<()> {
    let world = World::without_display()?;
    let (server, address) = serve(&world, 0)?;
    let page = Page::of_chromium(&world, "he").await?;
    page.client().goto(&address).await?;
    page.find_text("main h2", "אין עדיין הרצות").await?;
    assert_eq!(
        page.script("return document.documentElement.dir").await?,
        "rtl"
    );
    let rail = page.find("nav").await?.rectangle().await?;
    assert!(
        rail.0 > 1_000.0,
        "the rail stands on the right, not at {}",
        rail.0
    );
    page.close().await?;
    server.end()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn no_screen_keeps_anybody_out_in_either_light() -> anyhow::Result<()> {
    let world = World::without_display()?;
    let (server, address) = serve(&world, 0)?;
    let page = Page::of_chromium(&world, "en").await?;
    page.client().goto(&address).await?;
    page.find_text("main h2", "No executions yet").await?;
    assert_eq!(
        page.barriers().await?,
        Vec::<String>::new(),
        "the empty list"
    );
    world.run_plan("quick", QUICK)?;
    world.run_plan("failing", FAILING)?;
    let note = world.run_plan("note", &note(&world.work()))?;
    let talk = world.work().join("talk.jsonl");
    std::fs::write(&talk, TALK)?;
    world.krake(&["import", &talk.to_string_lossy()])?;
    page.find_text("[data-stat=waiting]", "1 waits for you")
        .await?;
    let question = page.script("return fetch('/api/approvals', { headers: { authorization: 'Bearer ' + sessionStorage.getItem('krake.token') } }).then((answer) => answer.json()).then(({ items }) => items[0].id)").await?;
    let question = question.as_str().expect("an approval has an id");
    for light in ["dark", "light"] {
        page.script(&format!(
            "localStorage.setItem('mantine-color-scheme-value', '{light}')"
        ))
        .await?;
        for (place, mark) in [
            ("/executions".to_owned(), "[role=row] [data-status=failed]"),
            (
                format!("/executions/{note}?view=graph&step=note"),
                "button[data-step=note]",
            ),
            (
                format!("/executions/{note}?view=timeline"),
                "button[data-step=note]",
            ),
            (format!("/executions/{note}?view=log"), "[data-level=info]"),
            (
                format!("/executions/{note}?view=table&step=note"),
                "[data-inspecting=note]",
            ),
            (
                format!("/executions/{note}?view=table&tab=metrics"),
                "[data-detail=metrics][aria-selected=true]",
            ),
            (
                format!("/executions/{note}?view=table&tab=trace"),
                "[role=tabpanel] button[aria-expanded]",
            ),
            ("/accounts".to_owned(), "main h2"),
            ("/overview".to_owned(), "main dl dd bdi"),
            (
                "/insights?days=365".to_owned(),
                "[data-chart=tokens] svg path",
            ),
            (
                "/insights?days=365&as=table".to_owned(),
                "main table tbody td",
            ),
            ("/settings".to_owned(), "main h2"),
            ("/inbox".to_owned(), "[data-approval-row]"),
            (
                format!("/inbox?approval={question}"),
                "[data-action='approval.approve']:enabled",
            ),
            ("/nowhere".to_owned(), "main h2"),
        ] {
            page.client()
                .goto(&format!(
                    "{}{place}",
                    address.split("/#").next().expect("an origin")
                ))
                .await?;
            page.find(&format!("html[data-mantine-color-scheme={light}]"))
                .await?;
            page.find(mark).await?;
            assert_eq!(
                page.barriers().await?,
                Vec::<String>::new(),
                "{place} in the {light}"
            );
        }
    }
    page.close().await?;
    server.end()?;
    Ok(())
}

/// `krake serve` of this world and the address that it printed.
fn serve(world: &World, port: u16) -> anyhow::Result<(Process, String)> {
    let mut command = world.command(built("krake")?);
    command.args(["serve", "--port", &port.to_string()]);
    let mut server = world.start("serve", command)?;
    let address = server.first_line()?;
    Ok((server, address))
}

/// Asks a process that is not our child to end, and waits until it has.
fn end(pid: u32) -> anyhow::Result<()> {
    std::process::Command::new("kill")
        .args(["-TERM", &pid.to_string()])
        .status()?;
    let entry = format!("/proc/{pid}/stat");
    wait_for("the end of the window's process", || {
        let stat = std::fs::read_to_string(&entry).ok();
        // A zombie has ended; only its parent has not looked yet.
        stat.is_none_or(|stat| stat.contains(") Z ")).then_some(())
    })
}
