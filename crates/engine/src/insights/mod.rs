//! What the numbers say: sums by day, account, project and model, what briefings saved, and what could
//! be done better, each with its evidence.
//!
//! What it deliberately does not do: it reads no store, asks no clock and acts on nothing; whoever
//! reads a recommendation decides.
//! **Invariant:** what is not known is counted as unknown and never as nothing, nothing is counted
//! twice, and no recommendation is made below its named thresholds.

mod recommend;
mod saved;
mod sums;
mod zone;

pub use recommend::{
    AccountFacts, Advice, CallRecord, Facts, LimitHits, ModelRecord, Repeated, Session, Stamp,
    WeekSpent, recommend, thresholds,
};
pub use saved::{Delivered, Saved, TYPED_TOKENS_PER_MINUTE, saved};
pub use sums::{By, Part, Sum, sums, whole};
pub use zone::{Day, Zone};
