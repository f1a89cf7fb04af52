//! Why an account has its place in a choice: as data for a window, and in a sentence for a terminal.

use std::fmt;

use krake_domain::account::CheckOutcome;
use krake_domain::amount::Amount;
use krake_domain::limit::Span;
use krake_engine::accounts::{Ranked, Reason, RuleKind, Standing, Why};
use serde::Serialize;

use super::moment::Moment;
use super::ran_out::RanOutView;
use crate::visible::visible_line;

/// One thing that counted.
#[derive(Debug, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
#[schemars(rename = "Reason")]
pub enum ReasonView {
    Paused,
    NotCalled,
    LeftOut,
    /// A rule of the person, counted from 1.
    Rule {
        says: RuleKind,
        number: usize,
    },
    /// A budget has nothing left for it.
    Budget {
        said: String,
    },
    UsedUp {
        span: Span,
        resets_at: Option<Moment>,
    },
    /// A log said so.
    RanOut {
        out: RanOutView,
    },
    /// The last check said so.
    Check {
        outcome: CheckOutcome,
    },
    /// The part of its tightest window that is left, from 0 to 1.
    Left {
        span: Span,
        part: f64,
    },
    RunsOutEarly {
        span: Span,
    },
    NoLimitSeen,
    BestAt,
    Measured {
        done: u64,
        calls: u64,
    },
    InFlight {
        calls: u64,
    },
    /// What a usual call costs at most; absent where its price is not known.
    Price {
        usd: Option<Amount>,
    },
    /// It costs nothing on top of the plan that is paid for.
    InPlan,
    Latency {
        ms: u64,
    },
}

/// What put an account where it stands, in the order in which it counted.
pub fn reasons(ranked: &Ranked) -> Vec<ReasonView> {
    match &ranked.standing {
        Standing::Refused(why) => vec![why.into()],
        Standing::Usable => ranked.reasons.iter().map(ReasonView::from).collect(),
    }
}

impl From<&Why> for ReasonView {
    fn from(why: &Why) -> Self {
        match why {
            Why::Paused => Self::Paused,
            Why::NotCalled => Self::NotCalled,
            Why::Excluded => Self::LeftOut,
            Why::Rule(place) => Self::Rule {
                says: RuleKind::Never,
                number: place + 1,
            },
            Why::Budget(said) => Self::Budget {
                said: visible_line(said),
            },
            Why::UsedUp { span, resets_at } => Self::UsedUp {
                span: *span,
                resets_at: resets_at.map(Moment),
            },
            Why::RanOut(run_out) => Self::RanOut {
                out: run_out.into(),
            },
            Why::Check(outcome) => Self::Check { outcome: *outcome },
        }
    }
}

impl From<&Reason> for ReasonView {
    fn from(reason: &Reason) -> Self {
        match *reason {
            Reason::Rule(says, place) => Self::Rule {
                says,
                number: place + 1,
            },
            Reason::NotReached(outcome) => Self::Check { outcome },
            Reason::Left { span, left } => Self::Left { span, part: left },
            Reason::RunsOutEarly { span } => Self::RunsOutEarly { span },
            Reason::NoLimitSeen => Self::NoLimitSeen,
            Reason::BestAt => Self::BestAt,
            Reason::Measured { done, calls } => Self::Measured { done, calls },
            Reason::InFlight(calls) => Self::InFlight { calls },
            Reason::Price(usd) => Self::Price { usd },
            Reason::InPlan => Self::InPlan,
            Reason::Latency(ms) => Self::Latency { ms },
        }
    }
}

impl fmt::Display for ReasonView {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Paused => f.write_str("it is paused"),
            Self::NotCalled => f.write_str("Krake cannot call it by itself"),
            Self::LeftOut => f.write_str("it is left out"),
            Self::Rule { says, number } => {
                let word = match says {
                    RuleKind::First => "first",
                    RuleKind::Last => "last",
                    RuleKind::Never => "never",
                };
                write!(f, "rule {number} says {word}")
            }
            Self::Budget { said } => f.write_str(said),
            Self::UsedUp { span, resets_at } => {
                write!(f, "{} used up", span_word(*span))?;
                match resets_at {
                    Some(at) => write!(f, " until {}", at.in_words()),
                    None => Ok(()),
                }
            }
            Self::RanOut { out } => {
                write!(f, "ran out at {}, ", out.at.in_words())?;
                match (&out.resets_at, &out.resets_zone) {
                    (Some(at), None) => write!(f, "until {}", at.in_words()),
                    (Some(at), Some(zone)) => write!(
                        f,
                        "until {}, if the time that was told is one of {zone}",
                        at.in_words()
                    ),
                    (None, _) => f.write_str("nobody said until when"),
                }
            }
            Self::Check { outcome } => f.write_str(match outcome {
                CheckOutcome::NoAccess => "the provider refused its key",
                CheckOutcome::OutOfCredit => "it has no credit left",
                CheckOutcome::Unreachable => "nobody could be reached there",
                CheckOutcome::Unreadable => "what answered there could not be read",
                _ => "its key cannot be had from the vault",
            }),
            Self::Left { span, part } => {
                write!(f, "{:.0} % of its {} left", part * 100.0, span_word(*span))
            }
            Self::RunsOutEarly { span } => write!(
                f,
                "its {} runs out before it is filled again",
                span_word(*span)
            ),
            Self::NoLimitSeen => f.write_str("no limit was seen"),
            Self::BestAt => f.write_str("this is what it is best at"),
            Self::Measured { done, calls } => {
                write!(f, "{done} of {calls} calls went well in 7 days")
            }
            Self::InFlight { calls } => write!(f, "{calls} calls are being made"),
            Self::Price { usd: Some(usd) } => write!(f, "a usual call costs up to {usd} USD"),
            Self::InPlan => f.write_str("no cost on top of its plan"),
            Self::Price { usd: None } => f.write_str("its price is not known"),
            Self::Latency { ms } => write!(f, "{ms} ms on average"),
        }
    }
}

/// A window in words.
pub(crate) fn span_word(span: Span) -> &'static str {
    match span {
        Span::Minute => "minute",
        Span::FiveHours => "5 hours",
        Span::Day => "day",
        Span::Week => "week",
        Span::Month => "month",
        Span::Balance => "balance",
    }
}
