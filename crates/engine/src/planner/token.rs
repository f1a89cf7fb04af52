//! A sentence in pieces: words, quoted texts, and chunks that look like a value.

use super::lexicon::LEXICON;

/// One piece, without the punctuation around it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token<'t> {
    /// As typed.
    pub text: &'t str,
    /// In lower case.
    pub word: String,
    /// It stood in quotes.
    pub quoted: bool,
    /// A sentence or a clause begins here.
    pub opens: bool,
}

impl Token<'_> {
    /// Whether it is a word of a language, not a number, a path or the like.
    pub fn is_word(&self) -> bool {
        !self.quoted
            && self.text.chars().any(char::is_alphabetic)
            && self
                .text
                .chars()
                .all(|letter| letter.is_alphabetic() || "'’-".contains(letter))
            && !self.text.starts_with('-')
    }

    /// Whether it is written like a name.
    pub fn is_capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }
}

/// The pieces of a text in their order.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut opens = true;
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        let Some(first) = rest.chars().next() else {
            return tokens;
        };
        if let Some((inside, after)) = quoted(rest, first) {
            push(&mut tokens, inside, true, opens);
            opens = false;
            rest = after;
            continue;
        }
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at(end);
        let trimmed = trim(chunk);
        if trimmed.is_empty() {
            // A dash between two thoughts.
            opens |= !chunk.is_empty();
        } else {
            push(&mut tokens, trimmed, false, opens);
            let tail = &chunk[chunk.rfind(trimmed).unwrap_or(0) + trimmed.len()..];
            opens = tail.contains([',', ';', ':', '!', '?', '.']);
        }
        rest = after;
    }
}

fn push<'t>(tokens: &mut Vec<Token<'t>>, text: &'t str, quoted: bool, mut opens: bool) {
    // `health-check` is read as two words, and so is the name of a playbook.
    let is_compound = |part: &str| part.len() > 1 && part.chars().all(char::is_alphabetic);
    if !quoted && text.contains('-') && text.split('-').all(is_compound) {
        for part in text.split('-') {
            push(tokens, part, false, opens);
            opens = false;
        }
        return;
    }
    let word = text.to_lowercase().replace('’', "'");
    // `what's` and `I'm` are two words of which neither says much.
    let word = match word.split_once('\'') {
        Some((short, _)) if LEXICON.is_silent(short) => short.to_owned(),
        _ => word,
    };
    tokens.push(Token {
        text,
        word,
        quoted,
        opens,
    });
}

/// What stands between quotes, where they open a chunk and close one.
fn quoted(rest: &str, first: char) -> Option<(&str, &str)> {
    let close = match first {
        '"' | '\'' | '`' => first,
        '“' | '„' => '”',
        '‘' => '’',
        '«' => '»',
        _ => return None,
    };
    let inner = &rest[first.len_utf8()..];
    let end = inner.char_indices().find(|(at, letter)| {
        let closes = *letter == close || (first == '„' && *letter == '“');
        let after = inner[at + letter.len_utf8()..].chars().next();
        closes && after.is_none_or(|next| !next.is_alphanumeric())
    })?;
    let after = &inner[end.0 + end.1.len_utf8()..];
    (end.0 > 0).then(|| (&inner[..end.0], after))
}

fn trim(chunk: &str) -> &str {
    let front = chunk.trim_start_matches(['(', '[', '{', '<', '"', '\'', '“', '„', '¿', '¡', '–']);
    let front = if front == "-" { "" } else { front };
    let ends = [
        ',', ';', ':', '!', '?', ')', ']', '}', '>', '"', '\'', '”', '“', '…', '–',
    ];
    let shorter = front.trim_end_matches(ends);
    // A point ends a sentence, except where it is the folder itself.
    if matches!(shorter, "." | ".." | "..." | "./" | "../") {
        return if shorter == "..." { "" } else { shorter };
    }
    let bare = shorter.trim_end_matches('.').trim_end_matches(ends);
    // `../..` and `v1.2..` end in points that are meant.
    if bare.ends_with('/') || bare.ends_with('\\') || shorter.ends_with("..") {
        shorter
    } else {
        bare
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_lose_their_punctuation_and_keep_their_own() {
        for (text, expected) in [
            ("brief .", vec!["brief", "."]),
            ("see (~/work/foo).", vec!["see", "~/work/foo"]),
            ("a - b", vec!["a", "b"]),
            ("in \"~/my app\", now", vec!["in", "~/my app", "now"]),
            ("in 'C:\\Users\\A B'?", vec!["in", "C:\\Users\\A B"]),
            ("don't v1.2..HEAD.", vec!["don't", "v1.2..HEAD"]),
            (
                "http://localhost:3000/, x",
                vec!["http://localhost:3000/", "x"],
            ),
            ("health-check it", vec!["health", "check", "it"]),
            ("", vec![]),
            ("\" '", vec![]),
        ] {
            let found = tokens(text);
            let texts: Vec<&str> = found.iter().map(|token| token.text).collect();
            assert_eq!(texts, expected, "{text}");
        }
    }

    #[test]
    fn clauses_open_after_punctuation() {
        let found = tokens("~/work/foo: write it, then go");
        let opens: Vec<bool> = found.iter().map(|token| token.opens).collect();
        assert_eq!(opens, [true, true, false, true, false]);
    }
}
