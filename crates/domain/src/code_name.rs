//! Names as programs write them (`parseCents`, `cart_total`, `utf8`), and the words they are made of.

/// Shorter ones are found as words; longer ones are no names but data.
const NAME_BYTES: std::ops::RangeInclusive<usize> = 5..=48;

/// The names of a text, in order, repeated as often as they stand there: runs of ASCII letters,
/// digits and underscores that are more than one plain word or number.
pub fn each(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'))
        .filter(|run| NAME_BYTES.contains(&run.len()) && is_name(run))
}

/// Whether a run of letters, digits and underscores is made of more than one part.
fn is_name(run: &str) -> bool {
    let bytes = run.as_bytes();
    if !bytes.iter().any(u8::is_ascii_alphabetic) || is_hexadecimal(bytes) {
        return false;
    }
    (1..bytes.len()).any(|at| {
        begins_word(bytes, at) || bytes[at - 1].is_ascii_digit() != bytes[at].is_ascii_digit()
    }) || run.trim_matches('_').contains('_')
}

/// Hashes and the like: nobody remembers a part of one.
fn is_hexadecimal(bytes: &[u8]) -> bool {
    bytes.iter().any(u8::is_ascii_digit) && bytes.iter().all(u8::is_ascii_hexdigit)
}

/// Whether a capital begins a new word there: after a small letter or a digit, or as the last of
/// several that a small letter follows.
fn begins_word(bytes: &[u8], at: usize) -> bool {
    if !bytes[at].is_ascii_uppercase() {
        return false;
    }
    let before = bytes[at - 1];
    before.is_ascii_lowercase()
        || before.is_ascii_digit()
        || (before.is_ascii_uppercase() && bytes.get(at + 1).is_some_and(u8::is_ascii_lowercase))
}

/// The words of a name that only capitals part: `parseCents` is `parse Cents`, `HTTPServer` is
/// `HTTP Server`. None where there is only one, and where a mark parts them anyway.
#[must_use]
pub fn humps(name: &str) -> Option<String> {
    let bytes = name.as_bytes();
    let mut words = String::new();
    let mut from = 0;
    for at in 1..bytes.len() {
        if begins_word(bytes, at) {
            words.push_str(&name[from..at]);
            words.push(' ');
            from = at;
        }
    }
    if from == 0 {
        return None;
    }
    words.push_str(&name[from..]);
    Some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_more_than_one_word_or_number() {
        let text = "let cartTotal = parse_cents(utf8, 8000); // HTTPServer, plain __init__ 3f2a9bc café_bar";
        assert_eq!(
            each(text).collect::<Vec<_>>(),
            ["cartTotal", "parse_cents", "HTTPServer"]
        );
        assert_eq!(each("sqlite3_open x86_64 base64").count(), 3);
    }

    #[test]
    fn capitals_part_words() {
        for (name, words) in [
            ("parseCents", Some("parse Cents")),
            ("HTTPServer", Some("HTTP Server")),
            ("readFile2Lines", Some("read File2 Lines")),
            ("plain", None),
            ("parse_cents", None),
            ("README", None),
            ("größeÄndern", None),
        ] {
            assert_eq!(humps(name).as_deref(), words, "{name}");
        }
    }
}
