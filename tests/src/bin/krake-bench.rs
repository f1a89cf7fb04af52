//! `cargo xtask bench`: times the workloads and prints a table and JSON.
//!
//! Names as arguments choose workloads: `w1 w2 w3 w4 flat restart idle brief planner import large
//! scan search window`; none: all. `search` imports a million messages first, which takes some minutes, and
//! so does `large`.
//! `window` needs Chromium and a display without a screen, and takes six minutes.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use krake_domain::event::Event;
use krake_runtime::{Control, Drive, Options, start};
use krake_tests::bench::report::{Row, lines, median, ms, quantile, render};
use krake_tests::bench::{
    floor, footprint, import, noop::Noop, planner, plans, repository, restart, scan, search,
    window, workloads,
};
use serde_json::json;

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    match args.first().map(String::as_str) {
        Some("child") => runtime.block_on(child(&args[1..])),
        _ => runtime.block_on(bench(&args)),
    }
}

async fn bench(names: &[String]) -> Result<()> {
    if let Some(name) = names
        .iter()
        .find(|name| !WORKLOADS.contains(&name.as_str()))
    {
        bail!("{name} is no workload; there are {}", WORKLOADS.join(" "));
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|given| given == name);
    let folder = tempfile::Builder::new()
        .prefix("krake-bench")
        .tempdir_in(std::env::current_dir()?.join("target"))?;
    let mut rows = Vec::new();
    let commit = floor::raw_commit(folder.path(), 1_000).await?;
    let link = floor::group_commit_chain(folder.path(), 1_000).await?;
    rows.push(Row::told(
        "F: one raw commit, p50",
        format!("{:.3} ms", ms(commit)),
        json!(ms(commit)),
    ));
    rows.push(Row::told(
        "floor: bare group-commit loop, p50",
        format!("{:.3} ms", ms(link)),
        json!(ms(link)),
    ));
    for name in WORKLOADS {
        if wanted(name) {
            let before = rows.len();
            measure(name, folder.path(), commit, &mut rows).await?;
            #[expect(
                clippy::print_stderr,
                reason = "what is known is told before the rest is measured"
            )]
            {
                eprint!("{}", lines(&rows[before..]));
            }
        }
    }
    #[expect(clippy::print_stdout, reason = "the table is what this program is for")]
    {
        println!("{}", render(&rows));
    }
    Ok(())
}

/// What can be asked for by name.
const WORKLOADS: [&str; 14] = [
    "w1", "w2", "w3", "w4", "flat", "restart", "brief", "planner", "import", "large", "scan",
    "search", "idle", "window",
];

async fn measure(name: &str, folder: &Path, commit: Duration, rows: &mut Vec<Row>) -> Result<()> {
    match name {
        "w1" => w1(folder, rows).await,
        "w2" => w2(folder, rows).await,
        "w3" => w3(folder, rows).await,
        "w4" => w4(folder, commit, rows).await,
        "flat" => flat(folder, rows).await,
        "restart" => crash(folder, rows).await,
        "brief" => brief(folder, rows),
        "planner" => planner(rows).await,
        "import" => import::told(folder, rows).await,
        "large" => import::told_large(folder, rows).await,
        "scan" => scan::told(folder, rows),
        "search" => search(folder, rows).await,
        "idle" => idle(folder, rows),
        "window" => window::told(rows).await,
        other => bail!("{other} is not measured here"),
    }
}

/// Queries among 100,000 and 1,000,000 messages.
async fn search(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let mut searched = search::Searched::begin(&folder.join("search")).await?;
    for (messages, most, name, goal) in [
        (
            100_000,
            Duration::from_millis(20),
            "search: 100,000 messages, p50 and p95",
            "p95 at most 20 ms",
        ),
        (
            1_000_000,
            Duration::from_millis(150),
            "search: 1,000,000 messages, p50 and p95",
            "p95 at most 150 ms",
        ),
    ] {
        searched.grow(messages).await?;
        searched.ask(40).await?;
        let mut times = searched.ask(400).await?;
        let (p50, p95) = (median(&mut times), quantile(&mut times, 0.95));
        rows.push(Row::goal(
            name,
            format!("{:.1} ms, {:.1} ms", ms(p50), ms(p95)),
            goal,
            p95 <= most,
            json!({ "p50_ms": ms(p50), "p95_ms": ms(p95) }),
        ));
    }
    let bytes = searched.end().await?;
    rows.push(Row::told(
        "search: the database for each message",
        format!("{bytes} bytes"),
        json!(bytes),
    ));
    Ok(())
}

/// A request in plain words against 500 playbooks.
async fn planner(rows: &mut Vec<Row>) -> Result<()> {
    let mut timed = planner::planner(500, 1_000).await?;
    let (p50, p99) = (
        median(&mut timed.requests),
        quantile(&mut timed.requests, 0.99),
    );
    rows.push(Row::told(
        "planner: the first request, 500 playbooks read",
        format!("{:.1} ms", ms(timed.first)),
        json!(ms(timed.first)),
    ));
    rows.push(Row::goal(
        "planner: a request, 500 playbooks, p50 and p99",
        format!("{:.2} ms, {:.2} ms", ms(p50), ms(p99)),
        "at most 50 ms, with the look at the folder",
        p99 <= Duration::from_millis(50),
        json!({ "p50_ms": ms(p50), "p99_ms": ms(p99) }),
    ));
    Ok(())
}

async fn w1(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let runtime = workloads::runtime(&folder.join("w1")).await?;
    workloads::chain(&runtime, 200).await?;
    // Both floors are measured again beside each run: on a shared machine a minute makes a difference.
    let (mut links, mut in_f, mut in_floor) = (Vec::new(), Vec::new(), Vec::new());
    let mut commits = 0;
    for _ in 0..5 {
        let commit = floor::raw_commit(&folder.join("w1"), 500).await?;
        let bare = floor::group_commit_chain(&folder.join("w1"), 500).await?;
        let mut chain = workloads::chain(&runtime, 1_000).await?;
        let p50 = median(&mut chain.links);
        in_f.push(Duration::from_secs_f64(
            p50.as_secs_f64() / commit.as_secs_f64(),
        ));
        in_floor.push(Duration::from_secs_f64(
            p50.as_secs_f64() / bare.as_secs_f64(),
        ));
        links.extend(chain.links);
        commits += chain.commits;
    }
    let (p50, p99) = (median(&mut links), quantile(&mut links, 0.99));
    let (in_f, in_floor) = (
        median(&mut in_f).as_secs_f64(),
        median(&mut in_floor).as_secs_f64(),
    );
    rows.push(Row::goal(
        "W1 chain of 1,000, p50, median of 5",
        format!("{:.3} ms = {in_f:.2} F", ms(p50)),
        "at most 3 F",
        in_f <= 3.0,
        json!({ "p50_ms": ms(p50), "p99_ms": ms(p99), "in_f": in_f }),
    ));
    rows.push(Row::goal(
        "W1 against the floor, median of 5",
        format!("{in_floor:.2} ×"),
        "at most 1.4 × the floor",
        in_floor <= 1.4,
        json!(in_floor),
    ));
    #[expect(clippy::cast_precision_loss, reason = "a count of commits")]
    let per_step = commits as f64 / 5_000.0;
    rows.push(Row::goal(
        "W1 commits a step",
        format!("{per_step:.3}"),
        "1.0",
        per_step < 1.01,
        json!(per_step),
    ));
    Ok(runtime.stop().await?)
}

async fn w2(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let runtime = workloads::runtime(&folder.join("w2")).await?;
    let plan = plans::fan_out(1_000);
    workloads::one(&runtime, plan.clone()).await?;
    let (took, commits) = workloads::median_of(&runtime, &plan, 10).await?;
    let rate = 1_002.0 / took.as_secs_f64();
    let per_step = commits / 1_002.0;
    rows.push(Row::goal(
        "W2 fan-out of 1,000, median of 10",
        format!("{rate:.0} steps/s"),
        "15,000 steps/s or more",
        rate >= 15_000.0,
        json!({ "steps_per_s": rate, "ms": ms(took) }),
    ));
    rows.push(Row::goal(
        "W2 commits a step",
        format!("{per_step:.4}"),
        "at most 0.05",
        per_step <= 0.05,
        json!(per_step),
    ));
    Ok(runtime.stop().await?)
}

async fn w3(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let runtime = workloads::runtime(&folder.join("w3")).await?;
    let plan = plans::diamond();
    workloads::at_once(&runtime, 200, &plan).await?;
    let mut totals = Vec::new();
    let mut spreads = Vec::new();
    for _ in 0..10 {
        let (total, mut times) = workloads::at_once(&runtime, 200, &plan).await?;
        let (p50, p99) = (median(&mut times), quantile(&mut times, 0.99));
        totals.push(total);
        spreads.push(Duration::from_secs_f64(
            p99.as_secs_f64() / p50.as_secs_f64(),
        ));
    }
    let rate = 200.0 / median(&mut totals).as_secs_f64();
    let spread = median(&mut spreads).as_secs_f64();
    rows.push(Row::goal(
        "W3 200 diamonds at once, median of 10",
        format!("{rate:.0} executions/s"),
        "2,000 executions/s or more",
        rate >= 2_000.0,
        json!(rate),
    ));
    rows.push(Row::goal(
        "W3 p99/p50 of completion",
        format!("{spread:.2}"),
        "at most 3",
        spread <= 3.0,
        json!(spread),
    ));
    Ok(runtime.stop().await?)
}

async fn w4(folder: &Path, commit: Duration, rows: &mut Vec<Row>) -> Result<()> {
    let runtime = workloads::runtime(&folder.join("w4")).await?;
    let allowed = Duration::from_millis(18) + commit * 10;
    for (name, plan, critical) in [
        ("W4 five waits, median of 20", plans::five_waits(), 900),
        ("W4b uneven, median of 20", plans::uneven(), 650),
    ] {
        let (took, _) = workloads::median_of(&runtime, &plan, 20).await?;
        let over = took.saturating_sub(Duration::from_millis(critical));
        rows.push(Row::goal(
            name,
            format!("{:.1} ms = {critical} + {:.1}", ms(took), ms(over)),
            "at most 18 ms + 10 F over the critical path",
            over <= allowed,
            json!({ "ms": ms(took), "over_ms": ms(over) }),
        ));
    }
    Ok(runtime.stop().await?)
}

async fn flat(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let runtime = workloads::runtime(&folder.join("flat")).await?;
    for (name, steps) in [
        ("flatness at 1,000 steps", 1_000),
        ("flatness at 10,000 steps", 10_000),
    ] {
        let mut ratios = Vec::new();
        for _ in 0..7 {
            let chain = workloads::chain(&runtime, steps).await?;
            let (mut first, mut last) = (
                chain.links[..100].to_vec(),
                chain.links[chain.links.len() - 100..].to_vec(),
            );
            ratios.push(Duration::from_secs_f64(
                median(&mut last).as_secs_f64() / median(&mut first).as_secs_f64(),
            ));
        }
        let ratio = median(&mut ratios).as_secs_f64();
        rows.push(Row::goal(
            name,
            format!("{ratio:.2} ×"),
            "last 100 at most 1.1 × the first 100",
            ratio <= 1.1,
            json!(ratio),
        ));
    }
    Ok(runtime.stop().await?)
}

async fn crash(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let mut times = Vec::new();
    let mut again = 0;
    for round in 0..3 {
        let outcome =
            restart::measure(&folder.join(format!("restart{round}")), 1_400, 1_000).await?;
        times.push(outcome.first_step);
        again += outcome.again;
    }
    let first = median(&mut times);
    rows.push(Row::goal(
        "kill -9: finished steps run again",
        again.to_string(),
        "0",
        again == 0,
        json!(again),
    ));
    rows.push(Row::goal(
        "kill -9 with 1,000 finished: start → first new step",
        format!("{:.1} ms", ms(first)),
        "within 100 ms",
        first <= Duration::from_millis(100),
        json!(ms(first)),
    ));
    Ok(())
}

fn brief(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let (home, path) = (folder.join("brief"), folder.join("repository"));
    std::fs::create_dir_all(&path)?;
    repository::generate(&path, 20_000, 5_000)?;
    let first = repository::brief(&home, &path)?;
    let second = repository::brief(&home, &path)?;
    rows.push(Row::goal(
        "brief-repo, 20,000 commits, second run",
        format!(
            "{:.2} s (first {:.2} s)",
            second.as_secs_f64(),
            first.as_secs_f64()
        ),
        "within 5 s",
        second <= Duration::from_secs(5),
        json!(second.as_secs_f64()),
    ));
    Ok(())
}

fn idle(folder: &Path, rows: &mut Vec<Row>) -> Result<()> {
    let mut starts: Vec<Duration> = Vec::new();
    for _ in 0..5 {
        starts.push(
            footprint::measure(
                &folder.join("idle"),
                Duration::ZERO,
                Duration::from_millis(1),
            )?
            .started,
        );
    }
    let started = median(&mut starts);
    let at_rest = footprint::measure(
        &folder.join("idle"),
        Duration::from_secs(30),
        Duration::from_secs(60),
    )?;
    #[expect(clippy::cast_precision_loss, reason = "a size in kilobytes")]
    let mb = at_rest.pss_kb as f64 / 1_024.0;
    rows.push(Row::goal(
        "core at idle, 30 s after start",
        format!("{mb:.1} MB PSS"),
        "30 MB or less",
        mb <= 30.0,
        json!(mb),
    ));
    rows.push(Row::goal(
        "core: start to first line",
        format!("{:.1} ms", ms(started)),
        "within 60 ms",
        started <= Duration::from_millis(60),
        json!(ms(started)),
    ));
    rows.push(Row::goal(
        "core at idle: wake-ups a minute",
        format!("{:.1}", at_rest.wake_ups),
        "at most 2",
        at_rest.wake_ups <= 2.0,
        json!(at_rest.wake_ups),
    ));
    Ok(())
}

/// The process that is killed in the restart workload: reports finished steps on its standard output.
async fn child(args: &[String]) -> Result<()> {
    let home = PathBuf::from(args.first().context("a folder")?);
    let runtime = start(Options {
        home,
        drive: Drive::Named,
        more_tools: vec![Noop::tool()],
    })
    .await?;
    let mut commits = runtime.subscribe();
    match args.get(1).map(String::as_str) {
        Some("begin") => {
            workloads::begin(
                &runtime,
                plans::chain(args.get(2).context("a number")?.parse()?),
            )
            .await?;
        }
        Some("go-on") => {
            let id = *runtime
                .store()
                .unfinished()
                .await?
                .first()
                .context("an unfinished execution")?;
            runtime
                .command(
                    id,
                    Control::Resume,
                    krake_domain::principal::Principal::owner(),
                )
                .await?;
        }
        _ => bail!("begin or go-on"),
    }
    let mut done = 0usize;
    let started = Instant::now();
    while let Ok(commit) = commits.recv().await {
        done += commit
            .records
            .iter()
            .filter(|record| matches!(record.event, Event::AttemptSucceeded { .. }))
            .count();
        if done > 0 {
            use std::io::Write;
            let mut out = std::io::stdout().lock();
            writeln!(out, "{done}")?;
            out.flush()?;
        }
        if commit
            .records
            .iter()
            .any(|record| matches!(record.event, Event::ExecutionEnded { .. }))
            || started.elapsed() > Duration::from_secs(120)
        {
            break;
        }
    }
    Ok(runtime.stop().await?)
}
