//! `tidy`: the rules of the house that a machine can check.
//!
//! It changes nothing and does not check what tests check (generated files, golden files).
//! **Invariant:** every finding names the place and what was expected there, and one finding is
//! enough to fail.

mod bans;
mod expression;
mod layers;
mod licences;
mod metadata;
mod sources;
mod versions;

use anyhow::{Result, bail};

use crate::command::{cargo, run as run_command};
use crate::setup::{self, Need};
use crate::stage::Stages;
use metadata::Metadata;

pub fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        bail!("takes no arguments");
    }
    let mut stages = Stages::start();
    // Clippy compiles the window, which needs the system's libraries and the built UI.
    let needs = [Need::Build, Need::Window, Need::Tidy];
    let is_set_up = stages.run("setup", || setup::ensure(&needs));
    stages.run("rules", check_rules);
    if is_set_up {
        stages.run("clippy", check_clippy);
    }
    stages.finish("tidy")
}

/// What needs no compiled crate: takes seconds.
pub fn check_rules() -> Result<()> {
    let metadata = Metadata::load()?;
    let findings = [
        layers::check(&metadata.members),
        bans::check(&metadata.members),
        licences::check(&metadata.packages)?,
        versions::check(&metadata.packages),
        sources::check()?,
    ]
    .concat();
    for finding in &findings {
        println!("  {finding}");
    }
    // The findings above must not hide what the formatter has to say.
    let formatted = run_command(&mut cargo(&["fmt", "--all", "--check"]));
    match (findings.len(), formatted) {
        (0, formatted) => formatted,
        (count, Ok(())) => bail!("{count} findings"),
        (count, Err(error)) => bail!("{count} findings, and {error:#}"),
    }
}

pub fn check_clippy() -> Result<()> {
    run_command(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "-D",
        "warnings",
    ]))
}
