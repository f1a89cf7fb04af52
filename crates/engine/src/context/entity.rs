//! Names in a text: paths, identifiers, flags, numbers, references, addresses.
//!
//! They are what an account that takes over cannot guess: everything else it can read again.

/// What kind of name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    Path,
    Ident,
    Flag,
    Number,
    Reference,
    Url,
}

/// A name where it stands in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<'a> {
    pub sort: Sort,
    /// The form in which all mentions meet: a path by its last two parts.
    pub name: std::borrow::Cow<'a, str>,
    /// Byte offset of the piece that holds it.
    pub at: usize,
}

/// All names of a text, in order, repeated as often as they stand there.
pub fn each<'a>(text: &'a str, mut take: impl FnMut(Found<'a>)) {
    for piece in pieces(text) {
        let at = piece.as_ptr() as usize - text.as_ptr() as usize;
        in_piece(piece, at, &mut take);
    }
}

/// Letters that end a name in prose and in code alike.
fn ends_piece(letter: char) -> bool {
    letter.is_whitespace()
        || matches!(
            letter,
            '"' | '\''
                | '`'
                | '('
                | ')'
                | '['
                | ']'
                | '{'
                | '}'
                | '<'
                | '>'
                | ','
                | ';'
                | '='
                | '|'
                | '*'
                | '“'
                | '”'
                | '…'
                | '→'
        )
}

fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split(ends_piece)
        .map(|piece| {
            piece
                .trim_matches(|letter: char| {
                    matches!(letter, '.' | ':' | '!' | '?' | '&' | '$' | '%' | '^' | '\\')
                        && letter != '.'
                })
                .trim_end_matches('.')
        })
        .filter(|piece| piece.len() >= 3 && piece.len() <= 300)
}

fn in_piece<'a>(piece: &'a str, at: usize, take: &mut impl FnMut(Found<'a>)) {
    if piece.contains("://") {
        return take(Found {
            sort: Sort::Url,
            name: piece.trim_end_matches('/').into(),
            at,
        });
    }
    if let Some(rest) = piece.strip_prefix("--") {
        if rest.len() >= 3 && rest.starts_with(|letter: char| letter.is_ascii_lowercase()) {
            take(Found {
                sort: Sort::Flag,
                name: piece.into(),
                at,
            });
        }
        return;
    }
    let place = without_line(piece.split(':').next().unwrap_or(piece));
    if let Some(name) = path(place) {
        return take(Found {
            sort: Sort::Path,
            name,
            at,
        });
    }
    if piece.starts_with('#') && piece[1..].bytes().all(|byte| byte.is_ascii_digit()) {
        return take(Found {
            sort: Sort::Reference,
            name: piece.into(),
            at,
        });
    }
    for part in
        piece.split(|letter: char| !(letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.')))
    {
        let part = part.trim_matches(['-', '.']);
        if part.len() < 4 || !part.is_ascii() {
            continue;
        }
        if let Some(sort) = number_or_reference(part) {
            take(Found {
                sort,
                name: part.into(),
                at,
            });
            continue;
        }
        for word in part.split('.') {
            if let Some(sort) = word_sort(word) {
                take(Found {
                    sort,
                    name: word.into(),
                    at,
                });
            }
        }
    }
}

/// Endings of files that are named without a folder.
const ENDINGS: [&str; 52] = [
    "bat", "c", "cc", "cfg", "conf", "cpp", "cs", "css", "csv", "db", "env", "ex", "go", "gradle",
    "h", "hpp", "html", "ini", "ipynb", "java", "js", "json", "jsonl", "jsx", "kt", "lock", "log",
    "lua", "md", "mjs", "mod", "php", "png", "po", "proto", "py", "rb", "rs", "rst", "sh", "sql",
    "sum", "svelte", "svg", "swift", "toml", "ts", "tsx", "txt", "vue", "xml", "yaml",
];

/// Whether a word ends as files do.
#[must_use]
pub fn is_file_name(word: &str) -> bool {
    word.rsplit_once('.').is_some_and(|(stem, ending)| {
        (ENDINGS.binary_search(&ending).is_ok() || ending == "yml")
            && stem.chars().any(char::is_alphabetic)
    })
}

/// A path without the number of a line behind it, as searches print it: `src/x.rs-12-`.
fn without_line(piece: &str) -> &str {
    let bare = piece.strip_suffix('-').unwrap_or(piece);
    let path = bare.trim_end_matches(|letter: char| letter.is_ascii_digit());
    match path.strip_suffix('-') {
        Some(path) if path.len() + 1 < bare.len() && is_file_name(path) => path,
        _ => piece,
    }
}

/// The path that a piece is, by its last two parts.
fn path(piece: &str) -> Option<std::borrow::Cow<'_, str>> {
    let legal = |letter: char| {
        letter.is_alphanumeric() || matches!(letter, '/' | '.' | '_' | '-' | '~' | '@' | '+')
    };
    if piece.len() < 4 || !piece.chars().all(legal) || piece.starts_with("//") {
        return None;
    }
    let parts = || {
        piece
            .split('/')
            .filter(|part| !matches!(*part, "" | "." | ".." | "~"))
    };
    if !piece.contains('/') {
        return is_file_name(piece).then(|| piece.into());
    }
    let count = parts().count();
    // A number of five digits and more between the slashes is an id, not a part of a date.
    let id = |part: &str| part.len() >= 5 && part.bytes().all(|byte| byte.is_ascii_digit());
    let named = |part: &str| part.chars().any(char::is_alphabetic);
    let words = parts().all(|part| named(part) || id(part)) && parts().any(named);
    let (first, last) = (parts().nth(count.saturating_sub(2))?, parts().next_back()?);
    // "and/or", "a/b" and dates are no paths; a path has a dot, three parts, or starts as one.
    let shaped = piece.starts_with(['/', '.', '~'])
        || piece.ends_with('/')
        || count >= 3
        || last.contains(['.', '_', '-'])
        || first.contains(['.', '_', '-'])
        || first.len() + last.len() >= 8;
    // `/output` is the end of a tag more often than a file.
    let tag = count == 1 && piece.starts_with('/') && !last.contains('.');
    if !words || !shaped || tag {
        return None;
    }
    Some(if count == 1 {
        last.into()
    } else {
        format!("{first}/{last}").into()
    })
}

fn number_or_reference(part: &str) -> Option<Sort> {
    let digits = part.bytes().filter(u8::is_ascii_digit).count();
    if digits == 0 {
        return None;
    }
    if digits == part.len() {
        return (4..=9).contains(&part.len()).then_some(Sort::Number);
    }
    let numeric = part
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if numeric {
        return Some(Sort::Number);
    }
    let hex = (7..=40).contains(&part.len())
        && part
            .bytes()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let ticket = part.split_once('-').is_some_and(|(area, number)| {
        (2..=8).contains(&area.len())
            && area.bytes().all(|byte| byte.is_ascii_uppercase())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    (hex || ticket).then_some(Sort::Reference)
}

fn word_sort(word: &str) -> Option<Sort> {
    let word = word.trim_matches('-');
    if word.len() < 4
        || !word.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_')
    {
        return None;
    }
    let bare = word.trim_matches('_');
    let bytes = bare.as_bytes();
    if bytes.len() < 4 {
        return None;
    }
    let snake = bare.contains('_') && !bare.contains('-');
    let lower = bytes.iter().any(u8::is_ascii_lowercase);
    let hump = lower
        && bytes.windows(2).any(|pair| {
            (pair[0].is_ascii_lowercase() || pair[0].is_ascii_digit())
                && pair[1].is_ascii_uppercase()
        });
    let dunder = word.starts_with("__") && word.ends_with("__");
    let kebab = bytes.iter().filter(|byte| **byte == b'-').count() >= 2
        && !bytes.iter().any(u8::is_ascii_uppercase);
    (snake || (hump && !bare.contains('-')) || dunder || kebab).then_some(Sort::Ident)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        each(text, |name| {
            found.push(format!("{:?} {}", name.sort, name.name))
        });
        found
    }

    #[test]
    fn the_list_of_endings_is_sorted() {
        assert!(ENDINGS.is_sorted());
    }

    #[test]
    fn names_are_found_in_prose_and_code() {
        assert_eq!(
            names("Edit `/work/app/src/cart.rs:12`, then `cargo test --no-fail-fast`."),
            ["Path src/cart.rs", "Flag --no-fail-fast"]
        );
        assert_eq!(
            names("let total = sumOf(line_items).parseCents(8_000); // see JIRA-12, #41"),
            [
                "Ident sumOf",
                "Ident line_items",
                "Ident parseCents",
                "Reference JIRA-12",
                "Reference #41"
            ]
        );
        assert_eq!(
            names("at 3f2a9bc, version 1.25.3 on port 8080, https://x.dev/a/"),
            [
                "Reference 3f2a9bc",
                "Number 1.25.3",
                "Number 8080",
                "Url https://x.dev/a"
            ]
        );
        assert_eq!(
            names("README.md and ./Makefile and feature-flag-x, pulls/comments/2734900749/replies"),
            [
                "Path README.md",
                "Path Makefile",
                "Ident feature-flag-x",
                "Path 2734900749/replies"
            ]
        );
    }

    #[test]
    fn plain_words_are_no_names() {
        assert_eq!(
            names(
                "This and/or that, a well-known thing. 12:30 on 1/2/26? <output></output> N/A... HTTP"
            ),
            Vec::<String>::new()
        );
    }
}
