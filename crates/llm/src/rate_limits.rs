//! What the provider says is left for this key, with the moment at which it said so.

use krake_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::head::Head;
use crate::wait::reset;

/// The windows of one answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateLimits {
    /// When the answer came: what was left then need not be left now.
    pub at: Timestamp,
    /// By name, so that two answers compare.
    pub windows: Vec<Window>,
}

/// One limit: so many per stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The provider's word: `requests`, `tokens`, `input-tokens`.
    pub name: String,
    pub limit: Option<u64>,
    pub remaining: Option<u64>,
    pub resets_at: Option<Timestamp>,
}

/// How a provider spells its headers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spelling {
    /// `anthropic-ratelimit-NAME-remaining`
    Last(&'static str),
    /// `x-ratelimit-remaining-NAME`
    First(&'static str),
}

impl RateLimits {
    pub(crate) fn read(head: &Head, spelling: Spelling, at: Timestamp) -> Self {
        let mut limits = Self {
            at,
            windows: Vec::new(),
        };
        for (header, value) in head.headers() {
            let Some((name, part)) = spelling.read(header) else {
                continue;
            };
            let window = limits.window(name);
            match part {
                "limit" => window.limit = value.parse().ok(),
                "remaining" => window.remaining = value.parse().ok(),
                "reset" => window.resets_at = reset(value, at),
                _ => {}
            }
        }
        limits.windows.sort_by(|a, b| a.name.cmp(&b.name));
        limits
    }

    fn window(&mut self, name: &str) -> &mut Window {
        let place = match self.windows.iter().position(|window| window.name == name) {
            Some(place) => place,
            None => {
                self.windows.push(Window {
                    name: name.to_owned(),
                    limit: None,
                    remaining: None,
                    resets_at: None,
                });
                self.windows.len() - 1
            }
        };
        &mut self.windows[place]
    }
}

impl Spelling {
    /// The window and the part that a header tells.
    fn read(self, header: &str) -> Option<(&str, &str)> {
        let (name, part) = match self {
            Self::Last(prefix) => header.strip_prefix(prefix)?.rsplit_once('-')?,
            Self::First(prefix) => {
                let (part, name) = header.strip_prefix(prefix)?.split_once('-')?;
                (name, part)
            }
        };
        matches!(part, "limit" | "remaining" | "reset").then_some((name, part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_and_unreadable_values() {
        let at = Timestamp::from_rfc3339("2026-11-25T12:00:00Z").unwrap();
        let head = Head::new(
            200,
            [
                ("anthropic-ratelimit-input-tokens-limit", "400000"),
                ("anthropic-ratelimit-input-tokens-remaining", "399000"),
                (
                    "anthropic-ratelimit-input-tokens-reset",
                    "2026-11-25T12:00:09Z",
                ),
                ("anthropic-ratelimit-requests-remaining", "-3"),
                ("anthropic-ratelimit-unified-status", "allowed"),
            ],
        );
        let seen = RateLimits::read(&head, Spelling::Last("anthropic-ratelimit-"), at);
        assert_eq!(seen.at, at);
        assert_eq!(
            seen.windows,
            [
                Window {
                    name: "input-tokens".into(),
                    limit: Some(400_000),
                    remaining: Some(399_000),
                    resets_at: Timestamp::from_rfc3339("2026-11-25T12:00:09Z"),
                },
                Window {
                    name: "requests".into(),
                    limit: None,
                    remaining: None,
                    resets_at: None,
                },
            ]
        );
        let head = Head::new(
            200,
            [
                ("x-ratelimit-limit-requests", "60"),
                ("x-ratelimit-reset-requests", "6m0s"),
                ("x-ratelimit-remaining-tokens_usage_based", "7"),
            ],
        );
        let seen = RateLimits::read(&head, Spelling::First("x-ratelimit-"), at);
        assert_eq!(seen.windows[0].resets_at, Some(Timestamp(at.0 + 360_000)));
        assert_eq!(seen.windows[1].name, "tokens_usage_based");
        assert_eq!(seen.windows[1].remaining, Some(7));
    }
}
