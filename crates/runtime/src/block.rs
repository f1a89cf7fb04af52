//! Our block inside a file of the user's own, such as `AGENTS.md`: read, put in its place, written
//! as a whole, or left as it was.

use std::path::{Path, PathBuf};

use krake_domain::hash::Hash;
use krake_edge::EdgeError;
use krake_edge::home::expand_home;
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use krake_engine::context::{Marks, Unpaired, put_block};

/// The largest file that is taken for a text of instructions.
const MOST_BYTES: u64 = 4 << 20;

/// Why the block was not written; the file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    #[error("{0} is not the path of a file")]
    NoFile(String),
    #[error("{0} is no text: it is left alone")]
    NoText(String),
    #[error("{path}: {unpaired}")]
    Unpaired { path: String, unpaired: Unpaired },
    #[error(transparent)]
    Edge(#[from] EdgeError),
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it stands, links resolved.
    pub path: PathBuf,
    /// Whether the file is another one now.
    pub changed: bool,
}

/// Puts `body` between the marks of the file at `path` (`~` is the home folder); the file is made
/// where there is none, its folder is not. It waits for the disk: not for an async task.
///
/// # Errors
/// [`BlockError`].
pub fn write_block(path: &str, marks: Marks, body: &str) -> Result<Written, BlockError> {
    change(path, |text| put_block(text, marks, body))
}

/// Takes the block out where exactly `body` stands in it; a later one stays. With `made` the file goes
/// as well where nothing else is left in it. As [`write_block`] else.
///
/// # Errors
/// [`BlockError`].
pub fn take_block_out(
    path: &str,
    marks: Marks,
    body: &str,
    made: bool,
) -> Result<Written, BlockError> {
    let place = Place::of(path)?;
    let (bytes, text) = place.text()?;
    let unpaired = |unpaired| place.unpaired(unpaired);
    let stands =
        text.contains(marks.begins) && put_block(&text, marks, body).map_err(unpaired)? == text;
    if !stands {
        return Ok(place.written(false));
    }
    let rest = put_block(&text, marks, "").map_err(unpaired)?;
    let hash = Hash::of(bytes.as_deref().unwrap_or_default());
    if made && rest.trim().is_empty() {
        place.root.remove(&place.inner, hash)?;
    } else {
        // Whoever wrote to it in between keeps what they wrote.
        place
            .root
            .write(&place.inner, rest.as_bytes(), Some(hash))?;
    }
    Ok(place.written(true))
}

/// What a file is but for our block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beside {
    /// There is no file.
    Absent,
    /// Nothing but the block.
    Nothing,
    /// It holds something else, or no block.
    Something,
}

/// What stands beside the block. It waits for the disk as well.
///
/// # Errors
/// [`BlockError`].
pub fn beside_block(path: &str, marks: Marks) -> Result<Beside, BlockError> {
    let place = Place::of(path)?;
    let (bytes, text) = place.text()?;
    if bytes.is_none() {
        return Ok(Beside::Absent);
    }
    let rest = put_block(&text, marks, "").map_err(|unpaired| place.unpaired(unpaired))?;
    Ok(if rest.trim().is_empty() && rest != text {
        Beside::Nothing
    } else {
        Beside::Something
    })
}

fn change(
    path: &str,
    change: impl FnOnce(&str) -> Result<String, Unpaired>,
) -> Result<Written, BlockError> {
    let place = Place::of(path)?;
    let (bytes, text) = place.text()?;
    let after = change(&text).map_err(|unpaired| place.unpaired(unpaired))?;
    let changed = after != text;
    if changed {
        // Whoever wrote to it in between keeps what they wrote.
        let expected = bytes.as_deref().map(Hash::of);
        place.root.write(&place.inner, after.as_bytes(), expected)?;
    }
    Ok(place.written(changed))
}

/// A file in its folder.
struct Place {
    root: Root,
    inner: InnerPath,
    name: String,
}

impl Place {
    fn of(path: &str) -> Result<Self, BlockError> {
        let whole = expand_home(path)?;
        let name = whole.file_name().and_then(|name| name.to_str());
        let name = name.ok_or_else(|| BlockError::NoFile(path.to_owned()))?;
        let folder = match whole.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        Ok(Self {
            root: Root::open(folder)?,
            inner: InnerPath::parse(name)?,
            name: name.to_owned(),
        })
    }

    /// Its bytes, where it is there, and the text that they are.
    fn text(&self) -> Result<(Option<Vec<u8>>, String), BlockError> {
        let is_there = self.root.exists(&self.inner)?;
        let present = is_there.then(|| self.root.read(&self.inner, MOST_BYTES));
        let present = present.transpose()?;
        let shown = || self.root.shown(&self.inner);
        if let Some(head) = present.as_ref().filter(|head| head.truncated) {
            return Err(BlockError::Edge(EdgeError::TooLarge {
                what: format!("{} ({} bytes)", shown(), head.total_bytes),
                cap: MOST_BYTES,
            }));
        }
        let bytes = present.map(|head| head.bytes);
        let text = std::str::from_utf8(bytes.as_deref().unwrap_or_default())
            .map_err(|_| BlockError::NoText(shown()))?
            .to_owned();
        Ok((bytes, text))
    }

    fn unpaired(&self, unpaired: Unpaired) -> BlockError {
        BlockError::Unpaired {
            path: self.root.shown(&self.inner),
            unpaired,
        }
    }

    fn written(&self, changed: bool) -> Written {
        Written {
            path: self.root.canonical().join(&self.name),
            changed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use krake_engine::context::KNOWLEDGE;

    #[test]
    fn the_block_comes_and_goes_and_nothing_else_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("AGENTS.md");
        let text = path.to_str().unwrap();
        let write = |body| write_block(text, KNOWLEDGE, body);
        assert!(!write("").unwrap().changed);
        assert!(!path.exists(), "an empty block makes no file");
        assert!(write("one").unwrap().changed);
        std::fs::write(
            &path,
            format!("# Mine\n\n{}", std::fs::read_to_string(&path).unwrap()),
        )
        .unwrap();
        assert!(write("two").unwrap().changed);
        assert!(!write("two").unwrap().changed);
        let now = std::fs::read_to_string(&path).unwrap();
        assert!(now.starts_with("# Mine\n") && now.contains("two") && !now.contains("one"));
        // Only what stands there is taken out.
        let take_out = |body, made| take_block_out(text, KNOWLEDGE, body, made).unwrap();
        assert!(!take_out("one", true).changed);
        assert!(take_out("two", true).changed);
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "# Mine\n\n");
        assert!(!take_out("two", true).changed);
        write("three").unwrap();
        write("").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "# Mine\n\n");
    }

    #[test]
    fn a_file_that_was_made_for_the_block_goes_with_it_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("AGENTS.md");
        let text = path.to_str().unwrap();
        let beside = || beside_block(text, KNOWLEDGE).unwrap();
        assert_eq!(beside(), Beside::Absent);
        for made in [true, false] {
            write_block(text, KNOWLEDGE, "one").unwrap();
            assert_eq!(beside(), Beside::Nothing);
            assert!(
                take_block_out(text, KNOWLEDGE, "one", made)
                    .unwrap()
                    .changed
            );
            assert_eq!(path.exists(), !made);
        }
        assert_eq!(beside(), Beside::Something, "empty, and not by us");
    }

    #[test]
    fn what_is_no_text_or_has_lost_a_mark_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("AGENTS.md");
        let text = path.to_str().unwrap();
        for bytes in [&[0xff, 0xfe][..], KNOWLEDGE.begins.as_bytes()] {
            std::fs::write(&path, bytes).unwrap();
            assert!(write_block(text, KNOWLEDGE, "one").is_err());
            assert_eq!(std::fs::read(&path).unwrap(), bytes);
        }
        let nowhere = folder.path().join("no/AGENTS.md");
        let error = write_block(nowhere.to_str().unwrap(), KNOWLEDGE, "one").unwrap_err();
        assert!(
            matches!(error, BlockError::Edge(EdgeError::NotFound { .. })),
            "{error}"
        );
    }
}
