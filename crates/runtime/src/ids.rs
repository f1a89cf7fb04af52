//! New ids: version 7 UUIDs, drawn here so that the engine needs no randomness.

use krake_domain::id::ExecutionId;
use uuid::Uuid;

pub(crate) fn execution() -> ExecutionId {
    ExecutionId::from_uuid(Uuid::now_v7())
}
