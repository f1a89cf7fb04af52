//! A key or a token: bound to the origin that it was given for, and never shown.

use zeroize::Zeroizing;

use crate::origin::Origin;

/// A value that is sent to one origin and to nobody else. It has no `Debug`, no `Display` and no
/// `Serialize`, and its memory is cleared when it is dropped.
#[derive(Clone)]
pub struct Secret {
    value: Zeroizing<String>,
    origin: Origin,
}

impl Secret {
    /// Binds the value to the origin.
    #[must_use]
    pub fn new(value: String, origin: Origin) -> Self {
        Self {
            value: Zeroizing::new(value),
            origin,
        }
    }

    /// Whom it may be sent to.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The value, for the origin that it is bound to and no other. Only the way out (`edge`) calls
    /// this, and `cargo xtask tidy` sees to that.
    #[must_use]
    pub fn open_for(&self, origin: &Origin) -> Option<&str> {
        (self.origin == *origin).then_some(self.value.as_str())
    }

    /// The text with this value crossed out, for words of others that may repeat it.
    #[must_use]
    pub fn cross_out(&self, text: &str) -> String {
        if self.value.is_empty() {
            return text.to_owned();
        }
        text.replace(self.value.as_str(), "***")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_for_its_own_origin_only() {
        let secret = Secret::new("s3cret".into(), "https://api.example.com".parse().unwrap());
        let open = |text: &str| secret.open_for(&text.parse().unwrap());
        assert_eq!(open("https://api.example.com/v1/messages"), Some("s3cret"));
        for other in [
            "http://api.example.com",
            "https://api.example.com:8443",
            "https://api.example.com.evil.example",
            "https://example.com",
        ] {
            assert_eq!(open(other), None, "{other}");
        }
    }

    #[test]
    fn words_that_repeat_it_are_crossed_out() {
        let bound = |value: &str| Secret::new(value.into(), "https://a.example".parse().unwrap());
        let text = "key s3cret is wrong: s3cret";
        assert_eq!(bound("s3cret").cross_out(text), "key *** is wrong: ***");
        assert_eq!(bound("").cross_out(text), text);
    }

    /// Compiles only while [`Secret`] has none of the three: with one of them the call below would
    /// have two meanings.
    #[test]
    fn it_has_no_way_to_be_shown() {
        trait Unless<A> {
            fn holds() {}
        }
        impl<T> Unless<()> for T {}
        struct Shown;
        struct Printed;
        struct Written;
        impl<T: std::fmt::Debug> Unless<Shown> for T {}
        impl<T: std::fmt::Display> Unless<Printed> for T {}
        impl<T: serde::Serialize> Unless<Written> for T {}
        <Secret as Unless<_>>::holds();
    }
}
