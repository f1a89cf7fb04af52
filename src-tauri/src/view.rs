//! The process that draws the window may die: out of memory, a fault in the engine, a person with a
//! task manager. The core goes on; the window is drawn anew from what is true now.
//!
//! WebView2 on Windows shows a page of its own then; nothing is done about it here.

use tauri::AppHandle;
#[cfg(target_os = "linux")]
use tauri::Manager as _;

#[cfg(target_os = "linux")]
use std::time::{Duration, Instant};

/// A page that dies sooner than this after it was loaded would only die again at once.
#[cfg(target_os = "linux")]
const SHORTEST_LIFE: Duration = Duration::from_secs(1);

/// Loads the page of the main window again whenever its process has ended.
#[cfg(target_os = "linux")]
pub fn survive(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window("main") else {
        return;
    };
    let again = window.clone();
    let watched = window.with_webview(move |view| {
        use webkit2gtk::WebViewExt as _;
        let loaded = std::cell::Cell::new(Instant::now());
        view.inner()
            .connect_web_process_terminated(move |_, reason| {
                tracing::warn!(
                    ?reason,
                    "the process that draws the window ended; it is drawn anew"
                );
                let pause = SHORTEST_LIFE.saturating_sub(loaded.get().elapsed());
                loaded.set(Instant::now() + pause);
                let window = again.clone();
                tauri::async_runtime::spawn(async move {
                    tokio::time::sleep(pause).await;
                    if let Err(error) = window.reload() {
                        tracing::error!(%error, "the window cannot be drawn anew");
                    }
                });
            });
    });
    if let Err(error) = watched {
        tracing::warn!(%error, "nobody watches over the process that draws the window");
    }
}

/// macOS tells through the builder; see `life`.
#[cfg(not(target_os = "linux"))]
pub fn survive(_: &AppHandle) {}
