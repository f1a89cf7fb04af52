//! A text as a file of its own, where none lies yet.
//!
//! It is not for files that somebody keeps by hand: into those our block goes (`block.rs`).
//!
//! **Invariant:** what lies there already is never written over.

use std::io::Write as _;
use std::path::PathBuf;

use krake_edge::EdgeError;
use krake_edge::home::expand_home;
use krake_edge::new_file::NewFile;

/// Why the file was not made.
#[derive(Debug, thiserror::Error)]
pub enum NewTextError {
    #[error("there is a file already at {0}")]
    Taken(String),
    #[error(transparent)]
    Edge(#[from] EdgeError),
}

/// Makes the file at `path` (`~` is the home folder) and says where it lies; its folder is there. It
/// waits for the disk: not for an async task.
///
/// # Errors
/// [`NewTextError`].
pub fn write_new(path: &str, text: &str) -> Result<PathBuf, NewTextError> {
    let whole = expand_home(path)?;
    let shown = whole.display().to_string();
    let sort = |error| match error {
        EdgeError::Changed { .. } => NewTextError::Taken(shown.clone()),
        error => NewTextError::Edge(error),
    };
    let mut file = NewFile::begin(&whole).map_err(sort)?;
    file.write_all(text.as_bytes())
        .map_err(|error| EdgeError::from_io(&shown, error))?;
    file.finish().map_err(sort)?;
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_made_once_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("shop.md");
        let text = path.to_str().unwrap();
        assert_eq!(write_new(text, "one\n").unwrap(), path);
        let again = write_new(text, "two\n").unwrap_err();
        assert!(matches!(again, NewTextError::Taken(_)), "{again}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "one\n");
        let nowhere = folder.path().join("no/shop.md");
        let lost = write_new(nowhere.to_str().unwrap(), "one\n").unwrap_err();
        assert!(matches!(lost, NewTextError::Edge(_)), "{lost}");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
