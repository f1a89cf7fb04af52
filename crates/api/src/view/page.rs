//! One page of a list.

use serde::Serialize;

/// Items, and the cursor of the next page where there is one.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[schemars(rename = "{T}List")]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Give it back as `cursor`; absent at the end.
    pub next: Option<String>,
}

/// Items of a page when the caller does not say.
pub const USUAL_LIMIT: u32 = 50;
/// No page is longer.
pub const MOST_LIMIT: u32 = 500;

/// The caller's wish within what is allowed.
#[must_use]
pub fn limit(wish: Option<u32>) -> u32 {
    wish.unwrap_or(USUAL_LIMIT).clamp(1, MOST_LIMIT)
}
