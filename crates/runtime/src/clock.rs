//! The clock: the only place of the product where the time of day is read.

use std::time::{SystemTime, UNIX_EPOCH};

use krake_domain::time::Timestamp;

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
