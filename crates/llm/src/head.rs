//! Status and headers of an answer, whoever fetched it.

/// What comes before the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    pub status: u16,
    headers: Vec<(String, String)>,
}

impl Head {
    /// A head with these headers; names in any case.
    #[must_use]
    pub fn new<'h>(status: u16, headers: impl IntoIterator<Item = (&'h str, &'h str)>) -> Self {
        Self {
            status,
            headers: headers
                .into_iter()
                .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
                .collect(),
        }
    }

    /// The value of a header. One that is there twice with different values is as good as absent:
    /// nobody can say which of them is meant.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let (_, first) = values.next()?;
        values.all(|(_, other)| other == first).then_some(first)
    }

    /// Every header, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The media type without its parameters, in lower case.
    #[must_use]
    pub fn media_type(&self) -> String {
        let text = self.header("content-type").unwrap_or_default();
        let name = text.split(';').next().unwrap_or_default();
        name.trim().to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_that_contradicts_itself_says_nothing() {
        let head = Head::new(
            429,
            [
                ("Retry-After", "1"),
                ("retry-after", "900"),
                ("X-A", " b "),
                ("x-a", "b"),
            ],
        );
        assert_eq!(head.header("retry-after"), None);
        assert_eq!(head.header("x-a"), Some("b"));
        let head = Head::new(200, [("Content-Type", "Text/Event-Stream; charset=utf-8")]);
        assert_eq!(head.media_type(), "text/event-stream");
    }
}
