//! The interface over the release core: how soon it is there, and whether it moves while much
//! happens. Lists, graph and log are measured in Chromium, the start in the real window.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use futures_util::{StreamExt as _, stream};
use krake_domain::id::{ExecutionId, WorkspaceId};
use krake_domain::plan::Plan;
use krake_domain::principal::Principal;
use krake_runtime::{NewExecution, Runtime};
use krake_store::Owner;
use serde_json::{Map, Value, json};

use super::report::{Row, median, ms};
use super::{footprint, plans, workloads};
use crate::world::{Page, Process, World, built, wait_for};

/// Goes to an address inside the page and waits until `css` matches often enough and is painted;
/// milliseconds.
const OPEN: &str = "
    const [to, css, count, done] = arguments;
    const begun = performance.now();
    history.pushState({}, '', to);
    dispatchEvent(new PopStateEvent('popstate', { state: {} }));
    const look = () => {
        if (document.querySelectorAll(css).length < count) return requestAnimationFrame(look);
        requestAnimationFrame(() => done(performance.now() - begun));
    };
    look();
";

/// Moves what `css` names for so many milliseconds, once a frame; the frames' lengths.
const MOVE: &str = "
    const [css, kind, span, done] = arguments;
    let target = document.querySelector(css);
    if (kind === 'scroll') while (target.scrollHeight <= target.clientHeight + 1) target = target.parentElement;
    const frames = [];
    const begun = performance.now();
    let last = begun;
    const step = (now) => {
        frames.push(now - last);
        last = now;
        if (now - begun > span) return done(frames.slice(2));
        if (kind === 'scroll') target.scrollTop += 300;
        else target.dispatchEvent(new WheelEvent('wheel', { deltaX: 20, deltaY: 8, bubbles: true, cancelable: true }));
        requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
";

/// From now on the page notes how long each key waits until it is painted.
const WATCH: &str = "
    window.keys = [];
    new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) if (entry.name === 'keydown') window.keys.push(entry.duration);
    }).observe({ type: 'event', durationThreshold: 16 });
";

const HEAP: &str = "return performance.memory.usedJSHeapSize / 1048576";

/// How long a live log is followed.
const LOG_TIME: Duration = Duration::from_secs(300);

/// Measures everything and tells it.
///
/// # Errors
/// Chromium, its driver or a display is not there, or a screen does not open.
pub async fn told(rows: &mut Vec<Row>) -> Result<()> {
    let started = start_of_the_window().await?;
    rows.push(Row::goal(
        "window: start to the list, warm, median of 5",
        format!("{:.0} ms", ms(started)),
        "1.2 s or less",
        started <= Duration::from_millis(1_200),
        json!(ms(started)),
    ));
    let screens = screens(10_000).await?;
    rows.push(Row::goal(
        "window: list of 10,000 opens",
        format!("{:.0} ms", screens.list),
        "within 200 ms",
        screens.list <= 200.0,
        json!(screens.list),
    ));
    rows.push(frames(
        "window: list scrolls, frame p95 and worst",
        &screens.scroll,
    ));
    rows.push(Row::goal(
        "window: graph of 500 steps opens",
        format!("{:.0} ms", screens.graph),
        "within 500 ms",
        screens.graph <= 500.0,
        json!(screens.graph),
    ));
    rows.push(frames(
        "window: graph pans, frame p95 and worst",
        &screens.pan,
    ));
    let log = log(LOG_TIME).await?;
    let slowest = log.keys.first().copied().unwrap_or_default();
    rows.push(Row::goal(
        "window: key to picture in a live log of 5 minutes",
        format!("{slowest:.0} ms at {:.0} lines/s", log.lines_a_second),
        "under 100 ms at 2,000 lines/s",
        slowest < 100.0 && log.lines_a_second >= 2_000.0,
        json!({ "slowest_ms": slowest, "lines_per_s": log.lines_a_second }),
    ));
    rows.push(Row::told(
        "window: that log, page and core after one minute and five",
        format!(
            "{:.0} and {:.0} MiB, {} and {} MB",
            log.heap.0,
            log.heap.1,
            log.core.0 / 1_024,
            log.core.1 / 1_024
        ),
        json!({ "page_mib": [log.heap.0, log.heap.1], "core_kb": [log.core.0, log.core.1] }),
    ));
    Ok(())
}

/// Frames, the slowest first.
fn frames(name: &'static str, frames: &[f64]) -> Row {
    let at = |place: usize| frames.get(place).copied().unwrap_or_default();
    let (worst, most) = (at(0), at(frames.len() / 20));
    Row::told(
        name,
        format!("{most:.0} ms, {worst:.0} ms"),
        json!({ "p95_ms": most, "worst_ms": worst }),
    )
}

/// What was measured of lists and graphs, in milliseconds.
pub struct Screens {
    pub list: f64,
    pub scroll: Vec<f64>,
    pub graph: f64,
    pub pan: Vec<f64>,
}

/// A list of so many executions, and a graph of 500 steps.
///
/// # Errors
/// Chromium or its driver is not there, or a screen does not open.
pub async fn screens(executions: usize) -> Result<Screens> {
    let world = World::without_display()?;
    let runtime = workloads::runtime(&world.data()).await?;
    let graph = workloads::begin(&runtime, plans::fan_out(500)).await?;
    while !runtime.settled(graph).await?.is_ended() {}
    let proposals = stream::iter(0..executions).map(|_| propose(&runtime, plans::diamond()));
    let mut proposals = proposals.buffer_unordered(256);
    while let Some(proposed) = proposals.next().await {
        proposed?;
    }
    drop(proposals);
    runtime.stop().await?;

    let (_server, address) = serve(&world)?;
    let page = Page::of_chromium(&world, "en").await?;
    page.client().goto(&address).await?;
    page.find("[data-live=live]").await?;
    // Another page, so that nothing of the list is there when it is asked for.
    page.client()
        .goto(&format!("{}/inbox", origin(&address)))
        .await?;
    page.find("[data-live=live]").await?;
    let list = open(&page, "/executions", "[data-execution]", 10).await?;
    let scroll = moved(&page, "[data-execution]", "scroll", 3_000).await?;
    let graph = open(
        &page,
        &format!("/executions/{graph}?view=graph"),
        ".react-flow__node",
        3,
    )
    .await?;
    let pan = moved(&page, ".react-flow__pane", "pan", 2_000).await?;
    page.close().await?;
    Ok(Screens {
        list,
        scroll,
        graph,
        pan,
    })
}

/// What a log of many lines a second does to the page and to the core.
pub struct Log {
    pub lines_a_second: f64,
    /// From a key to the next picture, in milliseconds, the slowest first.
    pub keys: Vec<f64>,
    /// Of the page, in MiB: after a fifth of the time, and at the end.
    pub heap: (f64, f64),
    /// Of the core, in kB.
    pub core: (u64, u64),
}

/// Follows a program that writes about 2,000 lines a second.
///
/// # Errors
/// As [`screens`].
pub async fn log(span: Duration) -> Result<Log> {
    let world = World::without_display()?;
    let (server, address) = serve(&world)?;
    let rounds = span.as_millis() / 10 * 2;
    let script = format!(
        "i=0; while [ $i -lt {rounds} ]; do seq -f 'request %g answered by the cart in 12 ms' 26; i=$((i+1)); sleep 0.01; done"
    );
    let plan = json!({ "name": "busy", "steps": [{
        "id": "busy", "tool": "shell.run", "timeout_ms": 3_600_000,
        "args": { "root": world.work(), "argv": ["sh", "-c", script] },
    }] });
    let id = world.run_plan("busy", &plan.to_string())?;
    let waiting: Value = wait_for("the question", || {
        let text = world.krake(&["--json", "approvals", "list"]).ok()?;
        let list: Value = serde_json::from_str(&text).ok()?;
        list["items"].get(0).cloned()
    })?;
    let approval = waiting["id"].as_str().context("an approval has an id")?;
    world.krake(&["approvals", "approve", approval])?;

    let page = Page::of_chromium(&world, "en").await?;
    page.client().goto(&address).await?;
    page.find("[data-live=live]").await?;
    let view = format!("{}/executions/{id}?view=log", origin(&address));
    page.client().goto(&view).await?;
    page.find("[data-level]").await?;
    page.script(WATCH).await?;
    let begun = Instant::now();
    let mut early = None;
    let body = page.find("body").await?;
    while begun.elapsed() < span {
        // A real key: it moves nothing, and still waits for the page.
        body.send_keys(&Key::Shift.to_string()).await?;
        body.send_keys("?").await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        if early.is_none() && begun.elapsed() > span / 5 {
            early = Some((
                number(&page.script(HEAP).await?)?,
                footprint::pss(server.id())?,
            ));
        }
    }
    let late = (
        number(&page.script(HEAP).await?)?,
        footprint::pss(server.id())?,
    );
    let early = early.unwrap_or(late);
    let mut keys: Vec<f64> = serde_json::from_value(page.script("return window.keys").await?)?;
    keys.sort_by(|a, b| b.total_cmp(a));
    page.close().await?;
    let logs = world.data().join("logs");
    let lines = lines_below(&logs)?;
    world.krake(&["executions", "cancel", &id])?;
    #[expect(clippy::cast_precision_loss, reason = "a count of lines")]
    let lines_a_second = lines as f64 / begun.elapsed().as_secs_f64();
    Ok(Log {
        lines_a_second,
        keys,
        heap: (early.0, late.0),
        core: (early.1, late.1),
    })
}

/// From the start of the process to the list of executions on the screen, warm.
///
/// # Errors
/// No display can be started, or the window shows nothing.
pub async fn start_of_the_window() -> Result<Duration> {
    let mut spans = Vec::new();
    for _ in 0..6 {
        let world = World::with_display()?;
        let page = Page::of_app(&world, &built("krake-app")?).await?;
        page.find_text("main h2", "No executions yet").await?;
        let pid = Owner::find(&world.data())
            .context("the window owns the folder")?
            .pid;
        spans.push(age_of(pid)?);
        page.close().await?;
    }
    // The first one warmed the caches.
    Ok(median(&mut spans[1..]))
}

async fn propose(runtime: &Runtime, plan: Plan) -> Result<ExecutionId> {
    let new = NewExecution {
        plan,
        inputs: Map::new(),
        source: "bench".to_owned(),
        folder: None,
        by: Principal::owner(),
        workspace: WorkspaceId::PERSONAL,
        start: false,
    };
    Ok(runtime.propose(new).await?)
}

fn serve(world: &World) -> Result<(Process, String)> {
    let mut command = world.command(built("krake")?);
    command.args(["serve", "--port", "0"]);
    let mut server = world.start("serve", command)?;
    let address = server.first_line()?;
    Ok((server, address))
}

fn origin(address: &str) -> &str {
    address.split("/#").next().unwrap_or(address)
}

async fn open(page: &Page, to: &str, css: &str, count: usize) -> Result<f64> {
    let args = vec![json!(to), json!(css), json!(count)];
    number(&page.client().execute_async(OPEN, args).await?)
}

async fn moved(page: &Page, css: &str, kind: &str, span_ms: u32) -> Result<Vec<f64>> {
    let args = vec![json!(css), json!(kind), json!(span_ms)];
    let mut frames: Vec<f64> =
        serde_json::from_value(page.client().execute_async(MOVE, args).await?)?;
    ensure!(!frames.is_empty(), "no frame was drawn");
    frames.sort_by(|a, b| b.total_cmp(a));
    Ok(frames)
}

fn number(value: &Value) -> Result<f64> {
    value.as_f64().context("the page answers with a number")
}

fn lines_below(folder: &std::path::Path) -> Result<usize> {
    let mut lines = 0;
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        lines += if path.is_dir() {
            lines_below(&path)?
        } else {
            std::fs::read(&path)?
                .iter()
                .filter(|byte| **byte == b'\n')
                .count()
        };
    }
    Ok(lines)
}

/// How long a process has run, to a hundredth of a second.
fn age_of(pid: u32) -> Result<Duration> {
    const TICKS_A_SECOND: f64 = 100.0;
    let up = std::fs::read_to_string("/proc/uptime")?;
    let up: f64 = up.split_whitespace().next().context("a number")?.parse()?;
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit_once(')').context("a name in brackets")?.1;
    let started: f64 = after_name
        .split_whitespace()
        .nth(19)
        .context("the time of the start")?
        .parse()?;
    Ok(Duration::from_secs_f64(
        (up - started / TICKS_A_SECOND).max(0.0),
    ))
}
