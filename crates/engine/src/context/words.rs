//! Sentences and words: the pieces that a text is cut into, and how alike two pieces are.

/// Words that say nothing by themselves. Negations, numbers and modal verbs are not among them.
const FUNCTION_WORDS: [&str; 98] = [
    "a", "about", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
    "been", "being", "but", "by", "did", "do", "does", "each", "for", "from", "go", "going", "got",
    "had", "has", "have", "he", "her", "here", "him", "his", "how", "i", "if", "in", "into", "is",
    "it", "its", "just", "let", "like", "me", "more", "most", "my", "now", "of", "off", "ok",
    "okay", "on", "only", "or", "our", "out", "over", "own", "really", "same", "she", "so", "some",
    "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this",
    "those", "to", "too", "up", "us", "very", "was", "we", "were", "what", "when", "where",
    "which", "who", "whom", "why", "with", "yes", "you", "your", "yours",
];

/// Letters of the longest of them.
const LONGEST: usize = 6;

/// Whether a word in small letters says nothing by itself.
#[must_use]
pub fn is_function_word(word: &str) -> bool {
    word.len() <= LONGEST && FUNCTION_WORDS.binary_search(&word).is_ok()
}

/// Sentences and lines, in order, without the blank ones.
pub fn sentences(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .flat_map(split_line)
        .map(str::trim)
        .filter(|piece| !piece.is_empty())
}

fn split_line(line: &str) -> impl Iterator<Item = &str> {
    let mut rest = line;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = sentence_end(rest);
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(piece)
    })
}

/// Where the first sentence ends: behind a mark that a space follows, unless a small letter or a
/// digit goes on, as after "e.g." and "v2.".
fn sentence_end(text: &str) -> usize {
    let bytes = text.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let ends = matches!(byte, b'.' | b'!' | b'?') && bytes.get(at + 1) == Some(&b' ');
        let goes_on = *byte == b'.'
            && bytes
                .get(at + 2)
                .is_some_and(|next| next.is_ascii_lowercase());
        if ends && !goes_on {
            return at + 1;
        }
    }
    text.len()
}

/// Words in small letters: letters, digits and underscores.
pub fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
}

/// The words that carry meaning, sorted, each once.
#[must_use]
pub fn content(text: &str) -> Vec<String> {
    let mut found: Vec<String> = words(text)
        .filter(|word| word.chars().nth(1).is_some() && !is_function_word(word))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The words with a digit in them, sorted, each once: cases, versions, ports.
#[must_use]
pub fn numbers(text: &str) -> Vec<String> {
    let mut found: Vec<String> = words(text)
        .filter(|word| word.chars().any(|letter| letter.is_ascii_digit()))
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// Shared words over all words of two sorted lists, 0 to 1.
#[must_use]
pub fn likeness(a: &[String], b: &[String]) -> f64 {
    let (mut i, mut j, mut shared) = (0, 0, 0_usize);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                shared += 1;
                i += 1;
                j += 1;
            }
        }
    }
    let all = a.len() + b.len() - shared;
    if all == 0 { 1.0 } else { share(shared, all) }
}

/// `part / whole` of two counts.
#[expect(
    clippy::cast_precision_loss,
    reason = "counts of words are far below 2^52"
)]
#[must_use]
pub fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

/// A count as a number to divide by.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
#[must_use]
pub fn float(count: usize) -> f64 {
    count as f64
}

/// At most that many words, with a mark where something was left out.
#[must_use]
pub fn clip(text: &str, most: usize) -> String {
    let mut line = String::new();
    for (count, word) in text.split_whitespace().enumerate() {
        if count == most {
            line.push_str(" …");
            break;
        }
        if count > 0 {
            line.push(' ');
        }
        // A single word may be as long as a file.
        if word.chars().count() > WORD_CHARS {
            line.extend(word.chars().take(WORD_CHARS));
            line.push('…');
        } else {
            line.push_str(word);
        }
    }
    line
}

/// Longest word that is printed whole.
const WORD_CHARS: usize = 160;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(FUNCTION_WORDS.is_sorted());
        let longest = FUNCTION_WORDS.iter().map(|word| word.len()).max();
        assert_eq!(longest, Some(LONGEST));
        assert!(is_function_word("the") && !is_function_word("not"));
    }

    #[test]
    fn sentences_end_where_a_reader_ends_them() {
        let found: Vec<&str> =
            sentences("Use v2. It is in src/a.rs. See e.g. the docs!\n\nNext line? Yes").collect();
        assert_eq!(
            found,
            [
                "Use v2.",
                "It is in src/a.rs.",
                "See e.g. the docs!",
                "Next line?",
                "Yes"
            ]
        );
    }

    #[test]
    fn likeness_is_a_share() {
        let (a, b) = (
            content("the parser drops the last line"),
            content("The parser drops a line"),
        );
        assert!((likeness(&a, &b) - 0.75).abs() < 1e-9);
        assert!((likeness(&a, &a) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn clipping_says_that_something_is_missing() {
        assert_eq!(clip("one  two three", 2), "one two …");
        assert_eq!(clip("one two", 2), "one two");
    }
}
