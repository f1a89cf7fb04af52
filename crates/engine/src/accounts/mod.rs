//! Decisions about accounts: which one is asked, how long what is left of it lasts, what a call
//! costs, and what must not be written where a name belongs.
//!
//! What it deliberately does not do: it asks nobody, keeps nothing and knows no key.
//! **Invariant:** what is not known is not guessed: an unknown price is no price, and a limit that
//! nobody saw is no limit.

mod forecast;
mod health;
mod key_shape;
mod price;
mod ran_out;
mod route;
mod span;
mod tool;

pub use forecast::{Forecast, forecast};
pub use health::{Health, health};
pub use key_shape::looks_like_key;
pub use price::{Cost, Price, Prices, Tokens};
pub use ran_out::ran_out;
pub use route::{
    Candidate, Choice, Need, Ranked, Reason, Record, Rule, RuleKind, Standing, Why, route,
};
pub use span::span_of_header;
pub use tool::{Traces, account_of_session, accounts_of_tool};
