//! Which model turns texts into numbers for the search by meaning, as a person chose it.

use crate::id::AccountId;
use crate::time::Timestamp;

/// Numbers of one text are no more than these.
pub const MOST_DIMENSIONS: usize = 4_096;

/// The model, and to whom the texts go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeaningModel {
    pub account: AccountId,
    pub model: String,
    /// Scheme, host and port as they were when the person chose: nothing is sent elsewhere.
    pub place: String,
    /// How many numbers the model gives for a text.
    pub dimension: u32,
    /// The person wants no further texts to be sent for now.
    pub is_paused: bool,
    pub chosen_at: Timestamp,
}

/// How far the messages have their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct MeaningProgress {
    /// All that are wanted: the newest, up to the number that is held.
    pub messages: u64,
    pub there: u64,
    /// Messages without words, and those that the model did not take.
    pub passed_over: u64,
}
