//! Git, by the program that the user has installed.
//!
//! What it does not do: it never talks to a remote, never rewrites history, and reads without
//! taking locks or running what a repository's configuration names (pagers, monitors, external
//! diffs). Hooks run only for a commit that a person approved.
//! **Invariant:** nothing from the arguments reaches git where it could be read as an option.

pub mod branches;
pub mod commit;
pub mod diff;
pub mod log;
pub mod state;
pub mod status;
pub mod work;

mod changes;
mod conventional;
mod porcelain;
mod refusal;
mod repository;

#[cfg(test)]
mod scene;
