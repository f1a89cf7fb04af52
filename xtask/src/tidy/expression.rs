//! Licence expressions as crates and UI packages write them: SPDX, and the older `MIT/Apache-2.0`.
//!
//! Grammar (SPDX 2.3, annex D): `or := and (("OR" | "/") and)*`, `and := term ("AND" term)*`,
//! `term := "(" or ")" | id ["WITH" id]`.

use std::iter::Peekable;
use std::vec::IntoIter;

/// Whether the expression leaves a choice that is made of accepted licences only.
pub fn is_accepted(text: &str, accepted: &[&str]) -> Result<bool, String> {
    let mut parser = Parser {
        words: words(text).into_iter().peekable(),
        accepted,
    };
    let answer = parser.choice()?;
    match parser.words.next() {
        None => Ok(answer),
        Some(word) => Err(format!("`{word}` was not expected")),
    }
}

struct Parser<'a> {
    words: Peekable<IntoIter<String>>,
    accepted: &'a [&'a str],
}

impl Parser<'_> {
    fn choice(&mut self) -> Result<bool, String> {
        let mut answer = self.all_of()?;
        while self.take("OR") || self.take("/") {
            // Both sides are always parsed, so that a broken one is seen.
            answer |= self.all_of()?;
        }
        Ok(answer)
    }

    fn all_of(&mut self) -> Result<bool, String> {
        let mut answer = self.term()?;
        while self.take("AND") {
            answer &= self.term()?;
        }
        Ok(answer)
    }

    fn term(&mut self) -> Result<bool, String> {
        if self.take("(") {
            let answer = self.choice()?;
            return if self.take(")") {
                Ok(answer)
            } else {
                Err("a parenthesis is not closed".into())
            };
        }
        let mut licence = self.identifier()?;
        if self.take("WITH") {
            licence = format!("{licence} WITH {}", self.identifier()?);
        }
        Ok(self.accepted.contains(&licence.as_str()))
    }

    fn identifier(&mut self) -> Result<String, String> {
        match self.words.next() {
            Some(word) if !is_operator(&word) => Ok(word),
            Some(word) => Err(format!("`{word}` stands where a licence was expected")),
            None => Err("it ends where a licence was expected".into()),
        }
    }

    fn take(&mut self, operator: &str) -> bool {
        self.words
            .next_if(|word| word.eq_ignore_ascii_case(operator))
            .is_some()
    }
}

fn words(text: &str) -> Vec<String> {
    let spaced = ["(", ")", "/"].iter().fold(text.to_owned(), |text, sign| {
        text.replace(sign, &format!(" {sign} "))
    });
    spaced.split_whitespace().map(str::to_owned).collect()
}

fn is_operator(word: &str) -> bool {
    ["(", ")", "/", "OR", "AND", "WITH"]
        .iter()
        .any(|operator| word.eq_ignore_ascii_case(operator))
}

#[cfg(test)]
mod tests {
    use super::is_accepted;

    const ACCEPTED: &[&str] = &["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception"];

    #[test]
    fn a_choice_needs_one_side_and_a_sum_both() {
        for (text, expected) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("MIT OR GPL-3.0-only", true),
            ("GPL-3.0-only OR MIT", true),
            ("MIT AND GPL-3.0-only", false),
            ("MIT/Apache-2.0", true),
            ("GPL-2.0 / LGPL-2.1", false),
            ("(MIT OR GPL-3.0-only) AND Apache-2.0", true),
            ("(MIT AND GPL-3.0-only) OR Apache-2.0", true),
            ("GPL-3.0-only OR MIT AND GPL-2.0-only", false),
            ("Apache-2.0 WITH LLVM-exception", true),
            ("MIT WITH LLVM-exception", false),
            ("mit", false),
        ] {
            assert_eq!(is_accepted(text, ACCEPTED), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_broken_expression_is_an_error_and_not_a_yes() {
        for text in [
            "",
            "MIT OR",
            "(MIT",
            "MIT)",
            "OR MIT",
            "MIT Apache-2.0",
            "MIT WITH",
        ] {
            assert!(is_accepted(text, ACCEPTED).is_err(), "{text}");
        }
    }
}
