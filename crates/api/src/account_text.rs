//! Fields that a person fills with words: bounded, on one line, and never a key.

use krake_engine::accounts::looks_like_key;

use crate::error::{ApiError, Code};

const MOST_LETTERS: usize = 200;

/// The text of a field that must be filled.
///
/// # Errors
/// [`Code::BadInput`]; the message never repeats the text.
pub fn filled(field: &str, text: &str) -> Result<String, ApiError> {
    let text = plain(field, text)?;
    if text.is_empty() {
        return Err(bad(field, "expected some text"));
    }
    Ok(text)
}

/// The text of a field that may be empty.
///
/// # Errors
/// As [`filled`].
pub fn plain(field: &str, text: &str) -> Result<String, ApiError> {
    let text = text.trim();
    if looks_like_key(text) {
        return Err(bad(
            field,
            "this looks like a key, and was kept nowhere; a key belongs into the field `key`",
        )
        .hint("if it was shown to anybody on the way, make a new one at the provider"));
    }
    if text.chars().count() > MOST_LETTERS {
        return Err(bad(field, "expected at most 200 letters"));
    }
    if text.chars().any(char::is_control) {
        return Err(bad(field, "expected one line without control characters"));
    }
    Ok(text.to_owned())
}

/// The same for a field that need not be there; an empty text is as good as none.
///
/// # Errors
/// As [`filled`].
pub fn optional(field: &str, text: Option<&str>) -> Result<Option<String>, ApiError> {
    let text = text.map(|text| plain(field, text)).transpose()?;
    Ok(text.filter(|text| !text.is_empty()))
}

/// An address of mail.
///
/// # Errors
/// As [`filled`].
pub fn email(text: Option<&str>) -> Result<Option<String>, ApiError> {
    let text = optional("email", text)?;
    let is_address = |text: &String| {
        let parts = text.split_once('@');
        parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
            && !text.contains(char::is_whitespace)
    };
    match text {
        Some(text) if !is_address(&text) => {
            Err(bad("email", "expected an address such as a@b.example"))
        }
        text => Ok(text),
    }
}

/// Up to twenty words.
///
/// # Errors
/// As [`filled`].
pub fn tags(tags: &[String]) -> Result<Vec<String>, ApiError> {
    if tags.len() > 20 {
        return Err(bad("tags", "expected at most 20"));
    }
    let mut all = Vec::with_capacity(tags.len());
    for tag in tags {
        let tag = filled("tags", tag)?;
        if !all.contains(&tag) {
            all.push(tag);
        }
    }
    Ok(all)
}

fn bad(field: &str, why: &str) -> ApiError {
    ApiError::new(Code::BadInput, format!("field `{field}`: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_message_repeats_what_was_pasted() {
        for text in [
            "sk-ant-canary0123456789",
            "a\u{7}canary",
            &"canary".repeat(99),
        ] {
            let error = filled("name", text).unwrap_err();
            assert!(error.message.starts_with("field `name`: "), "{error}");
            assert!(!error.message.contains("canary"), "{error}");
        }
        assert_eq!(filled("name", "  Claude Max ").unwrap(), "Claude Max");
        assert!(filled("name", " ").is_err());
        assert_eq!(optional("plan", Some(" ")).unwrap(), None);
        assert!(email(Some("leo@lunavo.shop")).is_ok() && email(Some("leo")).is_err());
        let twice = ["a".to_owned(), "a ".to_owned()];
        assert_eq!(tags(&twice).unwrap(), ["a"]);
    }
}
