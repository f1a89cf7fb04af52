//! Keys that lie in the environment of this process: offered to the vault, never taken by themselves.

use krake_domain::account::Provider;
use krake_domain::secret::Hidden;

/// Variables and whose keys they hold.
const VARIABLES: &[(&str, Provider)] = &[
    ("ANTHROPIC_API_KEY", Provider::Anthropic),
    ("OPENAI_API_KEY", Provider::OpenAi),
    ("GEMINI_API_KEY", Provider::Gemini),
    ("GOOGLE_API_KEY", Provider::Gemini),
];

/// A key that was found.
pub struct FoundKey {
    pub variable: &'static str,
    pub provider: Provider,
    pub key: Hidden,
}

/// The keys in these variables, one for each provider.
#[must_use]
pub fn found_keys(variable: impl Fn(&str) -> Option<String>) -> Vec<FoundKey> {
    let mut found: Vec<FoundKey> = Vec::new();
    for (name, provider) in VARIABLES {
        let key = variable(name).map(Hidden::new);
        let Some(key) = key.filter(|key| !key.is_empty()) else {
            continue;
        };
        if found.iter().all(|known| known.provider != *provider) {
            found.push(FoundKey {
                variable: name,
                provider: *provider,
                key,
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_key_for_each_provider_and_none_of_white_space() {
        let found = found_keys(|name| match name {
            "ANTHROPIC_API_KEY" => Some(" ".to_owned()),
            "OPENAI_API_KEY" | "GEMINI_API_KEY" | "GOOGLE_API_KEY" => Some("k".to_owned()),
            _ => None,
        });
        let names: Vec<&str> = found.iter().map(|key| key.variable).collect();
        assert_eq!(names, ["OPENAI_API_KEY", "GEMINI_API_KEY"]);
    }
}
