//! Passwords that a sentence tells: "the new password is …", „das Passwort lautet …“.

use std::sync::LazyLock;

use regex::Regex;

use super::Found;
use super::friend::{is_example, is_identifier_or_reference};
use super::near::looks_like_chance;

/// The words for it in the languages of the window, what joins them to the value, and the value. A colon
/// after the verb may stand; one without a verb is an assignment and is looked for there.
static TOLD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)(?:passwor[dt]|kennwort|passphrase|passcode|kata sandi|סיסמ[הא])",
        r"[^\S\n]{1,3}(?:[^\s:=]{1,16}[^\S\n]{1,3}){0,2}?(?:is|was|ist|war|lautet|adalah|היא|הוא)",
        r#"(?:[^\S\n]{0,2}[:=])?[^\S\n]{1,3}(?:now[^\S\n]|jetzt[^\S\n]|nun[^\S\n])?(?:\\?["'`„“])?([^\s"'`\\,;<>(){}\[\]]{8,100})"#,
    ))
    .expect("checked by the tests")
});

/// Looks where a key word was seen already.
pub fn find(text: &str) -> Vec<Found> {
    let told = TOLD.captures_iter(text).filter_map(|place| {
        let value = place.get(1)?;
        let trimmed = value
            .as_str()
            .trim_end_matches(['.', ':', '?', '!', '“', '”']);
        is_secret(trimmed).then(|| Found {
            kind: "password",
            range: value.start()..value.start() + trimmed.len(),
        })
    });
    told.collect()
}

/// In a sentence any word may follow, so the value must look more like chance than after a colon: three
/// kinds of signs, or digits strewn among letters. `base64-encoded` and `sha256` are neither.
fn is_secret(value: &str) -> bool {
    if value.len() < 8 || is_example(value) || is_identifier_or_reference(value) {
        return false;
    }
    let has = |test: fn(&u8) -> bool| value.bytes().any(|byte| test(&byte));
    let sign =
        |byte: &u8| byte.is_ascii_punctuation() && !matches!(byte, b'-' | b'_' | b'.' | b'/');
    let kinds = [
        has(u8::is_ascii_lowercase),
        has(u8::is_ascii_uppercase),
        has(u8::is_ascii_digit),
        has(sign),
    ];
    let changes = value
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
    (has(u8::is_ascii_digit) && kinds.iter().filter(|kind| **kind).count() >= 3)
        || (changes >= 3 && looks_like_chance(value, 2.8))
}
