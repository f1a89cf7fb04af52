//! Which templates are total: read before the template engine sees them.
//!
//! Loops and nesting alone cost instructions, which are counted. Memory is what an instruction can
//! multiply: a variable that holds `x ~ x` doubles at each nesting. So there are no variables and
//! no operators that build values; writing two values one after the other does the same.

/// Tags that a template may use.
const TAGS: &[&str] = &["for", "endfor", "if", "elif", "else", "endif"];

/// Why a template is refused, and in which line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("line {line}: `{{% {tag} %}}` is not available")]
    Tag { line: usize, tag: String },
    #[error(
        "line {line}: `{operator}` is not available in templates; write the values one after the other"
    )]
    Operator { line: usize, operator: char },
    #[error("line {line}: `{word}` is not available in templates")]
    Word { line: usize, word: &'static str },
    #[error("line {line}: this `{opening}` is never closed")]
    Open { line: usize, opening: &'static str },
}

/// # Errors
/// The first thing in the template that is not available.
pub fn check(template: &str) -> Result<(), Refusal> {
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        let from = template.len() - rest.len() + start;
        let line = template[..from].matches('\n').count() + 1;
        let inside = &rest[start + 1..];
        let (opening, closing) = match inside.as_bytes().first() {
            Some(b'{') => ("{{", "}}"),
            Some(b'%') => ("{%", "%}"),
            Some(b'#') => ("{#", "#}"),
            _ => {
                rest = inside;
                continue;
            }
        };
        let inside = &inside[1..];
        let open = Refusal::Open { line, opening };
        if opening == "{#" {
            rest = &inside[inside.find(closing).ok_or(open)? + 2..];
            continue;
        }
        let length = code_length(inside, closing, line)?.ok_or(open)?;
        let code = &inside[..length];
        if opening == "{%" {
            check_tag(code, line)?;
        }
        rest = &inside[length + 2..];
    }
    Ok(())
}

/// How long the code is before its closing, text between quotes passed over.
fn code_length(code: &str, closing: &str, line: usize) -> Result<Option<usize>, Refusal> {
    let bytes = code.as_bytes();
    let mut place = 0;
    while place < bytes.len() {
        if code[place..].starts_with(closing) {
            return Ok(Some(place));
        }
        match bytes[place] {
            quote @ (b'"' | b'\'') => {
                place += 1;
                while place < bytes.len() && bytes[place] != quote {
                    place += if bytes[place] == b'\\' { 2 } else { 1 };
                }
                place += 1;
            }
            // A map could hold the closing, so that this reader and the engine disagree on it.
            operator @ (b'~' | b'+' | b'*' | b'{') => {
                // The plus at the edge of a tag keeps white space; it is no operator.
                let edge =
                    operator == b'+' && (place == 0 || code[place + 1..].starts_with(closing));
                if !edge {
                    return Err(Refusal::Operator {
                        line,
                        operator: char::from(operator),
                    });
                }
                place += 1;
            }
            _ => place += char_length(code, place),
        }
    }
    Ok(None)
}

fn char_length(text: &str, place: usize) -> usize {
    text.get(place..)
        .and_then(|rest| rest.chars().next())
        .map_or(1, char::len_utf8)
}

fn check_tag(code: &str, line: usize) -> Result<(), Refusal> {
    let code = code.trim_start_matches(['-', '+']);
    let mut words = code.split_whitespace();
    let tag = words
        .next()
        .unwrap_or_default()
        .trim_end_matches(['-', '+']);
    if !TAGS.contains(&tag) {
        return Err(Refusal::Tag {
            line,
            tag: tag.chars().take(40).collect(),
        });
    }
    if tag == "for" && words.any(|word| word.trim_end_matches(['-', '+']) == "recursive") {
        return Err(Refusal::Word {
            line,
            word: "recursive",
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_multiply_is_refused_with_its_line() {
        for (template, part) in [
            ("{% set x = 1 %}", "set"),
            ("\n{%- macro m() -%}{% endmacro %}", "line 2"),
            ("{% raw %}{% endraw %}", "raw"),
            ("{%\n\tinclude 'x' %}", "include"),
            ("{% with a = b %}", "with"),
            ("{{ a ~ a }}", "~"),
            ("{{ 'x' * 3 }}", "*"),
            ("{% for a in [b + b] %}", "+"),
            ("{{ '}}' ~ a }}", "~"),
            ("{{ \"\\\"}}\" ~ a }}", "~"),
            ("{{ {'a': 1} }}", "{"),
            ("{# {{ #}{{ a ~ b }}", "~"),
            ("{% for a in b recursive %}", "recursive"),
            ("{{ 'open }}", "never closed"),
            ("{{{ a }}}", "{"),
        ] {
            let refusal = check(template).expect_err(template).to_string();
            assert!(refusal.contains(part), "{template}: {refusal}");
        }
    }

    #[test]
    fn plain_templates_pass() {
        for template in [
            "no tags, { one brace } 100 % ~ + *",
            "{%- for k, v in m|items -%}{{ k }}: {{ v['~'] }}{%- else +%}{%+ endfor %}",
            "{% if a - 1 > 0 and b is defined %}ü{% elif c %}{{ \"~*\" }}{% endif %}{# ~ #}",
        ] {
            assert_eq!(check(template), Ok(()), "{template}");
        }
    }
}
