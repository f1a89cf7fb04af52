//! A page under a driver: the window of the app, or a browser.

use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::time::timeout;

use super::{LOOK_AGAIN, PATIENCE, Process, World, free_port, wait_for};

/// How long a click may take to show.
const CLICK_AGAIN: Duration = Duration::from_secs(3);

/// The text of an element that has a size. The drivers' own answers differ: WebKit's sees nothing in
/// a box that may be cut, and no box where a drawing moves it.
const DRAWN_TEXT: &str = "
    const box = arguments[0].getBoundingClientRect();
    return box.width > 0 && box.height > 0 ? arguments[0].textContent : null;
";

const BARRIERS: &str = "
    const done = arguments[arguments.length - 1];
    // A colour on its way to another one is no colour of ours.
    const moving = document.getAnimations().filter((each) => each.effect.getTiming().iterations !== Infinity);
    const settled = Promise.allSettled(moving.map((each) => each.finished));
    settled.then(() => axe.run(document, { resultTypes: ['violations'] })).then(({ violations }) => done(
        violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .flatMap(({ id, nodes }) => nodes.map(({ html, any }) => `${id}: ${html} ${any[0]?.message ?? ''}`)),
    ));
";

/// A page that can be looked at and touched.
pub struct Page {
    client: Client,
    driver: Process,
}

impl Page {
    /// The window of the desktop app, started by the driver of its own web engine.
    ///
    /// # Errors
    /// The driver is not installed, or the app shows no window.
    pub async fn of_app(world: &World, app: &Path) -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = world.command("WebKitWebDriver");
        command.args([format!("--port={port}"), "--host=127.0.0.1".to_owned()]);
        // The app inherits it; without it the driver would wait for ever.
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        let driver = world.start("webkit-driver", command)?;
        let options = json!({ "webkitgtk:browserOptions": { "binary": app, "args": [] } });
        Self::connect(driver, port, &options).await
    }

    /// A headless Chromium with a profile of this world.
    ///
    /// # Errors
    /// The driver or the browser is not installed.
    pub async fn of_chromium(world: &World, language: &str) -> anyhow::Result<Self> {
        let port = free_port()?;
        let mut command = world.command("chromedriver");
        command.arg(format!("--port={port}"));
        let driver = world.start("chromedriver", command)?;
        let args = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--window-size=1280,900",
            &format!("--lang={language}"),
            &format!("--accept-lang={language}"),
        ];
        let options = json!({ "goog:chromeOptions": { "args": args } });
        Self::connect(driver, port, &options).await
    }

    async fn connect(driver: Process, port: u16, options: &Value) -> anyhow::Result<Self> {
        wait_for("the port of the driver", || {
            TcpStream::connect(("127.0.0.1", port)).ok()
        })?;
        let capabilities = options
            .as_object()
            .context("capabilities are an object")?
            .clone();
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        let address = format!("http://127.0.0.1:{port}");
        // A driver waits for ever for a program that died before its window was there.
        let client = timeout(PATIENCE, builder.connect(&address))
            .await
            .with_context(|| driver.output())?
            .with_context(|| driver.output())?;
        Ok(Self { client, driver })
    }

    /// What drives the page.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The element, once it is there.
    ///
    /// # Errors
    /// It does not appear; the error holds the text of the page.
    pub async fn find(&self, css: &str) -> anyhow::Result<Element> {
        self.until(css, async || self.client.find(Locator::Css(css)).await.ok())
            .await
    }

    /// The element, once it is drawn and holds that text.
    ///
    /// # Errors
    /// As [`Page::find`].
    pub async fn find_text(&self, css: &str, text: &str) -> anyhow::Result<Element> {
        self.until(&format!("{css} with `{text}`"), async || {
            let element = self.client.find(Locator::Css(css)).await.ok()?;
            let handle = serde_json::to_value(&element).ok()?;
            let drawn = self.client.execute(DRAWN_TEXT, vec![handle]).await.ok()?;
            drawn.as_str()?.contains(text).then_some(element)
        })
        .await
    }

    /// Waits until nothing matches any more.
    ///
    /// # Errors
    /// It stays.
    pub async fn gone(&self, css: &str) -> anyhow::Result<()> {
        self.until(&format!("no {css}"), async || {
            self.client
                .find_all(Locator::Css(css))
                .await
                .ok()?
                .is_empty()
                .then_some(())
        })
        .await
    }

    /// Clicks the element once it is there and nothing lies over it, such as a dialog that leaves.
    ///
    /// # Errors
    /// It does not appear or cannot be clicked.
    pub async fn click(&self, css: &str) -> anyhow::Result<()> {
        self.until(&format!("a click on {css}"), async || {
            let element = self.client.find(Locator::Css(css)).await.ok()?;
            element.click().await.ok()
        })
        .await
    }

    /// Clicks what goes away by it, and again where nothing came of it: on a busy machine a click may
    /// fall on a page that is just being laid out, and a person would click again as well.
    ///
    /// # Errors
    /// It does not appear, or it stays.
    pub async fn click_away(&self, css: &str) -> anyhow::Result<()> {
        self.click(css).await?;
        let mut clicked = Instant::now();
        self.until(&format!("{css} to go away"), async || {
            let found = self.client.find_all(Locator::Css(css)).await.ok()?;
            let Some(element) = found.first() else {
                return Some(());
            };
            if clicked.elapsed() > CLICK_AGAIN {
                clicked = Instant::now();
                let _ = element.click().await;
            }
            None
        })
        .await
    }

    /// Runs a script in the page.
    ///
    /// # Errors
    /// It throws.
    pub async fn script(&self, text: &str) -> anyhow::Result<Value> {
        Ok(self.client.execute(text, Vec::new()).await?)
    }

    /// Serious and critical faults of accessibility on what is shown now, colours counted.
    ///
    /// # Errors
    /// The checker is not installed (`npm ci` in `ui`), or the page does not answer.
    pub async fn barriers(&self) -> anyhow::Result<Vec<String>> {
        let checker = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../ui/node_modules/axe-core/axe.min.js"
        );
        let source = std::fs::read_to_string(checker).with_context(|| checker.to_owned())?;
        self.script(&source).await?;
        let found = self.client.execute_async(BARRIERS, Vec::new()).await?;
        Ok(serde_json::from_value(found)?)
    }

    /// Closes the page, and with it the window or the browser.
    ///
    /// # Errors
    /// The driver does not answer.
    pub async fn close(self) -> anyhow::Result<()> {
        self.client.close().await?;
        drop(self.driver);
        Ok(())
    }

    async fn until<T>(
        &self,
        what: &str,
        mut look: impl AsyncFnMut() -> Option<T>,
    ) -> anyhow::Result<T> {
        let begun = Instant::now();
        loop {
            if let Some(found) = look().await {
                return Ok(found);
            }
            if begun.elapsed() > PATIENCE {
                let text = self
                    .script("return document.body.innerText")
                    .await
                    .unwrap_or_default();
                bail!("waited {PATIENCE:?} for {what}; the page shows: {text}");
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}
