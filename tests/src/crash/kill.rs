//! When a process dies: at a named point that it passes, or when the clock says so.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer};

/// The points that the runtime names in its trace, before and after each.
pub const POINTS: [&str; 8] = [
    "creation", "intent", "effect", "result", "question", "answer", "recovery", "end",
];

/// How one process is to die.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kill {
    /// `before` or `after` a point, the n-th time that it is passed.
    At {
        when: &'static str,
        point: &'static str,
        nth: usize,
    },
    After(Duration),
}

impl Kill {
    /// The argument that tells a child how to die by itself; none where it is killed from outside.
    pub fn argument(&self) -> Option<String> {
        match self {
            Self::At { when, point, nth } => Some(format!("{when}-{point}-{nth}")),
            Self::After(_) => None,
        }
    }

    pub fn name(&self) -> String {
        match self {
            Self::At { when, point, .. } => format!("{when} {point}"),
            Self::After(_) => "random".to_owned(),
        }
    }
}

/// The kills at named points, trial by trial.
pub fn at_points(rounds: usize) -> Vec<Vec<Kill>> {
    let mut orders = Vec::new();
    for round in 0..rounds {
        for point in POINTS {
            for when in ["before", "after"] {
                // A recovery comes only after another death, and at least once.
                let first = (point == "recovery").then_some(Kill::At {
                    when: "after",
                    point: "intent",
                    nth: 2 + round,
                });
                let nth = if point == "recovery" {
                    1
                } else {
                    1 + round % 3
                };
                orders.push(
                    first
                        .into_iter()
                        .chain([Kill::At { when, point, nth }])
                        .collect(),
                );
            }
        }
    }
    orders
}

/// Three kills by the clock, each somewhere in a life of that length.
pub fn at_random(draw: &mut Draw, life: Duration) -> Vec<Kill> {
    let bound = usize::try_from(life.as_micros())
        .unwrap_or(usize::MAX)
        .max(1);
    (0..3)
        .map(|_| Kill::After(Duration::from_micros(draw.below(bound) as u64)))
        .collect()
}

/// A small generator (splitmix64), so that a failing run can be repeated by its seed.
pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % bound as u64).unwrap_or(0)
    }
}

/// Listens to the trace of the process that it lives in and ends it at the point.
pub struct DieAt {
    when: String,
    point: String,
    nth: usize,
    seen: AtomicUsize,
}

impl DieAt {
    /// From the argument that [`Kill::argument`] makes.
    pub fn parse(argument: &str) -> Option<Self> {
        let mut parts = argument.split('-');
        let (when, point, nth) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
        Some(Self {
            when: when.to_owned(),
            point: point.to_owned(),
            nth,
            seen: AtomicUsize::new(0),
        })
    }
}

impl<S: tracing::Subscriber> Layer<S> for DieAt {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != "krake::point" {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        if fields.when == self.when
            && fields.point == self.point
            && self.seen.fetch_add(1, Ordering::SeqCst) + 1 == self.nth
        {
            // No destructor runs, nothing is flushed: for the files it is the same as kill -9.
            std::process::abort();
        }
    }
}

#[derive(Default)]
struct Fields {
    when: String,
    point: String,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "when" => self.when = value.to_owned(),
            "point" => self.point = value.to_owned(),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
