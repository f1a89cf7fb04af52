//! A unified diff as a person is shown it before a change.

use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use crate::size;

/// Longest diff that an assessment carries; the rest is counted, not shown.
pub const MOST_SHOWN: usize = 200_000;

/// Content above this is compared by size only.
pub const MOST_COMPARED: u64 = 8 * 1024 * 1024;

/// A diff with its counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    pub text: String,
    pub added: usize,
    pub removed: usize,
}

/// The diff that turns `old` into `new`; absent where one of them is no text.
#[must_use]
pub fn between(path: &str, old: Option<&[u8]>, new: &[u8]) -> Option<Patch> {
    let new = as_text(new)?;
    let before = as_text(old.unwrap_or_default())?;
    // The limit of time only makes a long diff coarser, never wrong.
    let diff = TextDiff::configure()
        .timeout(Duration::from_secs(1))
        .diff_lines(before, new);
    let count = |tag| {
        diff.iter_all_changes()
            .filter(|change| change.tag() == tag)
            .count()
    };
    let from = if old.is_some() {
        format!("a/{path}")
    } else {
        "/dev/null".to_owned()
    };
    let text = diff
        .unified_diff()
        .context_radius(3)
        .header(&from, &format!("b/{path}"))
        .to_string();
    Some(Patch {
        text: cut(text),
        added: count(ChangeTag::Insert),
        removed: count(ChangeTag::Delete),
    })
}

/// The text up to the cap, ending with a whole line and with a line that counts what is missing.
#[must_use]
pub fn cut(text: String) -> String {
    if text.len() <= MOST_SHOWN {
        return text;
    }
    let head = size::head(&text, MOST_SHOWN);
    let head = &head[..head.rfind('\n').map_or(head.len(), |end| end + 1)];
    let rest = &text[head.len()..];
    let missing = size::shown(rest.len() as u64);
    format!(
        "{head}… {} more lines ({missing}) are not shown\n",
        rest.lines().count()
    )
}

fn as_text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_shows_changed_lines() {
        let patch = between("x.md", Some(b"a\nb\nc\n"), b"a\nB\nc\nd\n").unwrap();
        assert_eq!((patch.added, patch.removed), (2, 1));
        assert_eq!(
            patch.text,
            "--- a/x.md\n+++ b/x.md\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n"
        );
        let new = between("x.md", None, b"a").unwrap();
        assert_eq!(
            new.text,
            "--- /dev/null\n+++ b/x.md\n@@ -0,0 +1 @@\n+a\n\\ No newline at end of file\n"
        );
        assert_eq!(between("x", Some(b"\xff"), b"a"), None);
        assert_eq!(between("x", None, b"a\0"), None);
    }

    #[test]
    fn a_long_diff_is_cut_and_says_how_much_is_missing() {
        let new = "0123456789\n".repeat(40_000);
        let patch = between("x", None, new.as_bytes()).unwrap();
        assert_eq!(patch.added, 40_000);
        assert!(patch.text.len() < MOST_SHOWN + 100);
        let last = patch.text.lines().last().unwrap();
        let shown = patch
            .text
            .lines()
            .filter(|line| line.starts_with("+0"))
            .count();
        assert!(
            last.starts_with(&format!("… {} more lines (", 40_000 - shown)),
            "{last}"
        );
    }
}
