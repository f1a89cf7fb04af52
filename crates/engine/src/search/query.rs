//! Reading a query: `cart total -draft "half up" role:user after:2026-01-31`.

use krake_domain::code_name;
use krake_domain::search::{Filters, Search, Term};
use krake_domain::session::Role;
use krake_domain::time::Timestamp;

use super::pieces::{Piece, pieces};
use crate::context::is_function_word;

/// A longer query is a text that was pasted by mistake.
const MOST_LETTERS: usize = 2_000;
/// Words beyond these do not find anything that the first ones do not.
const MOST_TERMS: usize = 32;
/// A shorter beginning would find nearly everything, and take long; it is taken as a whole word.
const BEGINNING: usize = 3;
const KEYS: [&str; 7] = [
    "project", "account", "session", "role", "tool", "after", "before",
];

/// Why a query cannot be read, in one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryFault {
    #[error("the query is longer than {MOST_LETTERS} letters")]
    TooLong,
    #[error("`role:{0}`: expected user, assistant, tool or system")]
    Role(String),
    #[error("`session:{0}`: expected a session's id")]
    Session(String),
    #[error("`{key}:{text}`: expected a date such as 2026-01-31, 2026-01 or 2026, or RFC 3339")]
    Moment { key: &'static str, text: String },
    #[error("`-{0}:`: only words and phrases can be shut out")]
    UnwantedFilter(&'static str),
}

/// What a query looks for.
///
/// # Errors
/// A filter has a value that it cannot have.
pub fn parse(query: &str) -> Result<Search, QueryFault> {
    if query.chars().count() > MOST_LETTERS {
        return Err(QueryFault::TooLong);
    }
    let mut search = Search::default();
    let mut free = Vec::new();
    for piece in pieces(query, &KEYS) {
        match piece {
            Piece {
                key: Some(key),
                unwanted,
                text,
                ..
            } => {
                if unwanted {
                    return Err(QueryFault::UnwantedFilter(key));
                }
                filter(&mut search.filters, key, text)?;
            }
            piece if !has_words(&piece.text) => {}
            piece if piece.unwanted => search.without.push(piece.text),
            piece if piece.quoted => search.phrases.push(piece.text),
            piece => free.push(piece.text),
        }
    }
    search.terms = terms(&free);
    let words = free.iter().flat_map(|text| words(text)).count();
    let begun = search.terms.last().is_some_and(|term| term.beginning);
    search.sequence = (words > 1 && !begun).then(|| free.join(" "));
    search.asked = (!begun && free.iter().any(|text| says_more(text))).then(|| free.join(" "));
    Ok(search)
}

/// Whether a piece is more than a name, a number or a word that says nothing.
fn says_more(text: &str) -> bool {
    let name = text.contains(['_', '/', '\\', '@', '='])
        || text.chars().any(|letter| letter.is_ascii_digit())
        || text
            .trim_matches(|letter: char| !letter.is_alphanumeric())
            .contains(['.', ':', '('])
        || code_name::humps(text).is_some();
    !name && words(text).any(|word| !is_function_word(&word.to_lowercase()))
}

fn filter(filters: &mut Filters, key: &'static str, text: String) -> Result<(), QueryFault> {
    match key {
        "project" => filters.projects.push(text),
        "account" => filters.accounts.push(text),
        "tool" => filters.tools.push(text),
        "role" => {
            let role = match text.to_lowercase().as_str() {
                "user" => Role::User,
                "assistant" => Role::Assistant,
                "tool" => Role::Tool,
                "system" => Role::System,
                _ => return Err(QueryFault::Role(text)),
            };
            filters.roles.push(role);
        }
        "session" => {
            let id = text.parse().map_err(|_| QueryFault::Session(text))?;
            filters.session = Some(id);
        }
        "after" => filters.after = Some(moment(key, text)?),
        _ => filters.before = Some(moment("before", text)?),
    }
    Ok(())
}

/// The start of a year, a month or a day in UTC, or an exact moment.
fn moment(key: &'static str, text: String) -> Result<Timestamp, QueryFault> {
    let whole = match text.len() {
        4 => format!("{text}-01-01T00:00:00Z"),
        7 => format!("{text}-01T00:00:00Z"),
        10 => format!("{text}T00:00:00Z"),
        _ => text.clone(),
    };
    Timestamp::from_rfc3339(&whole).ok_or(QueryFault::Moment { key, text })
}

/// What finds, each once: the words that say something, or all where none does; names also as a whole
/// and by the words in them. The last word may be only begun, as in `brief*`.
fn terms(free: &[String]) -> Vec<Term> {
    let says_something = |word: &&str| !is_function_word(&word.to_lowercase());
    let nothing_said = !free
        .iter()
        .flat_map(|text| words(text))
        .any(|word| says_something(&word));
    let mut terms: Vec<Term> = Vec::new();
    let mut add = |text: &str, beginning: bool| {
        let term = Term {
            text: text.to_owned(),
            beginning,
        };
        if terms.len() < MOST_TERMS && !terms.contains(&term) {
            terms.push(term);
        }
    };
    for text in free {
        let parts: Vec<&str> = words(text).collect();
        let begun = text.ends_with('*');
        for (place, part) in parts.iter().enumerate() {
            let is_last = begun && place + 1 == parts.len() && part.chars().count() >= BEGINNING;
            if nothing_said || is_last || says_something(part) {
                add(part, is_last);
            }
            if let Some(humps) = code_name::humps(part) {
                add(&humps, false);
            }
        }
        if parts.len() > 1 && parts.iter().any(says_something) && !begun {
            add(&parts.join(" "), false);
        }
    }
    terms
}

/// The words of a piece as the index parts them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && !is_mark(letter))
        .filter(|word| has_words(word))
}

/// Combining marks, which are part of the letter before.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}')
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<String> {
        let shown = |term: Term| term.text + if term.beginning { "*" } else { "" };
        parse(query).unwrap().terms.into_iter().map(shown).collect()
    }

    #[test]
    fn words_that_say_something_find() {
        assert_eq!(found("Where did the parser drop it?"), ["parser", "drop"]);
        assert_eq!(found("what is it"), ["what", "is", "it"]);
        assert_eq!(found("größe שלום größe"), ["größe", "שלום"]);
        assert_eq!(found("... → !"), [""; 0]);
        assert_eq!(parse("a b").unwrap().sequence.as_deref(), Some("a b"));
        assert_eq!(parse("word").unwrap().sequence, None);
    }

    #[test]
    fn names_find_as_a_whole_and_by_their_words() {
        assert_eq!(found("src/cart.rs"), ["src", "cart", "rs", "src cart rs"]);
        assert_eq!(found("parseCents"), ["parseCents", "parse Cents"]);
        assert_eq!(found("line_items"), ["line", "items", "line items"]);
        assert_eq!(found("the user's"), ["user", "s", "user s"]);
        assert_eq!(found("cart handof*"), ["cart", "handof*"]);
        assert_eq!(parse("cart handof*").unwrap().sequence, None);
        assert_eq!(found("cart ha*"), ["cart", "ha"]);
    }

    #[test]
    fn a_model_is_asked_for_words_and_not_for_names() {
        let asked = |query: &str| parse(query).unwrap().asked;
        let whole = Some("where is the boat from parseCents".to_owned());
        assert_eq!(asked("where is role:user the boat from parseCents"), whole);
        assert_eq!(asked("boat -ferry \"half up\"").as_deref(), Some("boat"));
        for bare in [
            "parseCents",
            "src/cart.rs",
            "line_items v2",
            "E0382",
            "the of",
            "\"half up\"",
            "boat fer*",
            "",
        ] {
            assert_eq!(asked(bare), None, "{bare}");
        }
    }

    #[test]
    fn filters_phrases_and_unwanted_words_are_told_apart() {
        let search = parse(
            r#"total -draft "half up" role:user role:Tool project:"my app" tool:Bash after:2026-01-31 before:2026-02"#,
        )
        .unwrap();
        assert_eq!(search.terms.len(), 1);
        assert_eq!(search.sequence, None);
        assert_eq!(
            (search.phrases, search.without),
            (vec!["half up".to_owned()], vec!["draft".to_owned()])
        );
        let filters = search.filters;
        assert_eq!(filters.roles, [Role::User, Role::Tool]);
        assert_eq!(
            (filters.projects, filters.tools),
            (vec!["my app".to_owned()], vec!["Bash".to_owned()])
        );
        let day = Timestamp::from_rfc3339("2026-01-31T00:00:00Z");
        assert_eq!(
            (filters.after, filters.before),
            (day, day.map(|at| Timestamp(at.0 + 86_400_000)))
        );
        assert!(parse("").unwrap().has_no_words());
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        for (query, said) in [
            (
                "role:boss",
                "`role:boss`: expected user, assistant, tool or system",
            ),
            ("session:x", "`session:x`: expected a session's id"),
            (
                "after:soon",
                "`after:soon`: expected a date such as 2026-01-31, 2026-01 or 2026, or RFC 3339",
            ),
            (
                "-role:user",
                "`-role:`: only words and phrases can be shut out",
            ),
        ] {
            assert_eq!(parse(query).unwrap_err().to_string(), said);
        }
        assert_eq!(parse(&"x ".repeat(1_001)), Err(QueryFault::TooLong));
        assert_eq!(parse(&"x1 ".repeat(600)).unwrap().terms.len(), 1);
    }
}
