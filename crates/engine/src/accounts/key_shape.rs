//! Whether a text looks like a key, so that one that was pasted into the field of a name is
//! refused before it is written anywhere.

/// Beginnings that providers give their keys.
const BEGINNINGS: &[&str] = &[
    "sk-",
    "sk_",
    "pk-",
    "pk_",
    "rk_",
    "AIza",
    "xai-",
    "gsk_",
    "hf_",
    "ghp_",
    "gho_",
    "ghs_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "AKIA",
    "ASIA",
    "ya29.",
    "eyJ",
    "shpat_",
    "nvapi-",
    "pplx-",
    "r8_",
];
const LEAST_AFTER_BEGINNING: usize = 12;
/// Names of people, plans and models are shorter or hold spaces.
const LEAST_WITHOUT: usize = 32;

/// Whether some word of the text looks like a key. Errs on the side of yes: a name is easily
/// written otherwise.
#[must_use]
pub fn looks_like_key(text: &str) -> bool {
    text.split(|c: char| c.is_whitespace() || "\"'`,;()[]{}<>=".contains(c))
        .any(is_key)
}

fn is_key(word: &str) -> bool {
    let begins = BEGINNINGS.iter().any(|beginning| {
        word.strip_prefix(beginning)
            .is_some_and(|rest| rest.len() >= LEAST_AFTER_BEGINNING && has_no_place(rest))
    });
    begins || (word.len() >= LEAST_WITHOUT && has_no_place(word) && is_mixed(word))
}

/// Addresses of mail and of the web hold these; keys do not.
fn has_no_place(word: &str) -> bool {
    word.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.+/".contains(&byte))
        && !word.contains("//")
}

/// Letters and digits in turn, as chance makes them and people do not: at least a quarter of the
/// neighbours are of different kinds.
fn is_mixed(word: &str) -> bool {
    #[derive(PartialEq)]
    enum Kind {
        Lower,
        Upper,
        Digit,
    }
    let kinds: Vec<Kind> = word
        .bytes()
        .filter_map(|byte| match byte {
            b'a'..=b'z' => Some(Kind::Lower),
            b'A'..=b'Z' => Some(Kind::Upper),
            b'0'..=b'9' => Some(Kind::Digit),
            _ => None,
        })
        .collect();
    let has_digits = kinds.contains(&Kind::Digit);
    let changes = kinds.windows(2).filter(|pair| pair[0] != pair[1]).count();
    has_digits && changes * 4 >= kinds.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_seen_and_names_are_not() {
        for key in [
            "sk-ant-api03-AbCdEf0123456789",
            "  sk-proj-abcdefghijklmnop ",
            "AIzaSyA1234567890abcdefghijk",
            "my key is gsk_a1B2c3D4e5F6g7H8",
            "OPENAI_API_KEY=sk-abcdefghijklmnop",
            "3f9a1c7e5b2d8f0a4c6e9b1d3f5a7c8e",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0",
            "Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdoaWprbG0",
        ] {
            assert!(looks_like_key(key), "{key}");
        }
        for name in [
            "Claude Max, studio",
            "leo@lunavo.shop",
            "sk-8 ramp",
            "gemini-2.5-flash-preview-09-2025",
            "claude-sonnet-4-5-20250929",
            "Donaudampfschifffahrtsgesellschaftskapitän",
            "internationalisation-and-localisation",
            "https://gateway.example.com/v1/models",
            "חשבון של מאיה",
            "",
        ] {
            assert!(!looks_like_key(name), "{name}");
        }
    }
}
