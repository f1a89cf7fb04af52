//! A large result that lies in a file of its own, named by its content.

use serde::{Deserialize, Serialize};

use crate::hash::Hash;

/// Where the whole of a large result lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef {
    pub hash: Hash,
    pub bytes: u64,
}
