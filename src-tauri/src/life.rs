//! The life of the process: one window, a clean end whether it is closed, quit or signalled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use tauri::{AppHandle, Manager as _, RunEvent};
use tokio::time::timeout;

use crate::carry::carry;
use crate::core::Core;
use crate::follow::Follows;
use crate::{other, view};

/// What does not end in this time is left to the recovery of the next start.
const STOP_TIME: Duration = Duration::from_secs(3);

/// Runs until the window is closed or the process is asked to end.
///
/// # Errors
/// There is no place for data, or no window can be made.
pub fn run() -> anyhow::Result<()> {
    let home = krake_runtime::home::resolve(None)?;
    if tauri::async_runtime::block_on(other::raise(&home)) {
        tracing::info!("Krake runs already, its window was raised");
        return Ok(());
    }
    #[cfg(target_os = "linux")]
    if ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .all(|name| std::env::var_os(name).is_none_or(|value| value.is_empty()))
    {
        anyhow::bail!("there is no display for a window: `krake serve` runs the same without one");
    }
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder = builder.on_web_content_process_terminate(|view| {
        if let Err(error) = view.reload() {
            tracing::error!(%error, "the window cannot be drawn anew");
        }
    });
    let app = builder
        .manage(Follows::default())
        .invoke_handler(carry)
        .setup(move |app| {
            let handle = app.handle().clone();
            let core = Core::new(home, Arc::new(move || raise(&handle)));
            app.manage(Arc::new(core));
            view::survive(app.handle());
            end_on_signal(app.handle().clone());
            Ok(())
        })
        .build(tauri::generate_context!())
        .context("the window could not be made")?;
    let ending = AtomicBool::new(false);
    let ended = Arc::new(AtomicBool::new(false));
    app.run(move |handle, event| {
        let RunEvent::ExitRequested { api, .. } = event else {
            return;
        };
        if ended.load(Ordering::Acquire) {
            return;
        }
        api.prevent_exit();
        if !ending.swap(true, Ordering::AcqRel) {
            tauri::async_runtime::spawn(end(handle.clone(), ended.clone()));
        }
    });
    Ok(())
}

async fn end(handle: AppHandle, ended: Arc<AtomicBool>) {
    handle.state::<Follows>().end();
    let core = handle.state::<Arc<Core>>().inner().clone();
    if timeout(STOP_TIME, core.stop()).await.is_err() {
        tracing::warn!("not everything ended in time; the next start recovers it");
    }
    ended.store(true, Ordering::Release);
    handle.exit(0);
}

fn raise(handle: &AppHandle) {
    let Some(window) = handle.get_webview_window("main") else {
        return;
    };
    let raised = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!(%error, "the window could not be raised");
    }
}

#[cfg(unix)]
fn end_on_signal(handle: AppHandle) {
    use tokio::signal::unix::{SignalKind, signal};
    tauri::async_runtime::spawn(async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = (
            signal(SignalKind::interrupt()),
            signal(SignalKind::terminate()),
        ) else {
            tracing::warn!("signals end this process without a clean stop");
            return;
        };
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        handle.exit(0);
    });
}

#[cfg(not(unix))]
fn end_on_signal(_: AppHandle) {}
