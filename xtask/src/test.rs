//! `test`: everything that can fail, on one profile and one set of features, so that no crate is
//! compiled twice for it.

use anyhow::{Result, bail};

use crate::command::{cargo, npm, run as run_command, succeeds};
use crate::setup::{self, Need};
use crate::stage::Stages;
use crate::tidy;

pub fn run(arguments: &[String]) -> Result<()> {
    let filter = match arguments {
        [] => None,
        [filter] if !filter.starts_with('-') => Some(filter.as_str()),
        _ => bail!("takes at most one FILTER, part of the name of the tests to run"),
    };
    let mut stages = Stages::start();
    if !stages.run("setup", || setup::ensure(Need::ALL)) {
        return stages.finish("test");
    }
    if filter.is_none() {
        // What reads no compiled crate comes first: it fails within seconds.
        stages.run("tidy: rules", tidy::check_rules);
        stages.run("ui: check", || run_command(&mut npm(&["run", "check"])));
        stages.run("ui: tests", || run_command(&mut npm(&["test"])));
    }
    if stages.run("rust: build", build) {
        stages.run("rust: tests", || run_tests(filter));
        if filter.is_none() {
            stages.run("tidy: clippy", tidy::check_clippy);
        }
    }
    stages.finish("test")
}

/// Binaries and tests in one call: the window and command line tests start the very binaries built
/// here, and one call resolves one set of features for both.
fn build() -> Result<()> {
    run_command(&mut cargo(&[
        "build",
        "--workspace",
        "--locked",
        "--bins",
        "--tests",
    ]))
}

fn run_tests(filter: Option<&str>) -> Result<()> {
    let mut command = if succeeds(&mut cargo(&["nextest", "--version"])) {
        cargo(&[
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-fail-fast",
        ])
    } else {
        cargo(&["test", "--workspace", "--locked", "--no-fail-fast"])
    };
    // What developers have set for their own Krake must not reach the tests: neither the data
    // folder nor the switch that rewrites golden files.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("KRAKE_") {
            command.env_remove(name);
        }
    }
    run_command(command.args(filter))
}
