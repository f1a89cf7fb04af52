//! Which known word somebody may have meant.

/// The known word that differs in the fewest letters, if it is near at all.
pub(super) fn nearest<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    let best = known
        .iter()
        .map(|candidate| (distance(word, candidate), *candidate))
        .min()?;
    (best.0 <= 2 && best.0 < word.len()).then_some(best.1)
}

/// Levenshtein distance, over at most 64 characters of each word.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().take(64).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().take(64).enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replace = corner + usize::from(x != *y);
            corner = row[j + 1];
            row[j + 1] = replace.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}
