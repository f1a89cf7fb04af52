//! How much of an answer is taken, and how long it may take. No provider promises a limit.

use std::time::Duration;

/// Caps of one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caps {
    /// One line, or one event put together from lines.
    pub line_bytes: usize,
    /// The whole body.
    pub total_bytes: usize,
    /// Events, empty ones and heartbeats included.
    pub events: usize,
    /// Tool calls in one answer.
    pub calls: usize,
    /// From the request to the head of the answer; a local model is loaded meanwhile.
    pub begin: Duration,
    /// From one event to the next: bytes that complete no event do not count as life.
    pub idle: Duration,
    /// From the first byte that is sent to the end of the answer.
    pub total: Duration,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            line_bytes: 1 << 20,
            total_bytes: 16 << 20,
            events: 65_536,
            calls: 64,
            begin: Duration::from_secs(180),
            idle: Duration::from_secs(90),
            total: Duration::from_secs(600),
        }
    }
}
