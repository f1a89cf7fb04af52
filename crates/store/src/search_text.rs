//! A search in the language of SQLite's full-text index. Every text of a user is quoted, so nothing in
//! it is read as an operator.

use krake_domain::search::{Search, Term};

/// The columns that hold what a message itself says; the others hold its neighbours.
const OWN: &str = "{body code tool}";

/// What finds: any of these terms, within what the query demands.
pub(crate) fn any(search: &Search, terms: &[Term]) -> String {
    framed(search, joined(terms.iter().map(quoted), " OR "))
}

/// What finds: all of these terms, within what the query demands.
pub(crate) fn all(search: &Search, terms: &[Term]) -> String {
    framed(search, joined(terms.iter().map(quoted), " AND "))
}

/// What finds: the message itself holds these words in this order.
pub(crate) fn in_order(search: &Search, sequence: &str) -> String {
    framed(search, format!("{OWN} : {}", quote(sequence)))
}

/// What must not stand in a message, if anything.
pub(crate) fn unwanted(search: &Search) -> Option<String> {
    let own = |text: &String| format!("{OWN} : {}", quote(text));
    (!search.without.is_empty()).then(|| joined(search.without.iter().map(own), " OR "))
}

/// One term alone, wherever it stands.
pub(crate) fn quoted(term: &Term) -> String {
    quote(&term.text) + if term.beginning { " *" } else { "" }
}

/// Adds what must and what must not stand in the message.
fn framed(search: &Search, finds: String) -> String {
    let own = |text: &String| format!("{OWN} : {}", quote(text));
    let mut parts: Vec<String> = search.phrases.iter().map(own).collect();
    if !finds.is_empty() {
        parts.insert(0, format!("({finds})"));
    }
    let mut text = parts.join(" AND ");
    if !search.without.is_empty() {
        let unwanted = joined(search.without.iter().map(own), " OR ");
        text = format!("({text}) NOT ({unwanted})");
    }
    text
}

fn joined(parts: impl Iterator<Item = String>, by: &str) -> String {
    parts.collect::<Vec<_>>().join(by)
}

fn quote(text: &str) -> String {
    let text = text.replace('\0', " ").replace('"', "\"\"");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn term(text: &str, beginning: bool) -> Term {
        Term {
            text: text.to_owned(),
            beginning,
        }
    }

    #[test]
    fn texts_are_quoted_and_demands_stand_around_them() {
        let search = Search {
            phrases: vec!["a \"b\" OR".to_owned()],
            without: vec!["NEAR(".to_owned()],
            ..Search::default()
        };
        assert_eq!(
            any(&search, &[term("x", false), term("y\0", true)]),
            "((\"x\" OR \"y \" *) AND {body code tool} : \"a \"\"b\"\" OR\") NOT ({body code tool} : \"NEAR(\")"
        );
        let plain = Search::default();
        assert_eq!(in_order(&plain, "a b"), "({body code tool} : \"a b\")");
    }
}
