//! `run`: the shortest way from a clone to Krake at work.

use anyhow::Result;

use crate::command::{built_binary, cargo, replace, run as run_command};
use crate::setup::{self, Need};

pub fn run(arguments: &[String]) -> Result<()> {
    let arguments = match arguments.split_first() {
        Some((first, rest)) if first == "--" => rest,
        _ => arguments,
    };
    if has_display() {
        setup::ensure(&[Need::Build, Need::Window])?;
        run_command(&mut cargo(&["build", "--locked", "-p", "krake-app"]))?;
        let binary = built_binary("debug", "krake-app")?;
        replace(std::process::Command::new(binary).args(arguments))
    } else {
        println!("No display here: starting the same core headless, the web address follows.");
        setup::ensure(&[Need::Build])?;
        run_command(&mut cargo(&["build", "--locked", "-p", "krake-cli"]))?;
        let binary = built_binary("debug", "krake")?;
        replace(
            std::process::Command::new(binary)
                .arg("serve")
                .args(arguments),
        )
    }
}

fn has_display() -> bool {
    if cfg!(any(windows, target_os = "macos")) {
        return true;
    }
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_set("WAYLAND_DISPLAY") || is_set("DISPLAY")
}
