//! A query cut into pieces: words, quoted phrases, `key:value`, each perhaps unwanted.

/// One piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// It began with a minus.
    pub unwanted: bool,
    /// What stood before the colon, where that is one of the keys that are known.
    pub key: Option<&'static str>,
    pub text: String,
    /// It stood in quotes.
    pub quoted: bool,
}

/// The pieces of a query in order. A quote that is not closed reaches to the end.
pub fn pieces(query: &str, keys: &[&'static str]) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = query.trim_start();
    while !rest.is_empty() {
        let unwanted = rest.starts_with('-') && rest[1..].starts_with(|next: char| !is_gap(next));
        rest = &rest[usize::from(unwanted)..];
        let key = keys.iter().copied().find(|key| {
            rest.get(..key.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(key))
                && rest[key.len()..].starts_with(':')
                && rest[key.len() + 1..].starts_with(|next: char| !next.is_whitespace())
        });
        rest = &rest[key.map_or(0, |key| key.len() + 1)..];
        let quoted = rest.starts_with('"');
        let (text, after) = if quoted {
            let inside = &rest[1..];
            inside.split_once('"').unwrap_or((inside, ""))
        } else {
            // A quote inside a word belongs to it.
            let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
            rest.split_at(end)
        };
        found.push(Piece {
            unwanted,
            key,
            text: text.to_owned(),
            quoted,
        });
        rest = after.trim_start();
    }
    found
}

/// What may stand after a minus without making it one: a dash, or a flag such as `--all`.
fn is_gap(letter: char) -> bool {
    letter.is_whitespace() || letter == '-'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_falls_into_pieces() {
        let shown: Vec<String> = pieces(
            r#"  a -b "c d" -"e f" Role:user project:"my app" http://x - --all x:y tool: "open"#,
            &["role", "project", "tool"],
        )
        .into_iter()
        .map(|piece| {
            let minus = if piece.unwanted { "not " } else { "" };
            let quoted = if piece.quoted { "\"" } else { "" };
            format!(
                "{minus}{}{quoted}{}",
                piece.key.map_or(String::new(), |key| format!("{key}=")),
                piece.text
            )
        })
        .collect();
        assert_eq!(
            shown,
            [
                "a",
                "not b",
                "\"c d",
                "not \"e f",
                "role=user",
                "project=\"my app",
                "http://x",
                "-",
                "--all",
                "x:y",
                "tool:",
                "\"open"
            ]
        );
    }
}
