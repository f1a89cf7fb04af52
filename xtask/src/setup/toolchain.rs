//! The parts of the Rust toolchain that `tidy` runs and a minimal installation leaves out.

use std::process::Command;

use anyhow::{Result, bail};

use crate::command::{cargo, find_program, run, succeeds};

const COMPONENTS: [(&str, &str); 2] = [("fmt", "rustfmt"), ("clippy", "clippy")];

pub fn ensure() -> Result<()> {
    let missing: Vec<&str> = COMPONENTS
        .iter()
        .filter(|(subcommand, _)| !succeeds(&mut cargo(&[subcommand, "--version"])))
        .map(|(_, component)| *component)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let names = missing.join(" ");
    if find_program("rustup").is_none() {
        bail!("the Rust toolchain lacks {names}: install them with the toolchain's own installer");
    }
    println!("Rust toolchain: installing {names}");
    run(Command::new("rustup")
        .args(["component", "add"])
        .args(missing))
}
