//! `codegen`: writes the files that are generated from the table of commands.
//!
//! The generator is the drift test of `krake-api` in its writing mode, so what is written and what
//! is checked cannot differ.

use anyhow::{Result, bail};

use crate::command::{cargo, run as run_command};

pub fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        bail!("takes no arguments");
    }
    let mut command = cargo(&["test", "--locked", "-p", "krake-api", "--lib", "generated"]);
    run_command(command.env("KRAKE_BLESS", "1"))
}
