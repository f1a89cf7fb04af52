//! The files below a folder that a person would call theirs: hidden and ignored ones are left out.

use ignore::overrides::{Override, OverrideBuilder};

use tokio_util::sync::CancellationToken;

use crate::EdgeError;
use crate::path::InnerPath;
use crate::root::{Kind, Root};

/// Names of files by pattern, as in `.gitignore`; `!` leaves out. No pattern takes every file.
pub struct Globs(Override);

impl Globs {
    /// # Errors
    /// [`EdgeError::BadPath`] with the pattern that cannot be read.
    pub fn parse(root: &Root, patterns: &[String]) -> Result<Self, EdgeError> {
        let mut builder = OverrideBuilder::new(root.canonical());
        for pattern in patterns {
            let bad = |_| EdgeError::BadPath {
                path: pattern.clone(),
                why: "it is no pattern of file names",
            };
            builder.add(pattern).map_err(bad)?;
        }
        let bad = |_| EdgeError::BadPath {
            path: patterns.join(", "),
            why: "these are no patterns of file names",
        };
        builder.build().map(Self).map_err(bad)
    }
}

/// Calls `visit` for each regular file below `path` in the order of names, until it says stop.
/// `.gitignore` and `.ignore` count with and without a repository; links are not followed; what
/// cannot be read is passed over.
///
/// # Errors
/// [`EdgeError::Cancelled`]; the start does not exist or lies outside.
pub fn walk(
    root: &Root,
    path: &InnerPath,
    globs: &Globs,
    cancel: &CancellationToken,
    mut visit: impl FnMut(InnerPath) -> std::ops::ControlFlow<()>,
) -> Result<(), EdgeError> {
    let start = root.resolve(path)?;
    match root.find_entry(&start)? {
        None => {
            return Err(EdgeError::NotFound {
                what: format!("`{}`", root.shown(path)),
            });
        }
        Some(entry) if entry.kind == Kind::File => {
            _ = visit(start);
            return Ok(());
        }
        Some(_) => {}
    }
    let walker = ignore::WalkBuilder::new(root.canonical().join(start.as_path()))
        .hidden(true)
        .follow_links(false)
        .require_git(false)
        .git_global(false)
        .sort_by_file_name(|a, b| a.cmp(b))
        .build();
    for entry in walker.flatten() {
        if cancel.is_cancelled() {
            let what = format!("the walk through `{}`", root.shown(path));
            return Err(EdgeError::Cancelled { what });
        }
        if !entry.file_type().is_some_and(|kind| kind.is_file())
            || globs.0.matched(entry.path(), false).is_ignore()
        {
            continue;
        }
        let Ok(inner) = entry.path().strip_prefix(root.canonical()) else {
            continue;
        };
        let inner: std::path::PathBuf = inner
            .components()
            .filter(|c| matches!(c, std::path::Component::Normal(_)))
            .collect();
        if visit(InnerPath::found(&inner)).is_break() {
            return Ok(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::ControlFlow;

    fn walked(root: &Root, start: &str, patterns: &[&str]) -> Vec<String> {
        let patterns: Vec<String> = patterns.iter().map(|&pattern| pattern.to_owned()).collect();
        let globs = Globs::parse(root, &patterns).unwrap();
        let mut found = Vec::new();
        let start = InnerPath::parse(start).unwrap();
        walk(root, &start, &globs, &CancellationToken::new(), |path| {
            found.push(path.display());
            ControlFlow::Continue(())
        })
        .unwrap();
        found
    }

    #[test]
    fn ignored_and_hidden_files_are_left_out_also_when_a_pattern_names_them() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            (".gitignore", "out/\nskip.rs\n"),
            ("a.rs", ""),
            ("skip.rs", ""),
            ("out/b.rs", ""),
            (".hidden/c.rs", ""),
            ("src/d.rs", ""),
            ("src/e.md", ""),
        ] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let root = Root::open(folder.path()).unwrap();
        assert_eq!(walked(&root, ".", &[]), ["a.rs", "src/d.rs", "src/e.md"]);
        assert_eq!(walked(&root, ".", &["*.rs"]), ["a.rs", "src/d.rs"]);
        assert_eq!(walked(&root, ".", &["!*.rs"]), ["src/e.md"]);
        assert_eq!(walked(&root, "src", &[]), ["src/d.rs", "src/e.md"]);
        assert_eq!(walked(&root, "src/d.rs", &[]), ["src/d.rs"]);
        assert!(Globs::parse(&root, &["[".to_owned()]).is_err());

        let cancel = CancellationToken::new();
        cancel.cancel();
        let none = Globs::parse(&root, &["*.none".to_owned()]).unwrap();
        let start = InnerPath::parse(".").unwrap();
        let walked = walk(&root, &start, &none, &cancel, |_| ControlFlow::Continue(()));
        assert!(matches!(walked, Err(EdgeError::Cancelled { .. })));
    }
}
