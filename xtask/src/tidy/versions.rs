//! Crates that must exist once: two copies would be two databases, two runtimes or two sets of
//! types with one name.

use std::collections::{BTreeMap, BTreeSet};

use super::metadata::Package;

const SINGLE: &[&str] = &[
    "hyper",
    "libsqlite3-sys",
    "reqwest",
    "rustls",
    "serde",
    "sqlx",
    "tokio",
];

/// Single from this major version on: the desktop shell still brings older ones for its own
/// build, which no type of ours meets.
const SINGLE_FROM: &[(&str, u64)] = &[("schemars", 1)];

/// Findings; every other duplicate is only counted, for whoever wants a smaller build.
pub fn check(packages: &[Package]) -> Vec<String> {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions
            .entry(&package.name)
            .or_default()
            .insert(&package.version);
    }
    let repeated: Vec<&str> = versions
        .iter()
        .filter(|(_, versions)| versions.len() > 1)
        .map(|(name, _)| *name)
        .collect();
    println!(
        "  {} crates, {} of them in more than one version: {}",
        versions.len(),
        repeated.len(),
        repeated.join(", ")
    );
    versions
        .into_iter()
        .filter_map(|(name, versions)| {
            let counted: Vec<&str> = versions
                .into_iter()
                .filter(|version| must_be_single(name, version))
                .collect();
            (counted.len() > 1)
                .then(|| format!("{name}: must be single, found {}", counted.join(" and ")))
        })
        .collect()
}

fn must_be_single(name: &str, version: &str) -> bool {
    let major = version.split('.').next().and_then(|text| text.parse().ok());
    SINGLE.contains(&name)
        || SINGLE_FROM
            .iter()
            .any(|(single, from)| *single == name && major.is_some_and(|major: u64| major >= *from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(packages: &[(&str, &str)]) -> Vec<String> {
        let packages: Vec<Package> = packages
            .iter()
            .map(|(name, version)| Package {
                name: (*name).into(),
                version: (*version).into(),
                licence: None,
            })
            .collect();
        check(&packages)
    }

    #[test]
    fn only_a_crate_of_the_list_must_be_single() {
        assert!(findings(&[("syn", "1.0.1"), ("syn", "2.0.1"), ("tokio", "1.50.0")]).is_empty());
        assert_eq!(
            findings(&[("tokio", "1.50.0"), ("tokio", "0.2.25")]),
            ["tokio: must be single, found 0.2.25 and 1.50.0"]
        );
    }

    #[test]
    fn an_old_schema_crate_of_the_shell_is_tolerated() {
        assert!(findings(&[("schemars", "0.8.22"), ("schemars", "1.2.3")]).is_empty());
        assert_eq!(
            findings(&[("schemars", "1.2.3"), ("schemars", "2.0.0")]).len(),
            1
        );
    }
}
