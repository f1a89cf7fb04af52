//! Keys that lie in the environment of this process: offered to the vault, never taken by themselves.

use krake_domain::account::Provider;
use krake_domain::secret::Hidden;

/// Variables, whose keys they hold, and the variable that names another place for them.
const VARIABLES: &[(&str, Provider, Option<&str>)] = &[
    (
        "ANTHROPIC_API_KEY",
        Provider::Anthropic,
        Some("ANTHROPIC_BASE_URL"),
    ),
    ("OPENAI_API_KEY", Provider::OpenAi, Some("OPENAI_BASE_URL")),
    ("GEMINI_API_KEY", Provider::Gemini, None),
    ("GOOGLE_API_KEY", Provider::Gemini, None),
];

/// A key that was found.
pub struct FoundKey {
    pub variable: &'static str,
    pub provider: Provider,
    pub key: Hidden,
    /// Where the environment leads with it: a key of a gateway is no key of the provider itself.
    pub base_url: Option<String>,
}

/// The keys in these variables, one for each provider.
#[must_use]
pub fn found_keys(variable: impl Fn(&str) -> Option<String>) -> Vec<FoundKey> {
    let mut found: Vec<FoundKey> = Vec::new();
    for (name, provider, place) in VARIABLES {
        let key = variable(name).map(Hidden::new);
        let Some(key) = key.filter(|key| !key.is_empty()) else {
            continue;
        };
        if found.iter().all(|known| known.provider != *provider) {
            found.push(FoundKey {
                variable: name,
                provider: *provider,
                key,
                base_url: place
                    .and_then(&variable)
                    .filter(|place| !place.trim().is_empty()),
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
            "ANTHROPIC_BASE_URL" | "OPENAI_BASE_URL" => Some("https://gate.example".to_owned()),
            "OPENAI_API_KEY" | "GEMINI_API_KEY" | "GOOGLE_API_KEY" => Some("k".to_owned()),
            _ => None,
        });
        let names: Vec<&str> = found.iter().map(|key| key.variable).collect();
        assert_eq!(names, ["OPENAI_API_KEY", "GEMINI_API_KEY"]);
        let places: Vec<Option<&str>> = found.iter().map(|key| key.base_url.as_deref()).collect();
        assert_eq!(places, [Some("https://gate.example"), None]);
    }
}
