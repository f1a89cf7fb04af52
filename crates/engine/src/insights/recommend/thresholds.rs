//! How much evidence a recommendation needs; below these nothing is recommended.

/// The part of a window that is used before it says that the account runs out.
pub const LEAST_USED: f64 = 0.5;
/// An older look at a window tells nothing about now.
pub const OLDEST_LOOK_MS: i64 = 2 * 3_600_000;
/// The part that the tightest window of another account has left.
pub const LEAST_LEFT: f64 = 0.5;

/// Calls of each model that were made for the same purpose.
pub const LEAST_CALLS: u64 = 20;
/// Days over which calls are compared.
pub const CALL_DAYS: i64 = 30;
/// The other model costs at most this part.
pub const MOST_COST: f64 = 0.7;
/// It is done as often, or less by at most this part of its calls.
pub const MOST_LESS_DONE: f64 = 0.02;

/// Limits that were reached within the days.
pub const LEAST_HITS: u32 = 4;
pub const HIT_DAYS: i64 = 14;
/// Words about a limit that are closer together are about the same one.
pub const HIT_GAP_MS: i64 = 3_600_000;

/// Sessions in which the same was asked or run, and days on which they were.
pub const LEAST_SESSIONS: usize = 3;
pub const LEAST_DAYS: usize = 2;
/// Days over which sessions are compared.
pub const SESSION_DAYS: i64 = 30;
/// Commands in a row.
pub const COMMANDS: usize = 3;

/// Millionths of a USD that a week cost at least.
pub const LEAST_WEEK_MICROS: i64 = 1_000_000;
/// It cost at least so many times the week before.
pub const LEAST_GROWTH: f64 = 1.5;
