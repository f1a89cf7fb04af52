//! How long a call may take and how much it may bring.

use std::time::Duration;

/// The limits of one call, redirects included where nothing else is said.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until the name is resolved, and again until a connection stands, encryption included; per hop.
    pub connect: Duration,
    /// Until the header of the answer is complete; per hop.
    pub answer: Duration,
    /// Between two pieces of the body.
    pub idle: Duration,
    /// From the start to the last byte.
    pub total: Duration,
    /// Names and values of the header together. Above 400 kB it is never read.
    pub header_bytes: usize,
    /// Of the body as it is handed out, which means after it was inflated.
    pub body_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            answer: Duration::from_secs(30),
            idle: Duration::from_secs(30),
            total: Duration::from_secs(120),
            header_bytes: 64 * 1024,
            body_bytes: 64 * 1024 * 1024,
        }
    }
}
