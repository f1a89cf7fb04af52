//! The address of a call, read once and strictly.

use std::fmt;
use std::net::IpAddr;

use krake_domain::origin::Origin;
use url::{Host, Url};

use crate::http::HttpError;

/// An http or https URL without a user, a password and a fragment. It shows as it is sent: the host
/// in ASCII (`xn--…`), the rest in percent-encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    origin: Origin,
}

impl Target {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`HttpError::BadUrl`], also for characters that browsers quietly remove or turn into others.
    pub fn parse(text: &str) -> Result<Self, HttpError> {
        let bad = |why: &str| HttpError::BadUrl {
            url: text.to_owned(),
            why: why.to_owned(),
        };
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(bad("it holds a space or a control character"));
        }
        if text.contains('\\') {
            return Err(bad("it holds a backslash"));
        }
        let url = Url::parse(text).map_err(|error| bad(&error.to_string()))?;
        Self::from_url(url).map_err(bad)
    }

    /// The address that `location` names when it is read at this one.
    pub(super) fn join(&self, location: &str) -> Result<Self, String> {
        let url = self.url.join(location).map_err(|error| error.to_string())?;
        Self::from_url(url).map_err(str::to_owned)
    }

    fn from_url(mut url: Url) -> Result<Self, &'static str> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err("only http and https are spoken");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("it holds a user name or a password");
        }
        url.set_fragment(None);
        let origin = Origin::of(&url).ok_or("it names no host, or port 0")?;
        Ok(Self { url, origin })
    }

    /// The same address with these pairs at the end of its query.
    #[must_use]
    pub fn with_query<'a>(mut self, pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut pairs = pairs.into_iter().peekable();
        if pairs.peek().is_some() {
            self.url.query_pairs_mut().extend_pairs(pairs);
        }
        self
    }

    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The address, where the host is one in numbers, however it was spelt.
    pub(super) fn literal(&self) -> Option<IpAddr> {
        match self.url.host()? {
            Host::Domain(_) => None,
            Host::Ipv4(address) => Some(address.into()),
            Host::Ipv6(address) => Some(address.into()),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.url.as_str())
    }
}
