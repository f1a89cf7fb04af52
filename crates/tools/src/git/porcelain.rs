//! `git status --porcelain=v2 --branch -z`, as documented in git-status(1).

use crate::git::changes::word;

/// What git is asked for every file that differs from HEAD, each on its own; paths come after it.
pub const EACH_FILE: [&str; 8] = [
    "status",
    "--porcelain=v2",
    "-z",
    "--branch",
    "--untracked-files=all",
    "--no-renames",
    "--ignore-submodules=all",
    "--",
];

/// Where the work tree stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Status {
    /// Absent on a repository without commits.
    pub head: Option<String>,
    /// Absent where no branch is checked out.
    pub branch: Option<String>,
    pub upstream: Option<String>,
    pub ahead: Option<u64>,
    pub behind: Option<u64>,
    pub entries: Vec<Entry>,
}

/// One path that differs from HEAD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// From the top of the work tree.
    pub path: String,
    pub from: Option<String>,
    pub state: &'static str,
    pub staged: bool,
    pub unstaged: bool,
}

/// Reads the tokens; lines of kinds that a later git may add are passed over.
pub fn parse(tokens: impl Iterator<Item = String>) -> Status {
    let mut tokens = tokens;
    let mut status = Status::default();
    while let Some(token) = tokens.next() {
        let Some((kind, rest)) = token.split_once(' ') else {
            continue;
        };
        match kind {
            "#" => header(rest, &mut status),
            "1" => status.entries.extend(changed(rest, 7, None)),
            "2" => {
                let from = tokens.next();
                status.entries.extend(changed(rest, 8, from));
            }
            "u" => status.entries.extend(
                rest.splitn(10, ' ')
                    .nth(9)
                    .map(|path| plain(path, "conflicted", true)),
            ),
            "?" => status.entries.push(plain(rest, "untracked", false)),
            _ => {}
        }
    }
    status
}

fn header(line: &str, status: &mut Status) {
    match line.split_once(' ') {
        Some(("branch.oid", id)) if id != "(initial)" => status.head = Some(id.to_owned()),
        Some(("branch.head", name)) if name != "(detached)" => {
            status.branch = Some(name.to_owned())
        }
        Some(("branch.upstream", name)) => status.upstream = Some(name.to_owned()),
        Some(("branch.ab", counts)) => {
            let mut numbers = counts
                .split(' ')
                .map(|number| number.trim_start_matches(['+', '-']).parse().ok());
            status.ahead = numbers.next().flatten();
            status.behind = numbers.next().flatten();
        }
        _ => {}
    }
}

/// A path stands after `skip` fields; the first is one letter for the index and one for the files.
fn changed(fields: &str, skip: usize, from: Option<String>) -> Option<Entry> {
    let path = fields.splitn(skip + 1, ' ').nth(skip)?.to_owned();
    let mut letters = fields.chars();
    let (index, files) = (letters.next()?, letters.next()?);
    // What happened to the file as a whole counts more than a change within it.
    let letter = ['D', 'A', 'R', 'C', 'T']
        .into_iter()
        .find(|letter| [index, files].contains(letter))
        .unwrap_or('M');
    Some(Entry {
        path,
        from,
        state: word(letter),
        staged: index != '.',
        unstaged: files != '.',
    })
}

fn plain(path: &str, state: &'static str, staged: bool) -> Entry {
    Entry {
        path: path.to_owned(),
        from: None,
        state,
        staged,
        unstaged: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::repository::split;

    #[test]
    fn reads_every_kind_of_line() {
        let bytes = b"# branch.oid 12ab\0# branch.head main\0# branch.upstream origin/main\0# branch.ab +3 -2\0\
            1 .M N... 100644 100644 100644 a a b c.md\x002 R. N... 100644 100644 100644 a a R100 new\0old\0\
            1 AD N... 0 1 0 a a x\0u UU N... 1 2 3 4 a b c both\0? notes/\0! skipped\0";
        let status = parse(split(bytes));
        assert_eq!(
            (status.head.as_deref(), status.branch.as_deref()),
            (Some("12ab"), Some("main"))
        );
        assert_eq!(
            (status.upstream.as_deref(), status.ahead, status.behind),
            (Some("origin/main"), Some(3), Some(2))
        );
        let brief: Vec<_> = status
            .entries
            .iter()
            .map(|e| (e.path.as_str(), e.state, e.staged, e.unstaged))
            .collect();
        assert_eq!(
            brief,
            [
                ("b c.md", "modified", false, true),
                ("new", "renamed", true, false),
                ("x", "deleted", true, true),
                ("both", "conflicted", true, true),
                ("notes/", "untracked", false, true),
            ]
        );
        assert_eq!(status.entries[1].from.as_deref(), Some("old"));
        let empty = parse(split(b"# branch.oid (initial)\0# branch.head (detached)\0"));
        assert_eq!(empty, Status::default());
    }
}
