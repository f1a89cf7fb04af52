//! The clock: the only place of the product where the time of day is read, and the zone that this
//! machine shows it in.

use std::time::{SystemTime, UNIX_EPOCH};

use krake_domain::time::Timestamp;
use krake_engine::insights::Zone;

pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// The time zone of this machine. One that nobody set, or that has no name, is UTC.
pub(crate) fn zone() -> Zone {
    let name = iana_time_zone::get_timezone().ok();
    name.and_then(|name| Zone::named(&name))
        .or_else(|| Zone::named("UTC"))
        .expect("the zones that ship with Krake hold UTC")
}
