//! Rules on the text of our own source files.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::command::{capture, root};

const MAX_LINES: usize = 500;
const EXTENSIONS: &[&str] = &["rs", "ts", "tsx", "mjs"];

/// Written by a generator, whose test checks them.
const GENERATED: &[&str] = &["ui/src/backend/generated.ts", "src-tauri/gen/"];

pub fn check() -> Result<Vec<String>> {
    // Tracked files and new ones that git would track, so that `.gitignore` is the one list of
    // what is not ours.
    let list = capture(
        Command::new("git")
            // A clone that another user made, as in many a container, is still this repository.
            .args(["-c", "safe.directory=*", "ls-files", "-z"])
            .args(["--cached", "--others", "--exclude-standard"])
            .current_dir(root()),
    )?;
    let mut findings = Vec::new();
    for path in list.split('\0').filter(|path| is_ours(path)) {
        // A file that git still knows and that is gone here has no text to check.
        if let Ok(text) = fs::read_to_string(root().join(path)) {
            findings.extend(what_is_wrong(path, &text, is_root_of_module(path)));
        }
    }
    Ok(findings)
}

fn is_ours(path: &str) -> bool {
    let extension = Path::new(path).extension().and_then(|text| text.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
        && !GENERATED
            .iter()
            .any(|generated| path.starts_with(generated))
}

/// The file of a crate or of a folder module.
fn is_root_of_module(path: &str) -> bool {
    let path = Path::new(path);
    let name = path.file_name().and_then(|name| name.to_str());
    matches!(name, Some("lib.rs" | "main.rs" | "mod.rs"))
        || (name.is_some_and(|name| name.ends_with(".rs"))
            && root().join(path.with_extension("")).is_dir())
}

fn what_is_wrong(path: &str, text: &str, is_root_of_module: bool) -> Vec<String> {
    let mut findings = Vec::new();
    let count = text.lines().count();
    if count > MAX_LINES {
        findings.push(format!(
            "{path}: {count} lines, at most {MAX_LINES}: split it by concept"
        ));
    }
    if is_root_of_module && !opens_with_purpose(text) {
        findings.push(format!(
            "{path}:1: must open with `//!` and say what it is for"
        ));
    }
    for (index, line) in text.lines().enumerate() {
        let rest = || text.lines().skip(index);
        let wrong = wrong_comment(line)
            .or_else(|| wrong_attribute(line, rest()))
            .or_else(|| opened_secret(path, line));
        if let Some(wrong) = wrong {
            findings.push(format!("{path}:{}: {wrong}", index + 1));
        }
    }
    findings
}

fn opens_with_purpose(text: &str) -> bool {
    text.trim_start()
        .lines()
        .next()
        .and_then(|line| line.strip_prefix("//!"))
        .is_some_and(|purpose| !purpose.trim().is_empty())
}

fn wrong_comment(line: &str) -> Option<String> {
    let comment = line
        .trim_start()
        .strip_prefix("//")?
        .trim_start_matches(['/', '!', ' ']);
    ["TODO", "FIXME", "XXX"]
        .iter()
        .find(|mark| {
            comment
                .strip_prefix(**mark)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '(']))
        })
        .map(|mark| format!("`{mark}` comment: do it, or open an issue"))
}

/// A secret is opened on the way out and in the tests of its own type.
fn opened_secret(path: &str, line: &str) -> Option<String> {
    let is_at_home = ["crates/edge/", "crates/domain/src/secret.rs", "xtask/"]
        .iter()
        .any(|home| path.starts_with(home));
    let opens = ["open_for(", "open_here("]
        .iter()
        .any(|call| line.contains(call));
    (opens && !is_at_home).then(|| "a secret is opened only in `edge`".to_owned())
}

/// A lint is never silenced without a reason, and `expect` says when the reason has gone.
fn wrong_attribute<'a>(line: &str, rest: impl Iterator<Item = &'a str>) -> Option<String> {
    let line = line.trim_start();
    if !line.starts_with("#[") && !line.starts_with("#![") {
        return None;
    }
    let mut attribute = String::new();
    for line in rest {
        attribute.push_str(line.trim());
        if line.trim_end().ends_with(']') {
            break;
        }
    }
    if attribute.contains("allow(") {
        return Some("`allow` silences a lint for good: use `#[expect(…, reason = \"…\")]`".into());
    }
    let silences = attribute.starts_with("#[expect(") || attribute.starts_with("#![expect(");
    (silences && !attribute.contains("reason")).then(|| "`expect` needs `reason = \"…\"`".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_or_folder_module_says_what_it_is_for() {
        assert!(what_is_wrong("a/lib.rs", "//! Nouns.\n", true).is_empty());
        assert!(what_is_wrong("a/id.rs", "use x;\n", false).is_empty());
        for text in ["use x;\n", "//!\nuse x;\n", ""] {
            assert_eq!(what_is_wrong("a/lib.rs", text, true).len(), 1, "{text:?}");
        }
    }

    #[test]
    fn a_long_file_is_found() {
        assert!(what_is_wrong("a.rs", &"x\n".repeat(MAX_LINES), false).is_empty());
        let findings = what_is_wrong("a.rs", &"x\n".repeat(MAX_LINES + 1), false);
        assert!(findings[0].starts_with("a.rs: 501 lines"), "{findings:?}");
    }

    #[test]
    fn a_silenced_lint_needs_its_reason() {
        let findings = |text: &str| what_is_wrong("a.rs", text, false);
        for text in [
            "#[expect(dead_code, reason = \"the row says so\")]\n",
            "    #![expect(\n        clippy::print_stdout,\n        reason = \"a terminal\"\n    )]\n",
            "#[derive(Debug)]\nlet allow = allow(x);\n",
            "let text = \"#[allow(dead_code)]\";\n",
        ] {
            assert!(findings(text).is_empty(), "{text}");
        }
        for text in [
            "#[allow(dead_code)]\n",
            "x\n    #![allow(\n    clippy::all\n)]\n",
            "#[cfg_attr(test, allow(dead_code))]\n",
            "#[expect(dead_code)]\n",
        ] {
            assert_eq!(findings(text).len(), 1, "{text}");
        }
        assert!(findings("x\n#[allow(y)]\n")[0].starts_with("a.rs:2:"));
    }

    #[test]
    fn a_secret_stays_closed_until_the_way_out() {
        let line = "secret.open_for(&origin)\n";
        assert!(what_is_wrong("crates/edge/src/http/request.rs", line, false).is_empty());
        assert_eq!(
            what_is_wrong("crates/llm/src/call.rs", line, false).len(),
            1
        );
    }

    #[test]
    fn an_open_end_is_not_left_in_a_comment() {
        let mark = "TODO";
        for text in [
            format!("// {mark}: later"),
            format!("    //{mark}"),
            format!("/// {mark}(me) x"),
        ] {
            assert_eq!(what_is_wrong("a.rs", &text, false).len(), 1, "{text}");
        }
        let about_them = format!("// {mark} lines of a repository are counted");
        assert!(what_is_wrong("a.rs", &about_them, false).is_empty());
    }
}
