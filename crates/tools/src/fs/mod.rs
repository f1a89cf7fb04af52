//! Files below a root.
//!
//! What it does not do: it never follows a path out of its root, and never opens what is no
//! regular file.
//! **Invariant:** every path is an [`InnerPath`] and every access goes through a [`Root`].

use krake_domain::failure::Failure;
use krake_edge::path::InnerPath;
use krake_edge::root::Root;

pub mod list;
pub mod read;
pub mod search;
pub mod write;

/// Opens the root and reads the path as written in the arguments.
pub fn open(root: &str, path: &str) -> Result<(Root, InnerPath), Failure> {
    let path = InnerPath::parse(path)?;
    Ok((Root::open_written(root)?, path))
}
