//! The name of the branch that a commit before a handoff goes to.

use krake_domain::time::Timestamp;

/// Letters of one name; git takes more, people do not.
const MOST_LETTERS: usize = 120;

/// A pattern that gives no name of a branch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no name of a branch: letters, digits, `.`, `_`, `-` and `/` are, and `{{date}}`, `{{time}}` and `{{account}}`"
)]
pub struct BadBranch(String);

/// The name that a pattern means at that moment; nothing where it is empty, which means the branch
/// that is checked out.
///
/// # Errors
/// [`BadBranch`] where git would refuse it, or could take it for something else.
pub fn branch_name(
    pattern: &str,
    at: Timestamp,
    account: Option<&str>,
) -> Result<Option<String>, BadBranch> {
    let pattern = pattern.trim();
    if pattern.is_empty() {
        return Ok(None);
    }
    let moment = at.to_rfc3339();
    let (date, time) = (&moment[..10], moment[11..16].replace(':', ""));
    let name = pattern
        .replace("{date}", date)
        .replace("{time}", &time)
        .replace("{account}", &slug(account.unwrap_or("next")));
    let bad = || BadBranch(pattern.chars().take(MOST_LETTERS).collect());
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    if name.len() > MOST_LETTERS || !name.chars().all(is_plain) || name == "HEAD" {
        return Err(bad());
    }
    let is_part = |part: &str| {
        !part.is_empty()
            && !part.starts_with(['.', '-'])
            && !part.ends_with('.')
            && !part.ends_with(".lock")
            && !part.contains("..")
    };
    if name.split('/').all(is_part) {
        Ok(Some(name))
    } else {
        Err(bad())
    }
}

/// Words as a part of a name.
fn slug(text: &str) -> String {
    let letters: String = text
        .chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() => c.to_ascii_lowercase(),
            _ => '-',
        })
        .collect();
    let parts: Vec<&str> = letters.split('-').filter(|part| !part.is_empty()).collect();
    match parts.is_empty() {
        true => "next".to_owned(),
        false => parts.join("-"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-26T04:08:00Z
    const AT: Timestamp = Timestamp(1_795_666_080_000);

    #[test]
    fn a_pattern_is_filled_and_what_git_would_refuse_is_none() {
        let name = |pattern: &str, account| branch_name(pattern, AT, account);
        assert_eq!(
            name("krake/handoff-{date}-{time}", None)
                .unwrap()
                .as_deref(),
            Some("krake/handoff-2026-11-26-0408")
        );
        assert_eq!(
            name("to/{account}", Some("Claude Max (Büro)"))
                .unwrap()
                .as_deref(),
            Some("to/claude-max-b-ro")
        );
        assert_eq!(
            name("to/{account}", Some("קלוד")).unwrap().as_deref(),
            Some("to/next")
        );
        assert_eq!(name(" ", None), Ok(None));
        for bad in [
            "-f",
            "a b",
            "a..b",
            "/a",
            "a/",
            "a//b",
            "a.lock",
            "a/.b",
            "HEAD",
            "a~1",
            "a:b",
            "@{u}",
            "{user}",
            "a.",
            &"a".repeat(121),
        ] {
            assert!(name(bad, None).is_err(), "{bad}");
        }
    }
}
