//! Words that were mistyped: which known word was meant.

/// The known word that is as near as a slip of the fingers, if there is one.
pub(super) fn meant<'k>(stem: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let letters: Vec<char> = stem.chars().collect();
    let most = match letters.len() {
        0..=3 => return None,
        4..=7 => 1,
        _ => 2,
    };
    // The first letter is nearly always right.
    let is_near = |word: &&str| word.starts_with(letters[0]) && word.len() >= 4;
    known
        .filter(is_near)
        .filter_map(|word| {
            let other: Vec<char> = word.chars().collect();
            let slips = (other.len().abs_diff(letters.len()) <= most)
                .then(|| distance(&letters, &other))?;
            (slips <= most).then_some((slips, word))
        })
        .min()
        .map(|(_, word)| word)
}

/// The short word whose letters were typed in the wrong order: `teh`. A word that exists is none.
pub(super) fn swapped<'k>(word: &str, mut known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let letters: Vec<char> = word.chars().collect();
    if !(3..=5).contains(&letters.len()) || WORDS.contains(&word) {
        return None;
    }
    known.find(|other| {
        let other: Vec<char> = other.chars().collect();
        other.len() == letters.len() && distance(&letters, &other) == 1 && {
            let (mut one, mut two) = (letters.clone(), other);
            one.sort_unstable();
            two.sort_unstable();
            one == two
        }
    })
}

/// Words that differ from a silent one by two letters in another order.
const WORDS: &[&str] = &["form", "dose", "won", "saw", "trail", "united", "sued"];

/// Letters left out, put in, replaced or swapped with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            let is_swap = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if is_swap {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_in_the_wrong_order_are_put_right_and_words_stay() {
        let silent = ["the", "from", "with", "and", "does"];
        for (typed, expected) in [
            ("teh", Some("the")),
            ("adn", Some("and")),
            ("wiht", Some("with")),
            ("form", None),
            ("dose", None),
            ("tea", None),
            ("eh", None),
        ] {
            assert_eq!(swapped(typed, silent.into_iter()), expected, "{typed}");
        }
    }

    #[test]
    fn a_slip_is_understood_and_another_word_is_not() {
        let known = ["brief", "check", "repositori", "releas", "note", "reach"];
        for (typed, expected) in [
            ("breif", Some("brief")),
            ("chek", Some("check")),
            ("chceck", Some("check")),
            ("repositri", Some("repositori")),
            ("relas", Some("releas")),
            ("beach", None),
            ("not", None),
            ("weather", None),
        ] {
            assert_eq!(meant(typed, known.into_iter()), expected, "{typed}");
        }
    }
}
