//! `crash`: the kill test, with as many kills as asked for.

use std::process::Command;

use anyhow::Result;

use crate::command::{built_binary, cargo, replace, run as run_command};

pub fn run(arguments: &[String]) -> Result<()> {
    run_command(&mut cargo(&[
        "build",
        "--locked",
        "-p",
        "krake-tests",
        "--bins",
    ]))?;
    replace(Command::new(built_binary("debug", "krake-crash")?).args(arguments))
}
