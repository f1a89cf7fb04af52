//! What a person wrote in a message, beside what was pasted into it: code, logs, a terminal.
//!
//! It goes by the form of lines in any language and knows no program by its name.

use std::borrow::Cow;

/// A message of more lines than this may hold something pasted.
const PASTED_LINES: usize = 12;

/// The lines that the user wrote: not what is fenced, quoted or indented as code, nor what was copied
/// from a terminal, and in a long message only lines of prose.
#[must_use]
pub fn written_lines(text: &str) -> Vec<&str> {
    let long = text.lines().count() > PASTED_LINES;
    let is_quoted = |line: &str| line.starts_with(['>', '|', '\t']) || line.starts_with("    ");
    let mut lines = Vec::new();
    for block in blocks(text) {
        // What opens such a block says why it was pasted.
        let printed = long && is_printed(&block);
        let own = block.into_iter().take_while(|line| {
            !line.trim_start().starts_with(is_of_terminal) && (!printed || is_prose(line))
        });
        lines.extend(own.filter(|line| !is_quoted(line) && (!long || is_prose(line))));
    }
    lines
}

/// The text with a mark in place of each longer stretch of fenced code: in the words of a request it
/// takes the room of those that say what is wanted, and it stands where the request is read whole.
#[must_use]
pub fn without_code(text: &str) -> Cow<'_, str> {
    let is_fence = |line: &&str| line.trim_start().starts_with("```");
    let mut kept = Vec::new();
    let mut lines = text.lines();
    let mut is_whole = true;
    while let Some(line) = lines.next() {
        if !is_fence(&line) {
            kept.push(line);
            continue;
        }
        let code: Vec<&str> = lines.clone().take_while(|line| !is_fence(line)).collect();
        let end = lines.clone().nth(code.len());
        if code.len() > SHORT_CODE && end.is_some() {
            kept.push("…");
            is_whole = false;
        } else {
            // A fence that nothing closes is none.
            kept.push(line);
            kept.extend(&code);
            kept.extend(end);
        }
        lines.nth(code.len());
    }
    match is_whole {
        true => Cow::Borrowed(text),
        false => Cow::Owned(kept.join("\n")),
    }
}

/// Lines of code that may be a command, or the very thing that is asked about.
const SHORT_CODE: usize = 2;

/// Lines that stand together, without those between fences.
fn blocks(text: &str) -> Vec<Vec<&str>> {
    let mut fenced = false;
    let mut blocks = vec![Vec::new()];
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if line.trim().is_empty() {
            blocks.push(Vec::new());
        } else if let Some(block) = blocks.last_mut().filter(|_| !fenced) {
            block.push(line);
        }
    }
    blocks
}

/// Whether a program printed these lines: they are no list, and most of them are no prose.
fn is_printed(block: &[&str]) -> bool {
    let prose = block.iter().filter(|line| is_prose(line)).count();
    block.len() >= PRINTED_LINES
        && !block.iter().any(|line| is_item(line))
        && prose * 2 < block.len()
}

/// Fewer lines are no block that says by its form who wrote it.
const PRINTED_LINES: usize = 4;

/// Letters that prompts and programs for the terminal open a line with, and no keyboard has.
fn is_of_terminal(letter: char) -> bool {
    matches!(
        letter,
        '❯' | '⏺' | '⎿' | '●' | '➜' | '✻' | '\u{2500}'..='\u{257f}'
    )
}

/// Whether a line is an entry of a list, or a heading.
fn is_item(line: &str) -> bool {
    let number = line.split_once(['.', ')']).map(|(number, _)| number);
    line.starts_with(['-', '*', '•', '#'])
        || number.is_some_and(|number| number.parse::<u8>().is_ok())
}

/// Whether a line is one of prose, in any language: of its words, four of five are of letters only, as
/// they are hardly ever in a log, a listing or code. An entry of a list can be shorter.
fn is_prose(line: &str) -> bool {
    let (mut all, mut plain) = (0_usize, 0_usize);
    let marker = usize::from(is_item(line) && line.contains(char::is_whitespace));
    for word in line.split_whitespace().skip(marker) {
        all += 1;
        let bare = word.trim_matches(|letter: char| {
            matches!(
                letter,
                '.' | ',' | ':' | '!' | '?' | '"' | '\'' | '*' | '-' | '(' | ')' | '`'
            )
        });
        plain += usize::from(
            !bare.is_empty()
                && bare
                    .chars()
                    .all(|letter| letter.is_alphabetic() || matches!(letter, '\'' | '-' | '’')),
        );
    }
    all + marker >= 3 && plain * 5 >= all * 4 && !opens_with_level(line)
}

/// Whether a line opens with how bad it is, as programs report.
fn opens_with_level(line: &str) -> bool {
    line.trim_start()
        .split_once(':')
        .is_some_and(|(word, _)| LEVELS.binary_search(&word.to_lowercase().as_str()).is_ok())
}

const LEVELS: [&str; 8] = [
    "debug", "error", "fatal", "info", "panic", "remote", "warn", "warning",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_told_without_its_code_and_with_its_commands() {
        let long = "Replace this:\n```go\na := 1\nb := 2\nc := 3\n```\nby one loop.\n  ```\nx\ny\nz\n  ```";
        assert_eq!(without_code(long), "Replace this:\n…\nby one loop.\n…");
        let mixed = "Run\n```\nnpm test\n```\nfirst\nsecond\nthird\n```\na\nb\nc\n```";
        let told = "Run\n```\nnpm test\n```\nfirst\nsecond\nthird\n…";
        assert_eq!(without_code(mixed), told);
        for whole in [
            "Run this:\n```\nnpm test\nnpm run lint\n```\nand mend it.",
            "It begins with\n```\nand\nnothing\nends\nit",
            "nothing of it",
        ] {
            assert!(matches!(without_code(whole), Cow::Borrowed(text) if text == whole));
        }
    }

    #[test]
    fn what_was_pasted_is_not_what_was_written() {
        assert!(LEVELS.is_sorted());
        let mut text =
            "Please keep the order of the lines.\n```\nrm -rf target\n```\n> never\n".to_owned();
        assert_eq!(
            written_lines(&text),
            ["Please keep the order of the lines."]
        );
        text.push_str(&"12:01 INFO worker started job=7\n".repeat(20));
        assert_eq!(
            written_lines(&text),
            ["Please keep the order of the lines."]
        );
        let copied = "Is that right?\n❯ cat notes.txt\nNever mind the rounding.\n\nDo not round.";
        assert_eq!(written_lines(copied), ["Is that right?", "Do not round."]);
        let printed = "remote: Permission to shop/cart.git denied to bot[ci].\n\
                       From https://example.org/shop/cart\n * branch   main -> FETCH_HEAD\n\
                       fatal: it could not be pushed to the shop\n\
                       Current branch main is up to date.\nIt is tried again.\n";
        let message = format!("{}\nbut it is a public one", printed.repeat(4));
        assert_eq!(written_lines(&message), ["but it is a public one"]);
        let list = "- Add `total()` to `src/cart.rs`:12\n".repeat(11);
        let message = format!("{list}- Keep the names short.\n- Never round.");
        assert_eq!(
            written_lines(&message),
            ["- Keep the names short.", "- Never round."]
        );
    }
}
