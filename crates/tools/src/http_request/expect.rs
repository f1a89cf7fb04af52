//! Which statuses are a success.

use krake_domain::failure::Failure;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::define::bad_input;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Expect {
    /// One status.
    Status(u16),
    /// `2xx`, or a range such as `200-204`.
    Range(String),
}

impl Expect {
    /// The first and the last status.
    pub(super) fn bounds(&self) -> Result<(u16, u16), Failure> {
        let bounds = match self {
            Self::Status(status) => Some((*status, *status)),
            Self::Range(text) => bounds_of(text),
        };
        bounds
            .filter(|(first, last)| (100..=599).contains(first) && first <= last && *last <= 599)
            .ok_or_else(|| {
                bad_input(format!(
                    "`expect` holds {self:?}; a status is 100 to 599, `\"2xx\"` or `\"200-299\"`"
                ))
            })
    }
}

fn bounds_of(text: &str) -> Option<(u16, u16)> {
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| text.len() == 3);
    if let Some(hundreds) = text.strip_suffix("xx") {
        let hundreds: u16 = hundreds.parse().ok().filter(|_| hundreds.len() == 1)?;
        return Some((hundreds * 100, hundreds * 100 + 99));
    }
    match text.split_once('-') {
        Some((first, last)) => Some((number(first)?, number(last)?)),
        None => number(text).map(|status| (status, status)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_and_ranges() {
        let bounds = |text: &str| Expect::Range(text.into()).bounds().ok();
        assert_eq!(bounds("2xx"), Some((200, 299)));
        assert_eq!(bounds("200-204"), Some((200, 204)));
        assert_eq!(bounds("404"), Some((404, 404)));
        for text in [
            "", "xx", "9xx", "0xx", "2x", "299-200", "200-", "-1", "20", "+20", "200-999",
        ] {
            assert_eq!(bounds(text), None, "{text}");
        }
        assert_eq!(Expect::Status(204).bounds().unwrap(), (204, 204));
        assert!(Expect::Status(42).bounds().is_err());
    }
}
