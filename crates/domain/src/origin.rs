//! Who is spoken to: scheme, host and port, the unit that secrets and redirects are bound to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// The origin of an address of the web. The host is in its ASCII form (`xn--…`) and lower case; an
/// address in numbers is in its usual spelling, so two spellings of one origin are equal.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin {
    tls: bool,
    host: String,
    port: u16,
}

/// The text names no origin that Krake speaks to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no http or https origin: {why}")]
pub struct BadOrigin {
    text: String,
    why: String,
}

impl Origin {
    /// The origin of that URL; none where it is neither http nor https, or names no host.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        let tls = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let host = match url.host()? {
            // A full stop at the end names the same host.
            Host::Domain(name) => name.trim_end_matches('.').to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => format!("[{address}]"),
        };
        let port = url.port_or_known_default()?;
        (!host.is_empty() && port != 0).then_some(Self { tls, host, port })
    }

    /// Whether what is said to it is encrypted.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.tls
    }

    /// The host; an IPv6 address stands in brackets.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = if self.tls {
            ("https", 443)
        } else {
            ("http", 80)
        };
        write!(f, "{scheme}://{}", self.host)?;
        if self.port == usual {
            Ok(())
        } else {
            write!(f, ":{}", self.port)
        }
    }
}

impl FromStr for Origin {
    type Err = BadOrigin;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = |why: &str| BadOrigin {
            text: text.to_owned(),
            why: why.to_owned(),
        };
        let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
        Self::of(&url).ok_or_else(|| bad("it needs a scheme and a host"))
    }
}

impl TryFrom<String> for Origin {
    type Error = BadOrigin;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_one_origin_are_equal() {
        for (text, shown) in [
            (
                "https://API.Example.com:443/v1?x=1#y",
                "https://api.example.com",
            ),
            ("https://api.example.com./v1", "https://api.example.com"),
            ("http://example.com:8080", "http://example.com:8080"),
            ("http://bücher.example/", "http://xn--bcher-kva.example"),
            ("http://0x7f.1/", "http://127.0.0.1"),
            ("http://[::0:1]:80/", "http://[::1]"),
        ] {
            let origin: Origin = text.parse().unwrap();
            assert_eq!(origin.to_string(), shown, "{text}");
            assert_eq!(shown.parse::<Origin>().unwrap(), origin);
        }
    }

    #[test]
    fn other_schemes_and_no_host_are_no_origin() {
        for text in [
            "ftp://example.com",
            "file:///etc/passwd",
            "example.com",
            "",
            "https://",
            "http://x:0/",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
    }
}
