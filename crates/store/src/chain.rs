//! The hash chain of the journal: pure, and the same for writing and for checking.

use krake_domain::hash::Hash;
use krake_domain::id::{ExecutionId, WorkspaceId};

/// What the hash of one row covers beside the row before it. The payload takes part by its hash
/// alone, so that erasing it later leaves the chain whole.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Link<'a> {
    pub seq: u64,
    pub workspace: WorkspaceId,
    pub execution: ExecutionId,
    pub kind: &'a str,
    pub version: u32,
    pub at: i64,
    pub payload_hash: Hash,
}

impl Link<'_> {
    /// The hash of this row after one with the hash `prev`.
    pub(crate) fn hash(&self, prev: Hash) -> Hash {
        Hash::of_parts(&[
            &prev.0,
            &self.seq.to_le_bytes(),
            self.workspace.uuid().as_bytes(),
            self.execution.uuid().as_bytes(),
            self.kind.as_bytes(),
            &self.version.to_le_bytes(),
            &self.at.to_le_bytes(),
            &self.payload_hash.0,
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts() {
        let execution = ExecutionId::from_uuid(uuid::Uuid::from_u128(7));
        let link = Link {
            seq: 1,
            workspace: WorkspaceId::PERSONAL,
            execution,
            kind: "step_failed",
            version: 1,
            at: 5,
            payload_hash: Hash::of(b"{}"),
        };
        let other = ExecutionId::from_uuid(uuid::Uuid::from_u128(8));
        let hashes = [
            link.hash(Hash::ZERO),
            link.hash(Hash::of(b"x")),
            Link { seq: 2, ..link }.hash(Hash::ZERO),
            Link {
                execution: other,
                ..link
            }
            .hash(Hash::ZERO),
            Link {
                kind: "step_skipped",
                ..link
            }
            .hash(Hash::ZERO),
            Link { version: 2, ..link }.hash(Hash::ZERO),
            Link { at: 6, ..link }.hash(Hash::ZERO),
            Link {
                payload_hash: Hash::ZERO,
                ..link
            }
            .hash(Hash::ZERO),
            Link {
                workspace: WorkspaceId::from_uuid(uuid::Uuid::from_u128(9)),
                ..link
            }
            .hash(Hash::ZERO),
        ];
        for (place, hash) in hashes.iter().enumerate() {
            assert!(!hashes[..place].contains(hash), "{place}");
        }
    }
}
