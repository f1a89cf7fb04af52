//! Every dependency's licence allows Krake to be given away: crates of the lock file, and the UI
//! packages that end up in what is shipped.

use std::fs;

use anyhow::{Context, Result};
use serde_json::Value;

use super::expression::is_accepted;
use super::metadata::Package;
use crate::command::root;

const ACCEPTED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Fonts come with the UI under their own licence, which allows bundling.
const ACCEPTED_IN_UI: &[&str] = &["OFL-1.1"];

pub fn check(crates: &[Package]) -> Result<Vec<String>> {
    let mut findings = findings(crates, ACCEPTED);
    let lock = root().join("ui/package-lock.json");
    let text =
        fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
    let lock = serde_json::from_str(&text).context("ui/package-lock.json is not JSON")?;
    findings.extend(self::findings(
        &shipped_ui_packages(&lock),
        &[ACCEPTED, ACCEPTED_IN_UI].concat(),
    ));
    Ok(findings)
}

fn findings(packages: &[Package], accepted: &[&str]) -> Vec<String> {
    packages
        .iter()
        .filter_map(|package| {
            let wrong = what_is_wrong(package.licence.as_deref(), accepted)?;
            Some(format!("{} {}: {wrong}", package.name, package.version))
        })
        .collect()
}

fn what_is_wrong(licence: Option<&str>, accepted: &[&str]) -> Option<String> {
    let Some(licence) = licence else {
        return Some("names no licence".into());
    };
    match is_accepted(licence, accepted) {
        Ok(true) => None,
        Ok(false) => Some(format!(
            "licence `{licence}` is not on the list of accepted ones"
        )),
        Err(error) => Some(format!("licence `{licence}` cannot be read: {error}")),
    }
}

/// Packages marked `dev` build and test the UI and are not part of it.
fn shipped_ui_packages(lock: &Value) -> Vec<Package> {
    lock["packages"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(path, package)| !path.is_empty() && package["dev"] != true)
        .map(|(path, package)| Package {
            name: path
                .rsplit("node_modules/")
                .next()
                .unwrap_or(path)
                .to_owned(),
            version: package["version"].as_str().unwrap_or_default().to_owned(),
            licence: package["license"].as_str().map(str::to_owned),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unwanted_a_missing_and_a_broken_licence_are_found() {
        let package = |name: &str, licence: Option<&str>| Package {
            name: name.into(),
            version: "1.0.0".into(),
            licence: licence.map(str::to_owned),
        };
        let found = findings(
            &[
                package("good", Some("MIT OR GPL-3.0-only")),
                package("copyleft", Some("AGPL-3.0-only")),
                package("silent", None),
                package("broken", Some("SEE LICENSE IN FILE")),
            ],
            ACCEPTED,
        );
        let names: Vec<&str> = found
            .iter()
            .filter_map(|line| line.split(' ').next())
            .collect();
        assert_eq!(names, ["copyleft", "silent", "broken"], "{found:?}");
    }

    #[test]
    fn only_what_the_ui_ships_counts() {
        let lock = serde_json::json!({"packages": {
            "": {"name": "krake-ui"},
            "node_modules/react": {"version": "19.0.0", "license": "MIT"},
            "node_modules/a/node_modules/@x/y": {"version": "1.0.0", "license": "ISC"},
            "node_modules/vite": {"version": "8.0.0", "license": "MIT", "dev": true},
        }});
        let mut names: Vec<String> = shipped_ui_packages(&lock)
            .into_iter()
            .map(|package| package.name)
            .collect();
        names.sort();
        assert_eq!(names, ["@x/y", "react"]);
    }
}
