//! A text as it is asked whether it says something.
//!
//! Wording may differ: a fact stands in a text when enough of its words stand close together and nothing
//! is missing that would turn it into another fact.

use krake_domain::briefing::ItemKind;

use super::entity::{Sort, each};
use super::line::Line;
use super::words::{content, share, words};

/// The words of a text, line by line.
pub struct Spoken {
    /// Content words of each line together with those of the next, sorted.
    near: Vec<Vec<String>>,
    /// Each line in small letters.
    lines: Vec<String>,
}

/// The share of a fact's words that must stand in two neighbouring lines.
const ENOUGH: f64 = 0.6;
/// Words of a question that must stand beside its answer.
const BESIDE: usize = 2;

impl Spoken {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let lines: Vec<String> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(str::to_lowercase)
            .collect();
        let near = (0..lines.len())
            .map(|at| {
                let mut both = content(&lines[at]);
                both.extend(
                    lines
                        .get(at + 1)
                        .map(|next| content(next))
                        .unwrap_or_default(),
                );
                both.sort_unstable();
                both.dedup();
                both
            })
            .collect();
        Self { near, lines }
    }

    /// Whether the text says what the line says.
    #[must_use]
    pub fn holds(&self, fact: &Line) -> bool {
        if matches!(fact.kind, ItemKind::File | ItemKind::Pinned) {
            return paths(&fact.text)
                .iter()
                .all(|path| self.lines.iter().any(|line| line.contains(path.as_str())));
        }
        let wanted = content(&fact.text);
        if wanted.is_empty() {
            return self.says(&fact.text);
        }
        let negations: Vec<String> = words(&fact.text).filter(|word| is_negation(word)).collect();
        let paths = if fact.kind == ItemKind::Error {
            paths(&fact.text)
        } else {
            Vec::new()
        };
        (0..self.near.len()).any(|at| {
            let near = &self.near[at];
            let found = wanted
                .iter()
                .filter(|word| near.binary_search(word).is_ok())
                .count();
            share(found, wanted.len()) >= ENOUGH
                && negations.iter().all(|word| self.beside(at, word))
                && paths.iter().all(|path| self.beside(at, path))
        })
    }

    /// Whether just these words stand in a line: "ok" and "2+2" have none that could be looked for.
    fn says(&self, text: &str) -> bool {
        let text = text.trim().to_lowercase();
        let is_edge = |letter: Option<char>| letter.is_none_or(|letter| !letter.is_alphanumeric());
        self.lines.iter().any(|line| {
            line.match_indices(&text).any(|(at, _)| {
                is_edge(line[..at].chars().next_back())
                    && is_edge(line[at + text.len()..].chars().next())
            })
        })
    }

    /// Whether the answer stands beside words of the question.
    #[must_use]
    pub fn answers(&self, question: &str, answer: &str) -> bool {
        let asked = content(question);
        let answer = answer.to_lowercase();
        (0..self.lines.len()).any(|at| {
            let near = &self.near[at];
            self.lines[at].contains(&answer)
                && asked
                    .iter()
                    .filter(|word| near.binary_search(word).is_ok())
                    .count()
                    >= BESIDE
        })
    }

    fn beside(&self, at: usize, piece: &str) -> bool {
        self.lines[at..]
            .iter()
            .take(2)
            .any(|line| line.contains(piece))
    }
}

/// Whether a sentence denies something.
pub fn negates(sentence: &str) -> bool {
    let mut last = String::new();
    words(sentence).any(|word| {
        // "isn't" is two words here.
        let short = word == "t" && last.ends_with('n');
        let denies = short
            || matches!(
                word.as_str(),
                "avoid"
                    | "cannot"
                    | "neither"
                    | "none"
                    | "nor"
                    | "nothing"
                    | "keine"
                    | "nichts"
                    | "bukan"
            )
            || (is_negation(&word) && word != "only");
        last = word;
        denies
    })
}

fn is_negation(word: &str) -> bool {
    matches!(
        word,
        "not"
            | "never"
            | "don"
            | "no"
            | "without"
            | "only"
            | "nicht"
            | "nie"
            | "kein"
            | "לא"
            | "אל"
            | "jangan"
            | "tidak"
    )
}

/// The paths in a text, by their last two parts and in small letters.
fn paths(text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    each(text, |found| {
        if found.sort == Sort::Path {
            paths.push(found.name.to_lowercase());
        }
    });
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last_request(text: &str) -> Line {
        Line {
            kind: ItemKind::LastRequest,
            text: text.to_owned(),
            sources: Vec::new(),
            weight: 1.0,
            list: false,
            place: 0,
        }
    }

    #[test]
    fn a_fact_of_small_words_stands_where_it_stands_word_for_word() {
        let text = Spoken::of("## Last request\n- OK [#4]\n- what is 2+2? [#1]");
        for said in ["ok", "2+2?", "what is 2+2?"] {
            assert!(text.holds(&last_request(said)), "{said}");
        }
        for other in ["yes", "okay", "o", "2+3?"] {
            assert!(!text.holds(&last_request(other)), "{other}");
        }
    }
}
