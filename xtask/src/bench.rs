//! `bench`: measurements on the release build, because numbers of a debug build mean nothing.

use std::process::Command;

use anyhow::Result;

use crate::command::{built_binary, cargo, replace, run as run_command};

pub fn run(arguments: &[String]) -> Result<()> {
    run_command(&mut cargo(&[
        "build",
        "--release",
        "--locked",
        "-p",
        "krake-tests",
        "--bin",
        "krake-bench",
        "-p",
        "krake-cli",
        "--bin",
        "krake",
    ]))?;
    let names_window = arguments.iter().any(|name| name == "window");
    if arguments.is_empty() || names_window {
        // The feature switches the window from a development server to the files built into it.
        run_command(&mut cargo(&[
            "build",
            "--release",
            "--locked",
            "-p",
            "krake-app",
            "--features",
            "tauri/custom-protocol",
        ]))?;
    }
    replace(Command::new(built_binary("release", "krake-bench")?).args(arguments))
}
