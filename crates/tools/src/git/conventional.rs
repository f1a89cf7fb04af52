//! A message in the form of Conventional Commits 1.0.0: `type(scope)!: title`.

use schemars::JsonSchema;
use serde::Serialize;

/// What a message says in that form.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Conventional {
    /// In lower case: `feat`, `fix` …
    #[serde(rename = "type")]
    kind: String,
    scope: Option<String>,
    /// `!` before the colon, or a footer `BREAKING CHANGE`.
    breaking: bool,
    /// What stands behind the colon.
    title: String,
}

impl Conventional {
    /// None where the subject has another form.
    pub fn parse(subject: &str, body: &str) -> Option<Self> {
        let (head, title) = subject.split_once(": ")?;
        let (head, marked) = match head.strip_suffix('!') {
            Some(head) => (head, true),
            None => (head, false),
        };
        let (kind, scope) = match head.split_once('(') {
            Some((kind, rest)) => (kind, Some(rest.strip_suffix(')')?)),
            None => (head, None),
        };
        let is_kind = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
        let is_scope = scope.is_none_or(|scope| !scope.is_empty() && !scope.contains(['(', ')']));
        let title = title.trim();
        if !is_kind || !is_scope || title.is_empty() {
            return None;
        }
        let breaks = |line: &str| {
            line.starts_with("BREAKING CHANGE: ") || line.starts_with("BREAKING-CHANGE: ")
        };
        Some(Self {
            kind: kind.to_ascii_lowercase(),
            scope: scope.map(str::to_owned),
            breaking: marked || body.lines().any(breaks),
            title: title.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects() {
        for (subject, expected) in [
            ("feat: a", Some(("feat", None, false, "a"))),
            ("Fix(ui): b: c", Some(("fix", Some("ui"), false, "b: c"))),
            ("feat(api)!: d", Some(("feat", Some("api"), true, "d"))),
            ("chore!:  e ", Some(("chore", None, true, "e"))),
            ("feat(a b/c): f", Some(("feat", Some("a b/c"), false, "f"))),
            ("feat:g", None),
            ("feat: ", None),
            (": x", None),
            ("feat(): x", None),
            ("feat(a: x", None),
            ("feat((a)): x", None),
            ("feat !: x", None),
            ("two words: x", None),
            ("Merge branch 'x'", None),
            ("", None),
        ] {
            let found = Conventional::parse(subject, "");
            let found = found.as_ref().map(|found| {
                (
                    found.kind.as_str(),
                    found.scope.as_deref(),
                    found.breaking,
                    found.title.as_str(),
                )
            });
            assert_eq!(found, expected, "{subject}");
        }
        let footer = "why\n\nBREAKING CHANGE: gone";
        assert!(Conventional::parse("fix: a", footer).unwrap().breaking);
        assert!(
            !Conventional::parse("fix: a", "no BREAKING CHANGE: here")
                .unwrap()
                .breaking
        );
    }
}
