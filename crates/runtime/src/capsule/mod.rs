//! Capsules: a project or everything in one file of open formats, and back again.
//!
//! What it deliberately does not do: no rows (the store does those), no windows. It runs nothing of
//! what comes in.
//! **Invariant:** no secret that is recognised leaves in a capsule or comes in with one, and a capsule
//! that is refused has changed nothing.
//!
//! Reading order: [`manifest`] (what a capsule says of itself), [`clean`], [`export`] with [`entries`]
//! and [`reader`], [`open`] (checks), [`survey`] (reads all of it once), [`import`], [`playbooks`].

mod clean;
mod entries;
mod export;
mod import;
mod manifest;
mod open;
mod playbooks;
mod reader;
mod survey;

use std::path::PathBuf;

use krake_edge::EdgeError;
use krake_store::StoreError;

pub use export::{Exported, export};
pub use import::{PlaybookVerdict, Preview, Taken, UndoneImport, import, preview, undo};
pub use manifest::{Manifest, ScopeFacts};
pub(crate) use playbooks::settle as settle_playbooks;
pub use reader::base64;

/// The end of a capsule's name.
pub const ENDING: &str = "krake";

/// Why a capsule was not made or not taken in.
#[derive(Debug, thiserror::Error)]
pub enum CapsuleError {
    /// What is wrong with it, in words for people.
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Edge(#[from] EdgeError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("it was cancelled")]
    Cancelled,
}

impl CapsuleError {
    fn broke(error: tokio::task::JoinError) -> Self {
        Self::Refused(format!("the work broke off: {error}"))
    }
}

/// Runs what waits for a disk where waiting hurts nobody.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CapsuleError> + Send + 'static,
) -> Result<T, CapsuleError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(CapsuleError::broke)?
}

/// A folder in the spool that is gone when this is dropped.
struct Spool(PathBuf);

impl Spool {
    fn make(home: &std::path::Path) -> Result<Self, CapsuleError> {
        let name = format!("capsule-{}", uuid::Uuid::now_v7().simple());
        let folder = home.join("spool").join(name);
        std::fs::create_dir_all(&folder)
            .map_err(|error| EdgeError::from_io(format!("`{}`", folder.display()), error))?;
        Ok(Self(folder))
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests;
