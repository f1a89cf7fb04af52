//! The crash harness: a process that drives real executions is killed again and again, and a ledger
//! outside of it knows what really happened.
//!
//! What it deliberately does not do: the ledger does not deduplicate, and the harness does not help
//! the process under test; it only kills, starts and counts.
//! **Invariant:** a promise that is broken once is reported, whatever else went well.

pub mod child;
mod hands;
mod kill;
mod ledger;
mod person;
mod sabotage;
mod trial;
mod verdict;

use std::path::PathBuf;
use std::time::Instant;

use anyhow::Result;

pub use kill::POINTS;
pub use sabotage::Sabotage;

/// What to do.
#[derive(Debug, Clone)]
pub struct Config {
    /// The program whose `child` command is killed.
    pub program: PathBuf,
    /// Kills at each named point.
    pub at_each_point: usize,
    /// Kills by the clock, at a random moment.
    pub at_random: usize,
    pub seed: u64,
    /// Breaks a promise on purpose, to see that the harness notices.
    pub sabotage: Option<Sabotage>,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    pub trials: usize,
    /// Processes that really died at the point that was asked for.
    pub kills: usize,
    pub effects: usize,
    pub acknowledged: usize,
    /// Each broken promise in one line.
    pub broken: Vec<String>,
    /// How often each point was hit.
    pub at_point: std::collections::BTreeMap<String, usize>,
}

/// Runs trials until all kills have happened.
///
/// # Errors
/// The harness itself could not work; broken promises are in the outcome.
pub async fn run(config: &Config) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let undisturbed = Instant::now();
    trial::run(config, Vec::new(), &mut outcome).await?;
    let life = undisturbed.elapsed();
    for order in kill::at_points(config.at_each_point) {
        trial::run(config, order, &mut outcome).await?;
        // Sabotage edits the journal, so its chain never holds; what counts is the promise itself.
        let noticed = outcome
            .broken
            .iter()
            .any(|line| !line.contains("] journal, "));
        if config.sabotage.is_some() && noticed {
            return Ok(outcome);
        }
    }
    let mut draw = kill::Draw(config.seed);
    // Some moments lie after the end of a shorter life, so there are more tries than kills.
    for _ in 0..config.at_random {
        if outcome
            .at_point
            .get("random")
            .is_some_and(|hits| *hits >= config.at_random)
        {
            break;
        }
        trial::run(config, kill::at_random(&mut draw, life), &mut outcome).await?;
    }
    Ok(outcome)
}
