//! Decisions about handing work over: which limits are news and until when they last, which file the
//! receiver reads, and what the branch of a commit is called.
//!
//! What it deliberately does not do: it hands nothing over, and asks no account.
//! **Invariant:** the same limit is news once, and what is long over is none.

mod branch;
mod instruction_file;
mod reset_time;
mod run_out;
mod secret_file;

pub use branch::{BadBranch, branch_name};
pub use instruction_file::instruction_file;
pub use reset_time::{ResetTime, reset_time};
pub use run_out::{Answer, News, news};
pub use secret_file::holds_secrets;
