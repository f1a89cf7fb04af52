//! Outputs of other tools as facts for a briefing: commits, changed files, open TODOs.

use krake_engine::context::Fact;
use serde_json::Value;

/// The facts in the output of `git.log`: `{commits: [{short, hash, subject, files: [{path}]}]}`.
pub fn commits(output: &Value) -> Vec<Fact> {
    list(output, "commits")
        .filter_map(|commit| {
            let hash = text(commit, "short").or_else(|| text(commit, "hash"))?;
            Some(Fact::Commit {
                hash: hash.chars().take(40).collect(),
                subject: text(commit, "subject")?,
                files: list(commit, "files").filter_map(path).collect(),
            })
        })
        .collect()
}

/// The facts in the output of `git.diff` or `git.status`: `{files: [{path, added, removed, status}], patch}`.
pub fn changes(output: &Value) -> Vec<Fact> {
    let patch = output
        .get("patch")
        .and_then(Value::as_str)
        .unwrap_or_default();
    list(output, "files")
        .chain(list(output, "entries"))
        .chain(list(output, "changes"))
        .filter_map(|file| {
            let path = path(file)?;
            let count = |key: &str| file.get(key).and_then(Value::as_u64).unwrap_or(0);
            Some(Fact::ChangedFile {
                line: first_changed_line(patch, &path),
                added: count("added"),
                removed: count("removed"),
                status: text(file, "status").unwrap_or_default(),
                path,
            })
        })
        .collect()
}

/// The facts in the output of `fs.search`: `{hits: [{path, line, text}]}`.
pub fn todos(output: &Value) -> Vec<Fact> {
    list(output, "hits")
        .filter_map(|hit| {
            Some(Fact::OpenTodo {
                path: path(hit)?,
                line: u32::try_from(hit.get("line")?.as_u64()?).ok()?,
                text: text(hit, "text")?,
            })
        })
        .collect()
}

/// The entries of a field, or of the output itself where it is a list.
fn list<'a>(output: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    let entries = output.get(key).and_then(Value::as_array);
    let itself = output.as_array().filter(|_| entries.is_none());
    entries.or(itself).into_iter().flatten()
}

fn path(value: &Value) -> Option<String> {
    value
        .as_str()
        .map(str::to_owned)
        .or_else(|| text(value, "path"))
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key).and_then(Value::as_str).map(str::to_owned)
}

/// The line of the new file at which its first hunk begins.
fn first_changed_line(patch: &str, path: &str) -> Option<u32> {
    let mut lines = patch.lines();
    let header = format!("+++ b/{path}");
    lines.find(|line| *line == header)?;
    let hunk = lines.next()?.strip_prefix("@@ ")?;
    let new = hunk.split_whitespace().find(|part| part.starts_with('+'))?;
    new.trim_start_matches('+').split(',').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn outputs_of_the_tools_become_facts() {
        let log = json!({"commits": [{"hash": "a1b2c3d4e5", "short": "a1b2c3d", "subject": "Count in cents", "files": [{"path": "src/cart.rs", "added": 3, "removed": null}]}]});
        assert_eq!(
            commits(&log),
            [Fact::Commit {
                hash: "a1b2c3d".into(),
                subject: "Count in cents".into(),
                files: vec!["src/cart.rs".into()]
            }]
        );
        let diff = json!({"files": [{"path": "src/cart.rs", "added": 3, "removed": 1, "status": "modified"}], "patch": "--- a/src/cart.rs\n+++ b/src/cart.rs\n@@ -10,2 +12,4 @@ fn total\n"});
        assert_eq!(
            changes(&diff),
            [Fact::ChangedFile {
                path: "src/cart.rs".into(),
                line: Some(12),
                added: 3,
                removed: 1,
                status: "modified".into()
            }]
        );
        let hits = json!({"hits": [{"path": "src/a.rs", "line": 4, "text": "// later: round"}, {"path": "x"}]});
        assert_eq!(todos(&hits).len(), 1);
        assert!(commits(&json!(null)).is_empty() && changes(&json!("x")).is_empty());
    }
}
