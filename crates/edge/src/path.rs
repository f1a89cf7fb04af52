//! A path inside a root, checked before anything is opened.

use std::path::{Component, Path, PathBuf};

use crate::EdgeError;

/// A relative path of plain components: no `..`, nothing absolute, no control characters. Where its
/// links lead is found out when it is opened.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct InnerPath(PathBuf);

impl InnerPath {
    /// Reads what a person or a plan wrote; `.` is the root itself.
    ///
    /// # Errors
    /// [`EdgeError::BadPath`] that says which rule is broken.
    pub fn parse(text: &str) -> Result<Self, EdgeError> {
        let bad = |why| EdgeError::BadPath {
            path: text.escape_debug().to_string(),
            why,
        };
        if text.is_empty() {
            return Err(bad("it is empty"));
        }
        if text.chars().any(char::is_control) {
            return Err(bad("it holds a control character"));
        }
        // Windows forms are refused everywhere, so that a plan means the same on every platform.
        let drive =
            text.as_bytes().get(1) == Some(&b':') && text.as_bytes()[0].is_ascii_alphabetic();
        if text.starts_with(['/', '\\']) || drive {
            return Err(bad("it is absolute; write it relative to the root"));
        }
        let mut plain = PathBuf::new();
        for component in Path::new(text).components() {
            match component {
                Component::Normal(name) => plain.push(name),
                Component::CurDir => {}
                Component::ParentDir => return Err(bad("it climbs with `..`")),
                Component::RootDir | Component::Prefix(_) => return Err(bad("it is absolute")),
            }
        }
        Ok(Self(plain))
    }

    /// A path that came from the file system itself, relative to the root.
    #[must_use]
    pub fn found(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The path as `cap-std` takes it: `.` for the root.
    #[must_use]
    pub fn as_path(&self) -> &Path {
        if self.0.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.0
        }
    }

    /// The text with `/` between components; bytes that are no UTF-8 are replaced.
    #[must_use]
    pub fn display(&self) -> String {
        let names: Vec<_> = self.0.iter().map(|name| name.to_string_lossy()).collect();
        if names.is_empty() {
            ".".to_owned()
        } else {
            names.join("/")
        }
    }

    /// The folder that holds it and its name there; absent for the root itself.
    #[must_use]
    pub fn split(&self) -> Option<(Self, &Path)> {
        let name = self.0.file_name()?;
        Some((
            Self(self.0.parent().unwrap_or(Path::new("")).to_owned()),
            Path::new(name),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_that_would_leave_the_root_are_refused() {
        for text in [
            "",
            "/etc/passwd",
            "..",
            "../x",
            "a/../../x",
            "a/..",
            "./..",
            "\\\\server\\share",
            "\\x",
            "C:\\x",
            "c:x",
            "a\0b",
            "a\nb",
            "a\u{1b}[2J",
            "//x",
        ] {
            assert!(InnerPath::parse(text).is_err(), "{text:?} was accepted");
        }
    }

    #[test]
    fn plain_spellings_are_kept() {
        for (text, shown) in [
            (".", "."),
            ("./a//b/.", "a/b"),
            ("a/b.md", "a/b.md"),
            ("...", "..."),
            ("a..b", "a..b"),
        ] {
            assert_eq!(InnerPath::parse(text).unwrap().display(), shown);
        }
    }
}
