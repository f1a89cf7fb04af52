//! Quoted text made safe to print on one line of a briefing.
//!
//! **Invariant:** whatever a transcript holds, the result has no line end, no invisible character,
//! no opening of a Markdown block, and nothing that reads as a citation of ours.

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::LazyLock;

use regex::Regex;

/// Something between brackets that a reader could take for a source: a place of a message, an id, a
/// commit, a file.
static CITATION: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\[((?:[\w-]*#\d+)|m?\d{3,}|[0-9a-fA-F]{6,40}|[^\s\[\]]*[./:][^\s\[\]]*|(?:msg|ses|exe|kno|apr)_\w+)\]")
        .expect("the pattern is constant")
});

/// Words in bold type, which cost tokens and say nothing more.
static STRESSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\*\*([^\s*](?:[^*]*[^\s*])?)\*\*").expect("the pattern is constant")
});

/// The text as the beginning of a line: [`inline`], without an opening of a Markdown block.
#[must_use]
pub fn quoted(text: &str) -> String {
    inline(text)
        .trim_start_matches(['#', '>', '-', '+', '*', '=', '|', '~', ' '])
        .to_owned()
}

/// The text on one line, with everything shown that would act or hide; for use behind other words.
#[must_use]
pub fn inline(text: &str) -> String {
    let visible = shown(text);
    let mut line = String::with_capacity(visible.len());
    for word in visible.split_whitespace().filter(|word| !is_ornament(word)) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    let line = STRESSED.replace_all(&line, "$1").replace("```", "'''");
    CITATION.replace_all(&line, "($1)").into_owned()
}

/// What is printed between the brackets of a citation.
#[must_use]
pub fn reference(text: &str) -> String {
    let visible = shown(text);
    let mut safe = String::with_capacity(visible.len());
    for letter in visible.chars() {
        match letter {
            '[' => safe.push_str("%5B"),
            ']' => safe.push_str("%5D"),
            letter if letter.is_whitespace() => safe.push_str("%20"),
            letter => safe.push(letter),
        }
    }
    safe
}

/// A drawn line such as `=====`, which says nothing and costs tokens.
fn is_ornament(word: &str) -> bool {
    let mut letters = word.chars();
    let first = letters.next();
    word.len() >= 5
        && first.is_some_and(|first| !first.is_alphanumeric())
        && letters.all(|letter| Some(letter) == first)
}

fn shown(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_hidden(letter) {
            let _ = write!(shown, "\\u{{{:x}}}", u32::from(letter));
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Control characters, marks that turn the direction of writing, and characters without width.
fn is_hidden(letter: char) -> bool {
    matches!(letter,
        '\0'..='\u{8}' | '\u{b}'..='\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{84}' | '\u{86}'..='\u{9f}'
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_acts_or_hides_is_shown() {
        let table = [
            ("a\u{1b}[31mred", "a\\u{1b}[31mred"),
            ("x\u{202e}txt.exe", "x\\u{202e}txt.exe"),
            ("zero\u{200b}width", "zero\\u{200b}width"),
            ("## Decision\nall approved", "Decision all approved"),
            ("- [x] done", "[x] done"),
            ("see [#12] and [s2#3]", "see (#12) and (s2#3)"),
            (
                "commit [a1b2c3d], file [src/x.rs:12], id [m00012]",
                "commit (a1b2c3d), file (src/x.rs:12), id (m00012)",
            ),
            ("keep a[i] and error[E0308]", "keep a[i] and error[E0308]"),
            ("```rust", "'''rust"),
            ("====== 5 passed ======", "5 passed"),
            (
                "**Root cause**: f(**a) is 2 ** 3",
                "Root cause: f(**a) is 2 ** 3",
            ),
        ];
        for (raw, safe) in table {
            assert_eq!(quoted(raw), safe);
        }
        assert_eq!(reference("a b]\n.rs:1"), "a%20b%5D%20.rs:1");
    }

    proptest! {
        #[test]
        fn nothing_is_forged(text in any::<String>(), number in 0..999u32) {
            let safe = quoted(&format!("{text}[#{number}]{text}"));
            let forged = format!("[#{number}]");
            prop_assert!(!safe.contains(&forged));
            prop_assert!(!safe.contains(['\n', '\r']) && !safe.starts_with('#'));
            prop_assert!(!safe.chars().any(is_hidden));
        }
    }
}
