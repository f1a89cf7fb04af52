//! `dist`: both binaries built for release, side by side in `target/dist`.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::command::{built_binary, cargo, run as run_command, target_directory};
use crate::setup::{self, Need};

const BINARIES: [&str; 2] = ["krake", "krake-app"];

pub fn run(arguments: &[String]) -> Result<()> {
    if !arguments.is_empty() {
        bail!("takes no arguments");
    }
    setup::ensure(&[Need::Build, Need::Window])?;
    run_command(&mut cargo(&[
        "build",
        "--release",
        "--locked",
        "-p",
        "krake-cli",
    ]))?;
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
    let folder = target_directory()?.join("dist");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for name in BINARIES {
        let from = built_binary("release", name)?;
        let to = folder.join(from.file_name().context("a binary has a file name")?);
        fs::copy(&from, &to)
            .with_context(|| format!("cannot copy {} to {}", from.display(), to.display()))?;
        let mebibytes = fs::metadata(&to)?.len() as f64 / (1024.0 * 1024.0);
        println!("{} ({mebibytes:.1} MiB)", to.display());
    }
    Ok(())
}
