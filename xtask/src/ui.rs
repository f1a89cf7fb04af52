//! The UI as the Rust crates need it: its packages installed and `ui/dist` built, each only when
//! what it depends on has changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{capture, find_program, npm, root, run};

/// Stamps lie inside `node_modules`, so that whoever deletes the packages deletes them too.
const PACKAGES_STAMP: &str = "node_modules/.krake-stamp";
const BUILD_STAMP: &str = "node_modules/.krake-build-stamp";

/// Folders of `ui/` that do not change what is built.
const NOT_BUILT: &[&str] = &["node_modules", "dist", "coverage", "e2e"];

/// Installs the packages named by the lock file, unless exactly these are installed.
pub fn install_packages() -> Result<()> {
    let ui = root().join("ui");
    let lock = ui.join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    // Some packages carry native code, so a folder copied from another platform does not count.
    let platform = (std::env::consts::OS, std::env::consts::ARCH);
    let wanted = format!("{:016x}", digest(&(lock, platform)));
    if fs::read_to_string(ui.join(PACKAGES_STAMP)).is_ok_and(|stamp| stamp == wanted) {
        return Ok(());
    }
    check_node()?;
    println!("UI packages: installing those of ui/package-lock.json");
    run(&mut npm(&[
        "ci",
        "--no-audit",
        "--no-fund",
        "--prefer-offline",
    ]))?;
    fs::write(ui.join(PACKAGES_STAMP), wanted).context("cannot write the stamp of the UI packages")
}

/// Builds `ui/dist`, unless it was built from exactly these sources.
pub fn build() -> Result<()> {
    let ui = root().join("ui");
    let sources = digest_of_sources(&ui)?;
    let stamp = ui.join(BUILD_STAMP);
    let index = ui.join("dist/index.html");
    if let Ok(found) = fs::read_to_string(&stamp)
        && fs::read(&index).is_ok_and(|html| found == build_stamp(sources, &html))
    {
        return Ok(());
    }
    run(&mut npm(&["run", "build"]))?;
    let html =
        fs::read(&index).with_context(|| format!("the UI build wrote no {}", index.display()))?;
    fs::write(stamp, build_stamp(sources, &html)).context("cannot write the stamp of the UI build")
}

/// The page names its scripts by their content, so its hash stands for the whole of `dist` and a
/// build by hand in between is noticed.
fn build_stamp(sources: u64, index_html: &[u8]) -> String {
    format!("{sources:016x}-{:016x}", digest(&index_html))
}

fn check_node() -> Result<()> {
    if find_program("node").is_none() {
        bail!("Node is missing: install version 20.19 or later with npm (https://nodejs.org)");
    }
    let version = capture(Command::new("node").arg("--version"))?;
    if !node_is_recent(&version) {
        bail!(
            "Node {} is too old: the UI build needs 20.19 or later",
            version.trim()
        );
    }
    Ok(())
}

/// The bundler needs 20.19 or later, and of the odd line in between 22.12 or later.
fn node_is_recent(version: &str) -> bool {
    let mut numbers = version.trim().trim_start_matches('v').split('.');
    let mut next = || numbers.next().and_then(|text| text.parse::<u32>().ok());
    match (next(), next()) {
        (Some(20), Some(minor)) => minor >= 19,
        (Some(22), Some(minor)) => minor >= 12,
        (Some(major), Some(_)) => major > 22,
        _ => false,
    }
}

fn digest_of_sources(ui: &Path) -> Result<u64> {
    let mut files = Vec::new();
    collect(ui, &mut files)?;
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(ui).unwrap_or(&file).hash(&mut hasher);
        fs::read(&file)
            .with_context(|| format!("cannot read {}", file.display()))?
            .hash(&mut hasher);
    }
    Ok(hasher.finish())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot list {}", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if entry.file_type()?.is_dir() {
            if !NOT_BUILT.contains(&name.as_ref()) && !name.starts_with('.') {
                collect(&entry.path(), files)?;
            }
        } else if !name.contains(".test.") {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// Tells versions apart on one machine; another release of the compiler may hash differently and
/// then costs one build.
fn digest(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::node_is_recent;

    #[test]
    fn only_versions_that_can_build_the_ui_count() {
        for version in ["v20.19.0\n", "v20.20.2", "v22.12.0", "v23.0.0", "v24.1.0"] {
            assert!(node_is_recent(version), "{version}");
        }
        for version in ["v18.20.0", "v20.18.9", "v21.7.0", "v22.11.0", "", "vx.y"] {
            assert!(!node_is_recent(version), "{version}");
        }
    }
}
