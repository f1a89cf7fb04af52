//! Files that are kept out of a proposal because they hold secrets by their name. A person who wants
//! one committed chooses it.

/// Endings of files that hold keys.
const ENDINGS: [&str; 8] = [
    ".pem",
    ".key",
    ".p12",
    ".pfx",
    ".jks",
    ".keystore",
    ".kdbx",
    ".tfstate",
];
/// Whole names of such files.
const NAMES: [&str; 10] = [
    "id_rsa",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    "credentials.json",
    ".htpasswd",
];
/// What a file is called that only shows which settings there are.
const SAMPLES: [&str; 4] = ["example", "sample", "template", "dist"];

/// Whether the last part of the path is such a name.
#[must_use]
pub fn holds_secrets(path: &str) -> bool {
    let name = path
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(path)
        .to_ascii_lowercase();
    let settings = name.strip_prefix(".env").filter(|rest| {
        let is_env = rest.is_empty() || rest.starts_with(['.', '-', '_']);
        is_env && !SAMPLES.iter().any(|sample| rest.contains(sample))
    });
    settings.is_some()
        || NAMES.contains(&name.as_str())
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_settings_are_known_by_their_names_and_samples_are_none() {
        for path in [
            "/work/.env",
            ".env.local",
            "deploy/.ENV-prod",
            "a/server.key",
            "id_rsa",
            "x/.npmrc",
            "infra/terraform.tfstate",
            "C:\\shop\\.env",
        ] {
            assert!(holds_secrets(path), "{path}");
        }
        for path in [
            ".env.example",
            ".env.sample",
            ".environment.ts",
            "src/env.ts",
            "keys.md",
            "monkey.rs",
            "id_rsa.pub",
            "",
        ] {
            assert!(!holds_secrets(path), "{path}");
        }
    }
}
