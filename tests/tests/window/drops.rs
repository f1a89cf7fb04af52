//! Files that are dropped on the real window and on a real browser, on a screen that knows nothing of
//! imports: they come in, and the application is still there. A file manager drops on the window
//! itself; what only a page can be told is told to the page.

use krake_tests::world::{Page, World, built};

const TALK: &str = "**You:** Make the totals exact.\n\n**Claude:** Done.\n";

/// Drops what `arguments[1]` makes on the middle of the page, as the engine itself would tell it; whether
/// it was left to the engine, which would open it.
const DROP: &str = r#"
    const carried = new DataTransfer();
    make(carried);
    const target = document.querySelector("main");
    const tell = (type) => target.dispatchEvent(
        new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: carried }),
    );
    tell("dragenter");
    const hovers = tell("dragover");
    return tell("drop") || hovers;
"#;

const PICTURE: &str =
    r#"const make = (carried) => carried.items.add(new File(["x"], "photo.png"));"#;

const LINK: &str =
    r#"const make = (carried) => carried.setData("text/uri-list", "https://example.org/");"#;

async fn drop_on(page: &Page, what: &str) -> anyhow::Result<bool> {
    let left = page.script(&format!("{what}{DROP}")).await?;
    left.as_bool()
        .ok_or_else(|| anyhow::anyhow!("the engine told {left}"))
}

async fn takes_what_is_dropped(world: &World, page: &Page) -> anyhow::Result<()> {
    page.find_text("main h2", "No executions yet").await?;
    page.script("window.sameDocument = true").await?;
    let file = format!(
        "const make = (carried) => carried.items.add(
            new File([{TALK:?}], 'talk.md', {{ type: 'text/markdown' }}),
        );"
    );
    assert!(
        !drop_on(page, &file).await?,
        "the engine would open the file"
    );
    page.find_text("section[aria-label=Import]", "2 new messages")
        .await?;
    let sessions: serde_json::Value =
        serde_json::from_str(&world.krake(&["--json", "sessions", "list"])?)?;
    assert_eq!(
        sessions["items"].as_array().map(Vec::len),
        Some(1),
        "{sessions}"
    );

    // What is no transcript is named as the person knows it, and not by where it lay.
    assert!(!drop_on(page, PICTURE).await?);
    let told = page
        .find_text("section[aria-label=Import]", "photo.png")
        .await?
        .text()
        .await?;
    assert!(!told.contains("spool"), "{told}");
    assert!(
        !drop_on(page, LINK).await?,
        "the engine would open the link"
    );
    page.find_text("main h2", "No executions yet").await?;
    assert_eq!(page.script("return window.sameDocument").await?, true);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_dropped_on_the_window_is_imported_wherever_it_falls() -> anyhow::Result<()> {
    let world = World::with_display()?;
    let page = Page::of_app(&world, &built("krake-app")?).await?;
    takes_what_is_dropped(&world, &page).await?;
    page.close().await
}

/// Through the toolkit and Tauri's event, as from the file manager of a desktop.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn files_that_a_file_manager_drops_on_the_window_are_imported() -> anyhow::Result<()> {
    use krake_tests::world::Drag;

    let world = World::with_display()?;
    let (talk, photo) = (
        world.work().join("a talk – of today.md"),
        world.work().join("photo.png"),
    );
    std::fs::write(&talk, TALK)?;
    std::fs::write(&photo, "x")?;
    let page = Page::of_app(&world, &built("krake-app")?).await?;
    page.find_text("main h2", "No executions yet").await?;
    page.find("[data-live=live]").await?;
    page.script("window.sameDocument = true").await?;

    let drag = Drag::over(&world, &[&talk, &photo])?;
    page.find("[data-over]").await?;
    drag.drop()?;
    page.find_text(
        "section[aria-label=Import]",
        "a talk – of today.md: 1 session, 2 new messages",
    )
    .await?;
    let told = page
        .find_text(
            "section[aria-label=Import]",
            "photo.png: it looks like no transcript",
        )
        .await?;
    let told = told.text().await?;
    let folder = world.work();
    assert!(!told.contains(&folder.display().to_string()), "{told}");
    page.gone("[data-over]").await?;
    let sessions: serde_json::Value =
        serde_json::from_str(&world.krake(&["--json", "sessions", "list"])?)?;
    assert_eq!(
        sessions["items"].as_array().map(Vec::len),
        Some(1),
        "{sessions}"
    );
    assert_eq!(page.script("return window.sameDocument").await?, true);
    page.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_dropped_on_the_page_in_a_browser_is_imported_wherever_it_falls()
-> anyhow::Result<()> {
    let world = World::without_display()?;
    let (server, address) = super::serve(&world, 0)?;
    let page = Page::of_chromium(&world, "en").await?;
    page.client().goto(&address).await?;
    takes_what_is_dropped(&world, &page).await?;
    page.close().await?;
    server.end()?;
    Ok(())
}
