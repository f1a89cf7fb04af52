//! What a crate exists to forbid: some dependencies have one home, some rooms must not know some
//! dependencies. What only tests use is free.

use super::metadata::{Layer, Member};

const NOWHERE: &[&str] = &[];

/// A dependency (or a family `name-*`) and the crates of the product that may use it.
const HOMES: &[(&str, &[&str])] = &[
    ("sqlx", &["krake-store"]),
    ("libsqlite3-sys", &["krake-store"]),
    ("tauri", &["krake-app"]),
    ("tauri-*", &["krake-app"]),
    ("webkit2gtk", &["krake-app"]),
    ("axum", &["krake-server"]),
    ("rmcp", &["krake-server"]),
    // The way out, and the way in.
    ("hyper", &["krake-edge", "krake-server"]),
    ("hyper-util", &["krake-edge", "krake-server"]),
    ("reqwest", &["krake-edge"]),
    ("rustls", &["krake-edge"]),
    ("rustls-*", &["krake-edge"]),
    ("process-wrap", &["krake-edge"]),
    ("notify", &["krake-edge"]),
    // Secrets rest, are sealed and are opened in one place.
    ("keyring-core", &["krake-edge"]),
    ("zbus-secret-service-keyring-store", &["krake-edge"]),
    ("secret-service", &["krake-edge"]),
    ("apple-native-keyring-store", &["krake-edge"]),
    ("windows-native-keyring-store", &["krake-edge"]),
    ("argon2", &["krake-edge"]),
    ("chacha20poly1305", &["krake-edge"]),
    // Models are spoken to by krake-llm, in the formats themselves, over krake-edge.
    ("genai", NOWHERE),
    ("async-openai", NOWHERE),
    ("ollama-rs", NOWHERE),
];

/// A room and what it must never know.
const FORBIDDEN: &[(&str, &str)] = &[
    ("krake-domain", "tokio"),
    ("krake-domain", "tokio-*"),
    ("krake-engine", "tokio"),
    ("krake-engine", "tokio-*"),
    ("krake-transcripts", "tokio"),
    ("krake-transcripts", "tokio-*"),
    ("xtask", "krake-*"),
];

pub fn check(members: &[Member]) -> Vec<String> {
    members
        .iter()
        .flat_map(|member| {
            member
                .dependencies
                .iter()
                .filter(|dependency| !dependency.for_tests)
                .filter_map(|dependency| what_is_wrong(member, &dependency.name))
        })
        .collect()
}

fn what_is_wrong(member: &Member, dependency: &str) -> Option<String> {
    let name = &member.name;
    if FORBIDDEN
        .iter()
        .any(|(room, pattern)| room == name && matches(pattern, dependency))
    {
        return Some(format!(
            "{name} -> {dependency}: this crate must not know it"
        ));
    }
    let (_, homes) = HOMES
        .iter()
        .find(|(pattern, _)| matches(pattern, dependency))?;
    let is_at_home = homes.contains(&name.as_str()) || member.layer == Layer::Dev;
    (!is_at_home).then(|| {
        if homes.is_empty() {
            return format!("{name} -> {dependency}: no crate may use it");
        }
        let homes = homes.join(" and ");
        format!("{name} -> {dependency}: only {homes} may use it")
    })
}

fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::metadata::Dependency;

    fn findings(name: &str, layer: Layer, dependency: &str, for_tests: bool) -> Vec<String> {
        check(&[Member {
            name: name.into(),
            layer,
            dependencies: vec![Dependency {
                name: dependency.into(),
                for_tests,
            }],
        }])
    }

    #[test]
    fn a_dependency_with_a_home_stays_there() {
        assert!(findings("krake-store", Layer::Number(2), "sqlx", false).is_empty());
        assert!(findings("krake-api", Layer::Number(4), "sqlx", true).is_empty());
        assert!(findings("krake-tests", Layer::Dev, "hyper-util", false).is_empty());
        assert_eq!(
            findings("krake-api", Layer::Number(4), "sqlx", false),
            ["krake-api -> sqlx: only krake-store may use it"]
        );
        assert_eq!(
            findings("krake-cli", Layer::Number(6), "tauri-plugin-shell", false).len(),
            1
        );
        assert_eq!(
            findings("krake-llm", Layer::Number(2), "genai", false),
            ["krake-llm -> genai: no crate may use it"]
        );
    }

    #[test]
    fn the_pure_rooms_know_no_runtime_and_xtask_no_product() {
        for (name, dependency) in [
            ("krake-engine", "tokio"),
            ("krake-domain", "tokio-util"),
            ("xtask", "krake-domain"),
        ] {
            assert_eq!(
                findings(name, Layer::Dev, dependency, false).len(),
                1,
                "{name}"
            );
        }
        assert!(findings("krake-engine", Layer::Number(2), "regex", false).is_empty());
    }
}
