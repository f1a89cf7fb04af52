//! Text that others wrote, made safe to show: what cannot be seen is written out.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with control characters, direction marks and zero-width characters written as
/// `\u{202e}`. Line breaks and tabs stay.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    escape(text, |shown, hidden| {
        write!(shown, "\\u{{{:x}}}", u32::from(hidden)).expect("a String takes all");
    })
}

/// The same for JSON text: hidden characters are written as JSON escapes, so that the result is
/// JSON text of the same value.
#[must_use]
pub fn visible_json(text: &str) -> Cow<'_, str> {
    escape(text, |shown, hidden| {
        for unit in hidden.encode_utf16(&mut [0; 2]) {
            write!(shown, "\\u{unit:04x}").expect("a String takes all");
        }
    })
}

/// The same on one line: line breaks and tabs become blanks.
#[must_use]
pub fn visible_line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

fn escape(text: &str, write_hidden: impl Fn(&mut String, char)) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        if is_hidden(letter) {
            write_hidden(&mut shown, letter);
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Characters that change what a reader sees without being seen themselves.
fn is_hidden(letter: char) -> bool {
    match letter {
        '\n' | '\t' => false,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' => {
            true
        }
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}' => true,
        _ => letter.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_hides_is_written_out_and_the_rest_stays() {
        assert_eq!(
            visible("a\u{1b}[31mb\u{202e}c\r"),
            "a\\u{1b}[31mb\\u{202e}c\\u{d}"
        );
        let plain = "שלום, grüße\n\tend";
        assert!(matches!(visible(plain), Cow::Borrowed(text) if text == plain));
        assert_eq!(visible_line("a\nb\tc"), "a b c");
    }

    #[test]
    fn json_text_keeps_its_value() {
        let value = json!({"a": "x\u{202e}y\u{e0041}\u{7f}\n"});
        let text = value.to_string();
        let shown = visible_json(&text);
        assert!(!shown.chars().any(is_hidden));
        assert_eq!(serde_json::from_str::<Value>(&shown).unwrap(), value);
    }
}
