//! One page of a list.

use std::str::FromStr;

use serde::Serialize;

use crate::error::{ApiError, Code};

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

impl<T> Page<T> {
    /// One page of a list that is held whole: what stands after the item that the cursor names; to the
    /// end where the caller does not say how many.
    ///
    /// # Errors
    /// [`Code::BadInput`]: no item has that cursor.
    pub fn cut(
        mut items: Vec<T>,
        id: impl Fn(&T) -> String,
        cursor: Option<&str>,
        most: Option<u32>,
    ) -> Result<Self, ApiError> {
        if let Some(cursor) = cursor {
            let place = items.iter().position(|item| id(item) == cursor);
            items.drain(..=place.ok_or_else(wrong_cursor)?);
        }
        let most = most.map_or(items.len(), |_| limit(most) as usize);
        let has_more = items.len() > most;
        items.truncate(most);
        let next = items.last().filter(|_| has_more).map(id);
        Ok(Self { items, next })
    }
}

/// The id after which a page begins.
///
/// # Errors
/// [`Code::BadInput`]: it is no such id.
pub fn cursor<I: FromStr>(text: Option<&str>) -> Result<Option<I>, ApiError> {
    text.map(|text| text.parse().map_err(|_| wrong_cursor()))
        .transpose()
}

fn wrong_cursor() -> ApiError {
    ApiError::new(
        Code::BadInput,
        "field `cursor`: expected `next` of the page before",
    )
}

/// The cursor of the page after these items, which were asked for with one more than `limit`.
#[must_use]
pub fn next_of<T>(items: &mut Vec<T>, limit: u32, id: impl Fn(&T) -> String) -> Option<String> {
    let most = limit as usize;
    let has_more = items.len() > most;
    items.truncate(most);
    items.last().filter(|_| has_more).map(id)
}

/// The caller's wish within what is allowed.
#[must_use]
pub fn limit(wish: Option<u32>) -> u32 {
    wish.unwrap_or(USUAL_LIMIT).clamp(1, MOST_LIMIT)
}
