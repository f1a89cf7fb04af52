//! `cargo xtask crash --kills N`: kills a process that drives executions, and counts what happened.

use anyhow::{Context, Result};
use krake_tests::crash::{self, Config, POINTS};

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    match args.first().map(String::as_str) {
        Some("child") => runtime.block_on(crash::child::main(&args[1..])),
        _ => runtime.block_on(kill(&args)),
    }
}

#[expect(
    clippy::print_stdout,
    reason = "the account is what this program is for"
)]
async fn kill(args: &[String]) -> Result<()> {
    let value = |name: &str| {
        args.iter()
            .position(|arg| arg == name)
            .and_then(|place| args.get(place + 1))
    };
    let kills: usize = value("--kills")
        .map_or(Ok(160), |text| text.parse())
        .context("--kills takes a number")?;
    let seed: u64 = value("--seed")
        .map_or(Ok(1), |text| text.parse())
        .context("--seed takes a number")?;
    let at_each_point = (kills / 2 / (POINTS.len() * 2)).max(1);
    let at_random = kills.saturating_sub(at_each_point * POINTS.len() * 2);
    let config = Config {
        program: std::env::current_exe()?,
        at_each_point,
        at_random,
        seed,
        sabotage: None,
    };
    let outcome = crash::run(&config).await?;
    for (point, times) in &outcome.at_point {
        println!("{times:4} kills {point}");
    }
    println!(
        "{} kills in {} data folders, {} effects, {} acknowledged steps, seed {seed}",
        outcome.kills, outcome.trials, outcome.effects, outcome.acknowledged
    );
    for line in &outcome.broken {
        println!("BROKEN {line}");
    }
    anyhow::ensure!(
        outcome.broken.is_empty(),
        "{} promises were broken",
        outcome.broken.len()
    );
    println!("every promise was kept");
    Ok(())
}
