//! What git says on its way out, sorted by what can be done about it.

use krake_domain::failure::{Failure, FailureClass};

use crate::size;

/// The failure for a refusal. Its words are those of the C locale, which every call sets.
pub fn refusal(folder: &str, said: &str) -> Failure {
    let (class, message) = if said.contains("not a git repository") {
        let way_out = "run `git init` there or name another root";
        (
            FailureClass::BadInput,
            format!("`{folder}` is no git repository; {way_out}"),
        )
    } else if said.contains("dubious ownership") {
        let top = between(said, "repository at '", "'").unwrap_or(folder);
        let way_out = format!("git config --global --add safe.directory '{top}'");
        let why = format!("`{folder}` belongs to another user, so git does not trust it");
        (
            FailureClass::NoAccess,
            format!("{why}; if you do: {way_out}"),
        )
    } else if said.contains("must be run in a work tree") {
        (
            FailureClass::BadInput,
            format!("`{folder}` is a repository without a work tree"),
        )
    } else if said.contains("index.lock") {
        let why = "another git works there, or one ended without removing its lock";
        (
            FailureClass::Unavailable,
            format!("`{folder}` is locked: {why}: {said}"),
        )
    } else if said.contains("unable to write") || said.contains("No space left") {
        (
            FailureClass::DiskFull,
            format!("git could not write in `{folder}`: {said}"),
        )
    } else {
        let said = if said.is_empty() {
            "it said nothing"
        } else {
            size::head(said, 4000)
        };
        (
            FailureClass::BadInput,
            format!("git refused in `{folder}`: {said}"),
        )
    };
    Failure::new(class, message)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(found, _)| found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_name_the_way_out() {
        let cases = [
            (
                "fatal: not a git repository (or any of the parent directories): .git",
                FailureClass::BadInput,
                "git init",
            ),
            (
                "fatal: detected dubious ownership in repository at '/x/top'",
                FailureClass::NoAccess,
                "safe.directory '/x/top'",
            ),
            (
                "fatal: this operation must be run in a work tree",
                FailureClass::BadInput,
                "without a work tree",
            ),
            (
                "fatal: Unable to create '/x/.git/index.lock': File exists.",
                FailureClass::Unavailable,
                "another git",
            ),
            (
                "error: unable to write file: No space left on device",
                FailureClass::DiskFull,
                "could not write",
            ),
            (
                "fatal: bad revision 'v9'",
                FailureClass::BadInput,
                "bad revision 'v9'",
            ),
            ("", FailureClass::BadInput, "said nothing"),
        ];
        for (said, class, part) in cases {
            let failure = refusal("/x", said);
            assert_eq!(failure.class, class, "{said}");
            assert!(
                failure.message.contains(part) && failure.message.contains("/x"),
                "{failure}"
            );
        }
    }
}
