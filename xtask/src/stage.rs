//! Stages of a long command: each is named, timed and counted; a failed one does not hide the next.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};

pub struct Stages {
    started: Instant,
    done: Vec<Stage>,
}

struct Stage {
    name: &'static str,
    took: Duration,
    passed: bool,
}

impl Stages {
    pub fn start() -> Self {
        Self {
            started: Instant::now(),
            done: Vec::new(),
        }
    }

    /// Runs one stage, says how it went, and returns whether it passed.
    pub fn run(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> bool {
        println!("\n== {name}");
        let started = Instant::now();
        let outcome = work();
        let took = started.elapsed();
        let passed = outcome.is_ok();
        match outcome {
            Ok(()) => println!("== {name}: passed in {}", clock(took)),
            Err(error) => println!("== {name}: FAILED in {}: {error:#}", clock(took)),
        }
        self.done.push(Stage { name, took, passed });
        passed
    }

    /// Prints the table of stages; the closing line is the last one printed, as an error when any
    /// stage failed.
    pub fn finish(self, command: &str) -> Result<()> {
        println!();
        for stage in &self.done {
            let word = if stage.passed { "passed" } else { "FAILED" };
            println!("  {:<14} {word} {:>7}", stage.name, clock(stage.took));
        }
        let total = clock(self.started.elapsed());
        let failed: Vec<&str> = self
            .done
            .iter()
            .filter(|stage| !stage.passed)
            .map(|stage| stage.name)
            .collect();
        let count = self.done.len();
        if !failed.is_empty() {
            bail!(
                "{} of {count} stages failed in {total}: {}",
                failed.len(),
                failed.join(", ")
            );
        }
        println!("xtask {command}: {count} stages passed in {total}");
        Ok(())
    }
}

/// Minutes and seconds, `M:SS`.
fn clock(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_stage_fails_the_whole_and_hides_nothing() {
        let mut stages = Stages::start();
        assert!(stages.run("one", || Ok(())));
        assert!(!stages.run("two", || bail!("broken")));
        assert!(stages.run("three", || Ok(())));
        let error = stages.finish("test").unwrap_err().to_string();
        assert!(
            error.starts_with("1 of 3 stages failed in 0:00: two"),
            "{error}"
        );
    }

    #[test]
    fn time_reads_as_minutes_and_seconds() {
        assert_eq!(clock(Duration::from_millis(65_900)), "1:05");
        assert_eq!(clock(Duration::from_secs(3_600)), "60:00");
    }
}
