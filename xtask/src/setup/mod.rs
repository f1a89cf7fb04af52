//! `setup`: finds what the machine lacks, says what it will install, and installs it.
//!
//! It does not install Rust or Node, and it never asks for a password: without the right to
//! install it prints the one line to run.
//! **Invariant:** a second run finds nothing missing, needs no network and changes nothing.

mod machine;
mod need;
mod toolchain;

use anyhow::{Result, bail};

pub use need::Need;

use crate::ui;

pub fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        bail!("takes no arguments");
    }
    ensure(Need::ALL)?;
    println!("Everything that building, running and testing needs is here.");
    Ok(())
}

/// Makes sure of these needs and of the built UI, which every binary carries.
pub fn ensure(needs: &[Need]) -> Result<()> {
    machine::ensure(needs)?;
    if needs.contains(&Need::Tidy) {
        toolchain::ensure()?;
    }
    ui::install_packages()?;
    ui::build()
}
