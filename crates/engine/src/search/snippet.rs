//! The piece of a text that shows why it was found.

use krake_domain::search::Search;
use krake_domain::session::Message;

use crate::context::{call_values, gist};

/// A piece of a text on one line.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snippet {
    /// Parts in order; `true` where one is what was looked for.
    pub parts: Vec<(String, bool)>,
}

/// Letters that stand before the first thing that was found.
const LEAD: usize = 40;
/// Of a longer text only the start is looked at.
const LOOKED_AT: usize = 1 << 20;

/// The piece of at most about `letters` letters with the most of what was looked for; the start of the
/// text where nothing of it stands there.
#[must_use]
pub fn snippet(text: &str, search: &Search, letters: usize) -> Snippet {
    let text = &text[..text.floor_char_boundary(LOOKED_AT)];
    let wanted = Wanted::of(search);
    let mut found = each(text, |word| wanted.which(word));
    if found.is_empty() {
        found = each(text, |word| wanted.inside(word));
    }
    let from = best(&found, letters).map_or(0, |first| begin(text, first.from));
    cut(text, from, &found, letters)
}

/// The piece of a message: of a call its gist, and behind it the piece that holds what was looked for
/// and does not stand there.
#[must_use]
pub fn message_snippet(
    message: &Message,
    folder: Option<&str>,
    search: &Search,
    letters: usize,
) -> Snippet {
    let Some(gist) = gist(message, folder) else {
        return snippet(&message.text, search, letters);
    };
    let line = gist.line();
    let wanted = Wanted::of(search);
    let values = call_values(message, LOOKED_AT);
    // The text of a call also names its fields, which only somebody looks for who knows them.
    let whole = &message.text[..message.text.floor_char_boundary(LOOKED_AT)];
    let rest = [values.as_str(), whole];
    told(&line, rest, letters, |word| wanted.which(word))
        .or_else(|| told(&line, rest, letters, |word| wanted.inside(word)))
        .unwrap_or_else(|| cut(&line, 0, &[], letters))
}

/// The line of a call, and a piece of the first text that holds what the line does not; nothing where
/// none of them holds anything.
fn told(
    line: &str,
    rest: [&str; 2],
    letters: usize,
    which: impl Fn(&str) -> Option<usize>,
) -> Option<Snippet> {
    let found = each(line, &which);
    let is_new = |one: &&Found| found.iter().all(|known| known.which != one.which);
    let behind = rest.into_iter().find_map(|text| {
        let more = each(text, &which);
        let new: Vec<Found> = more.iter().filter(&is_new).copied().collect();
        let first = best(&new, letters / 2)?;
        Some(cut(text, begin(text, first.from), &more, letters / 2))
    });
    let Some(behind) = behind else {
        return (!found.is_empty()).then(|| cut(line, 0, &found, letters));
    };
    let mut snippet = cut(line, 0, &found, letters / 2);
    snippet.push(BETWEEN, false);
    for (piece, is_found) in behind.parts {
        snippet.push(&piece, is_found);
    }
    Some(snippet)
}

/// Between the gist of a call and a piece of the rest of it.
const BETWEEN: &str = " · ";

/// What stands in the text, by a test that says which of the things wanted a word is.
fn each(text: &str, which: impl Fn(&str) -> Option<usize>) -> Vec<Found> {
    words(text)
        .filter_map(|(at, word)| {
            Some(Found {
                from: at,
                to: at + word.len(),
                which: which(word)?,
            })
        })
        .collect()
}

#[derive(Clone, Copy)]
struct Found {
    from: usize,
    to: usize,
    which: usize,
}

/// The stems that are looked for.
struct Wanted(Vec<(String, bool)>);

impl Wanted {
    fn of(search: &Search) -> Self {
        let terms = search
            .terms
            .iter()
            .map(|term| (term.text.as_str(), term.beginning));
        let phrases = search.phrases.iter().map(|text| (text.as_str(), false));
        let mut stems = Vec::new();
        for (text, beginning) in terms.chain(phrases) {
            let last = words(text).last().map_or(0, |(at, _)| at);
            for (at, word) in words(text) {
                let begun = beginning && at == last;
                let word = word.to_lowercase();
                let stem = if begun { word } else { stem(&word).to_owned() };
                if !stems.contains(&(stem.clone(), begun)) {
                    stems.push((stem, begun));
                }
            }
        }
        Self(stems)
    }

    fn which(&self, word: &str) -> Option<usize> {
        let word = word.to_lowercase();
        let stemmed = stem(&word);
        self.0.iter().position(|(wanted, begun)| {
            if *begun {
                word.starts_with(wanted.as_str())
            } else {
                stemmed == wanted
            }
        })
    }

    /// Which of them is a part of this word.
    fn inside(&self, word: &str) -> Option<usize> {
        let word = word.to_lowercase();
        self.0
            .iter()
            .position(|(wanted, _)| wanted.len() >= PART_LETTERS && word.contains(wanted.as_str()))
    }
}

/// Shorter words are not looked for inside names.
const PART_LETTERS: usize = 4;

/// A word without the usual English endings; the index goes a little further.
fn stem(word: &str) -> &str {
    for ending in ["ings", "ing", "ies", "ed", "es", "s", "y", "e"] {
        if let Some(rest) = word.strip_suffix(ending)
            && rest.len() >= 3
            && rest.is_ascii()
        {
            return rest;
        }
    }
    word
}

fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(move |word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

/// The first find of the stretch that holds the most different ones, the earliest of several.
fn best(found: &[Found], letters: usize) -> Option<&Found> {
    let mut best: Option<(usize, &Found)> = None;
    let room = letters.saturating_sub(LEAD);
    for (place, first) in found.iter().enumerate() {
        let mut here: Vec<usize> = Vec::new();
        for one in &found[place..] {
            if one.to > first.from + room {
                break;
            }
            if !here.contains(&one.which) {
                here.push(one.which);
            }
        }
        if best.is_none_or(|(most, _)| here.len() > most) {
            best = Some((here.len(), first));
        }
    }
    best.map(|(_, first)| first)
}

/// The start of a word a little before that place; the start of the text where that is near.
fn begin(text: &str, at: usize) -> usize {
    if at <= LEAD {
        return 0;
    }
    let from = text.ceil_char_boundary(at - LEAD);
    text[from..at]
        .find(char::is_whitespace)
        .map_or(from, |blank| from + blank)
}

/// From there on so many letters, with blanks and line ends as one blank each.
fn cut(text: &str, from: usize, found: &[Found], letters: usize) -> Snippet {
    let mut snippet = Snippet::default();
    let mut left = letters;
    if from > 0 {
        snippet.push("…", false);
    }
    let mut blank = true;
    for (at, letter) in text[from..].char_indices() {
        let at = from + at;
        if left == 0 {
            snippet.push("…", false);
            break;
        }
        if letter.is_whitespace() {
            if !blank {
                snippet.push(" ", false);
                left -= 1;
            }
            blank = true;
            continue;
        }
        blank = false;
        // Sorted by their places, so the one that may hold this letter is the last that begins before.
        let before = found.partition_point(|one| one.from <= at);
        let is_found = before > 0 && at < found[before - 1].to;
        snippet.push(letter.encode_utf8(&mut [0; 4]), is_found);
        left -= 1;
    }
    snippet
}

impl Snippet {
    fn push(&mut self, text: &str, is_found: bool) {
        match self.parts.last_mut() {
            Some((last, known)) if *known == is_found => last.push_str(text),
            _ => self.parts.push((text.to_owned(), is_found)),
        }
    }
}

#[cfg(test)]
mod tests {
    use krake_domain::session::{MessageKind, Role, ToolUse};
    use serde_json::json;

    use super::*;
    use crate::search::parse;

    fn shown(text: &str, query: &str, letters: usize) -> String {
        marked(snippet(text, &parse(query).unwrap(), letters))
    }

    fn marked(snippet: Snippet) -> String {
        let parts = snippet.parts.into_iter();
        parts
            .map(|(text, is_found)| if is_found { format!("<{text}>") } else { text })
            .collect()
    }

    #[test]
    fn a_call_is_shown_by_its_gist_and_by_what_was_found_in_the_rest_of_it() {
        let long = "let x = 1;\n".repeat(40) + "round(total)";
        let call = Message {
            role: Role::Assistant,
            kind: MessageKind::ToolCall,
            text: format!(
                "Edit: file_path=/code/shop/src/cart.rs\nold_string=a\nnew_string={long}"
            ),
            tool: Some(ToolUse {
                call_id: None,
                name: "Edit".to_owned(),
                input: json!({ "file_path": "/code/shop/src/cart.rs", "old_string": "a",
                               "new_string": long }),
            }),
            ..Message::default()
        };
        let shown = |query: &str| {
            let found = message_snippet(&call, Some("/code/shop"), &parse(query).unwrap(), 120);
            marked(found)
        };
        assert_eq!(shown("cart"), "Edit: src/<cart>.rs");
        assert_eq!(shown("tool:Edit"), "Edit: src/cart.rs");
        assert_eq!(
            shown("cart rounding"),
            "Edit: src/<cart>.rs · …= 1; let x = 1; let x = 1; let x = 1; <round>(total)"
        );
        let folder = shown("shop");
        assert!(
            folder.starts_with("Edit: src/cart.rs · /code/<shop>/src/cart.rs a let x = 1;"),
            "{folder}"
        );
        // The name of a field, and a part of a name.
        assert!(
            shown("old_string").contains("<old>_<string>=a"),
            "{}",
            shown("old_string")
        );
        assert!(
            shown("otal").ends_with("round(<total>)"),
            "{}",
            shown("otal")
        );
        assert!(shown("volcano").eq("Edit: src/cart.rs"));
        for letters in 0..60 {
            let found = message_snippet(&call, None, &parse("rounding").unwrap(), letters);
            let count: usize = found.parts.iter().map(|part| part.0.chars().count()).sum();
            assert!(count <= letters + 8, "{letters}: {count}");
        }
    }

    #[test]
    fn what_was_looked_for_is_marked_where_most_of_it_stands() {
        assert_eq!(
            shown("The parsers\n\n  drop   a line", "parser drops", 60),
            "The <parsers> <drop> a line"
        );
        let long = format!(
            "total {} the cart total is wrong {}",
            "x ".repeat(200),
            "y ".repeat(200)
        );
        let cut = shown(&long, "cart total", 70);
        assert!(cut.starts_with("…x"), "{cut}");
        assert!(cut.contains("the <cart> <total> is"), "{cut}");
        assert!(cut.ends_with('…') && cut.chars().count() < 80, "{cut}");
        assert_eq!(shown("nothing here", "cart", 7), "nothing…");
        assert_eq!(shown("Handoff", "handof*", 20), "<Handoff>");
        assert_eq!(
            shown("let x = parseLineItems();", "neItem", 30),
            "let x = <parseLineItems>();"
        );
        assert_eq!(
            shown("parse_cents(x)", "parseCents", 20),
            "<parse>_<cents>(x)"
        );
    }

    #[test]
    fn odd_texts_are_cut_between_letters() {
        let text = "ü🐙 ".repeat(400) + "cart" + &"é".repeat(90);
        for letters in [0, 1, 5, 39, 40, 41, 300] {
            let parts = snippet(&text, &parse("cart ü").unwrap(), letters).parts;
            let count: usize = parts.iter().map(|(text, _)| text.chars().count()).sum();
            assert!(count <= letters + 2, "{letters}: {count}");
        }
        assert_eq!(snippet("", &Search::default(), 10), Snippet::default());
    }
}
