//! `krake search cart -draft`: a word that is not wanted looks like an option to whoever reads the
//! arguments. It is set apart, behind `--`, where none is looked for.

use std::ffi::{OsStr, OsString};

/// Short options that a search knows.
const SHORT: &str = "hqV";
/// Options before the command that take a value.
const WITH_VALUE: [&str; 2] = ["--home", "--workspace"];

/// The arguments with the unwanted words of a search at their end; all others as they are.
#[must_use]
pub fn set_apart(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let args: Vec<OsString> = args.into_iter().collect();
    let Some(command) = command(&args).filter(|at| args[*at] == "search") else {
        return args;
    };
    let (before, after) = args.split_at(command + 1);
    let end = after.iter().position(|word| word == "--");
    let (open, closed) = after.split_at(end.unwrap_or(after.len()));
    let (unwanted, others): (Vec<&OsString>, Vec<&OsString>) =
        open.iter().partition(|word| is_unwanted(word));
    if unwanted.is_empty() {
        return args;
    }
    let dashes = OsString::from("--");
    let last = closed.iter().filter(|word| *word != "--");
    let parts = before.iter().chain(others).chain([&dashes]);
    parts.chain(unwanted).chain(last).cloned().collect()
}

/// Where the name of the command stands.
fn command(args: &[OsString]) -> Option<usize> {
    let is_value = |at: usize| WITH_VALUE.iter().any(|option| args[at - 1] == *option);
    let is_option = |at: usize| args[at].as_encoded_bytes().starts_with(b"-");
    (1..args.len()).find(|at| !is_option(*at) && !is_value(*at))
}

/// One dash, and not only letters of short options behind it.
fn is_unwanted(word: &OsStr) -> bool {
    let word = word.to_string_lossy();
    let Some(rest) = word.strip_prefix('-') else {
        return false;
    };
    !rest.is_empty() && !rest.starts_with('-') && !rest.chars().all(|letter| SHORT.contains(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(line: &str) -> String {
        let set = set_apart(line.split(' ').map(OsString::from));
        let words: Vec<_> = set.iter().map(|word| word.to_string_lossy()).collect();
        words.join(" ")
    }

    #[test]
    fn only_the_unwanted_words_of_a_search_move() {
        for (given, set) in [
            (
                "krake search cart -draft --limit 5",
                "krake search cart --limit 5 -- -draft",
            ),
            (
                "krake --home -x/y search -old cart -q",
                "krake --home -x/y search cart -q -- -old",
            ),
            (
                "krake search cart -hello -- -a b",
                "krake search cart -- -hello -a b",
            ),
        ] {
            assert_eq!(after(given), set);
        }
        for same in [
            "krake search cart --limt 5",
            "krake search - -h",
            "krake knowledge search -draft",
            "krake run search -i a=b",
            "krake",
        ] {
            assert_eq!(after(same), same);
        }
    }
}
