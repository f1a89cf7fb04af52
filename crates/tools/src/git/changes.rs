//! What a comparison changed, read from `--raw --numstat -z`, alone or between other output.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

/// One changed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FileChange {
    /// Relative to the root.
    pub path: String,
    /// The name before, where it was renamed or copied.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Lines; absent for a file that is no text or not compared.
    pub added: Option<u64>,
    pub removed: Option<u64>,
    /// `modified`, `added`, `deleted`, `renamed`, `copied`, `type_changed`, `conflicted`, `untracked`.
    pub status: &'static str,
}

/// Reads the tokens of `git diff --raw --numstat -z`.
pub fn parse(tokens: impl Iterator<Item = String>) -> Vec<FileChange> {
    let mut tokens = tokens;
    let mut changes: BTreeMap<String, FileChange> = BTreeMap::new();
    while let Some(token) = tokens.next() {
        if let Some(raw) = token.strip_prefix(':') {
            let letter = raw
                .rsplit(' ')
                .next()
                .and_then(|word| word.chars().next())
                .unwrap_or('M');
            let first = tokens.next().unwrap_or_default();
            let (from, path) = if matches!(letter, 'R' | 'C') {
                (Some(first), tokens.next().unwrap_or_default())
            } else {
                (None, first)
            };
            let change = FileChange {
                path: path.clone(),
                from,
                added: None,
                removed: None,
                status: word(letter),
            };
            changes.entry(path).or_insert(change);
        } else if let Some(counted) = Counted::parse(&token) {
            let (path, added, removed) = counted.finish(&mut tokens);
            if let Some(change) = changes.get_mut(&path) {
                (change.added, change.removed) = (added, removed);
            }
        }
    }
    changes.into_values().collect()
}

/// The word for a letter of git's raw output.
pub fn word(letter: char) -> &'static str {
    match letter {
        'A' => "added",
        'D' => "deleted",
        'R' => "renamed",
        'C' => "copied",
        'T' => "type_changed",
        'U' => "conflicted",
        _ => "modified",
    }
}

/// The beginning of a `--numstat -z` record: `added TAB removed TAB path`, or an empty path that is
/// followed by the names before and after.
#[derive(Debug, PartialEq, Eq)]
pub struct Counted {
    added: Option<u64>,
    removed: Option<u64>,
    path: String,
}

impl Counted {
    /// Reads a token; nothing where it is no such record. A number of lines is `-` for what is no text.
    pub fn parse(token: &str) -> Option<Self> {
        let mut fields = token.trim_start_matches('\n').splitn(3, '\t');
        let mut number = || {
            let text = fields.next()?;
            if text == "-" {
                Some(None)
            } else {
                text.parse::<u64>().ok().map(Some)
            }
        };
        let (added, removed) = (number()?, number()?);
        Some(Self {
            added,
            removed,
            path: fields.next()?.to_owned(),
        })
    }

    /// The name after the change and the counts; takes the two names of a rename from `tokens`.
    pub fn finish(
        self,
        tokens: &mut impl Iterator<Item = String>,
    ) -> (String, Option<u64>, Option<u64>) {
        let path = if self.path.is_empty() {
            _ = tokens.next();
            tokens.next().unwrap_or_default()
        } else {
            self.path
        };
        (path, self.added, self.removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::repository::split;

    #[test]
    fn reads_counts_renames_and_what_is_no_text() {
        let bytes = b":100644 100644 1 2 M\0a\tb\0:100644 000000 1 0 D\0gone\0:100644 100644 1 1 R086\0old\0new\0\
            3\t1\ta\tb\0-\t-\tgone\x001\t0\t\0old\0new\0";
        let changes = parse(split(bytes));
        let brief: Vec<_> = changes
            .iter()
            .map(|c| {
                (
                    c.path.as_str(),
                    c.from.as_deref(),
                    c.status,
                    c.added,
                    c.removed,
                )
            })
            .collect();
        assert_eq!(
            brief,
            [
                ("a\tb", None, "modified", Some(3), Some(1)),
                ("gone", None, "deleted", None, None),
                ("new", Some("old"), "renamed", Some(1), Some(0)),
            ]
        );
    }
}
