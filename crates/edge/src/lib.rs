//! The one way out: files under a root, child processes, HTTP, and the loopback to a running owner.
//!
//! What it deliberately does not do: it never knows what is asked for or why, and decides nothing
//! but what is contained, how much is kept and when to give up.
//! **Invariant:** no other crate of the product connects to anything, starts a process or touches a
//! file that a plan named.
//!
//! Reading order: the errors; files (`home`, `path`, `root`, `reading`,
//! `write`, `walk`, `archive`, `follow`); child processes
//! (`limits`, `process`); other machines (`http`); where secrets rest (`vault`); the running owner
//! (`proof`, `sse`, `loopback`).

pub mod archive;
pub mod archive_write;
pub mod error;
pub use error::EdgeError;

pub mod follow;
pub mod home;
pub mod new_file;
pub mod path;
pub mod reading;
pub mod root;
pub mod walk;
pub mod write;

pub mod limits;
pub mod process;

pub mod http;

pub mod vault;

pub mod loopback;
pub mod proof;
pub mod sse;
