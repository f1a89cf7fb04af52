//! The page inside a capsule, in a real browser from the disk: it shows what others wrote as text, runs
//! nothing of it, and nothing leaves.

use std::io::Read as _;
use std::net::TcpListener;

use krake_tests::world::{Page, World};
use serde_json::{Value, json};

/// What a hostile transcript would try.
fn poison(port: u16) -> Vec<String> {
    vec![
        "</script><script>window.owned=1</script>".to_owned(),
        "<!--<script>".to_owned(),
        format!("<img src=x onerror=\"fetch('http://127.0.0.1:{port}/leak')\">"),
        format!("<iframe src=\"http://127.0.0.1:{port}/frame\"></iframe>"),
        "javascript:window.owned=2".to_owned(),
        "\u{2028}\u{202e}]]>&lt;b&gt;".to_owned(),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn poisoned_texts_are_texts_and_nothing_leaves() -> anyhow::Result<()> {
    let world = World::without_display()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let port = listener.local_addr()?.port();
    let mut chat = String::new();
    for (at, text) in poison(port).into_iter().enumerate() {
        let line = json!({
            "type": "user", "uuid": format!("u{at}"), "sessionId": "s1", "cwd": "/x",
            "timestamp": "2026-01-02T03:04:05Z",
            "message": { "role": "user", "content": format!("poison {at} {text}") },
        });
        chat.push_str(&format!("{line}\n"));
    }
    let work = world.work();
    std::fs::write(work.join("s1.jsonl"), chat)?;
    let path = |name: &str| work.join(name).display().to_string();
    world.krake(&["import", &path("s1.jsonl")])?;
    world.krake(&[
        "knowledge",
        "add",
        "<script>window.owned=3</script>",
        "<b>bold</b>",
    ])?;
    world.krake(&["export", "--to", &path("a.krake")])?;
    let mut archive = krake_edge::archive::Archive::open(std::fs::File::open(path("a.krake"))?)?;
    let entry = archive
        .entries
        .iter()
        .find(|entry| entry.name == "reader/index.html")
        .cloned()
        .expect("a capsule has a reader");
    let mut page_text = String::new();
    archive.read(&entry)?.read_to_string(&mut page_text)?;
    std::fs::write(path("index.html"), page_text)?;

    let page = Page::of_chromium(&world, "en").await?;
    page.client()
        .goto(&format!("file://{}", path("index.html")))
        .await?;
    // By words, and by the list.
    page.find("#find").await?.send_keys("poison 0").await?;
    page.find_text("#list button", "poison 0").await?;
    page.click("#list button").await?;
    for (at, text) in poison(port).into_iter().enumerate() {
        // Each is a message of its own, drawn as it was written.
        let begin: String = text.chars().take(12).collect();
        let visible = page
            .script(
                "return [...document.querySelectorAll('main article p')].map(p => p.textContent)",
            )
            .await?;
        let shown = visible
            .as_array()
            .and_then(|all| all.get(at))
            .and_then(Value::as_str)
            .unwrap_or_default();
        assert!(shown.contains(&format!("poison {at} {begin}")), "{shown}");
    }
    assert_eq!(
        page.script("return document.querySelectorAll('main img, main iframe, main b').length")
            .await?,
        0
    );
    page.find("#find").await?.clear().await?;
    page.script("[...document.querySelectorAll('#places button')].find(b => b.textContent.includes('Knowledge')).click()").await?;
    page.find_text("#list button", "<script>window.owned=3</script>")
        .await?;
    // Even what gets into the page does not run, and its requests do not leave.
    let tried = format!(
        "const script = document.createElement('script');
         script.textContent = 'window.owned = 4';
         document.head.append(script);
         const image = new Image();
         image.src = 'http://127.0.0.1:{port}/image';
         document.body.append(image);
         let refused = 0;
         document.addEventListener('securitypolicyviolation', () => {{ refused += 1; window.refused = refused; }});
         return fetch('http://127.0.0.1:{port}/fetch').then(() => 'sent', () => 'refused');"
    );
    assert_eq!(page.script(&tried).await?, "refused");
    let state = page
        .script("return [window.owned ?? null, performance.getEntriesByType('resource').length, document.title]")
        .await?;
    assert_eq!(state[0], Value::Null);
    assert!(
        state[2]
            .as_str()
            .is_some_and(|title| title.starts_with("Krake"))
    );
    page.close().await?;
    let called = listener.accept().is_ok();
    assert!(!called, "the page called out");
    Ok(())
}
