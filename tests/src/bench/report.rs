use std::time::Duration;

use serde_json::{Value, json};

/// One figure with what it is compared to.
#[derive(Debug, Clone)]
pub struct Row {
    pub name: &'static str,
    pub measured: String,
    pub goal: &'static str,
    /// Absent where there is no goal.
    pub reached: Option<bool>,
    pub json: Value,
}

impl Row {
    /// A figure that is only told.
    #[must_use]
    pub fn told(name: &'static str, measured: String, json: Value) -> Self {
        Self {
            name,
            measured,
            goal: "",
            reached: None,
            json,
        }
    }

    /// A figure with a goal.
    #[must_use]
    pub fn goal(
        name: &'static str,
        measured: String,
        goal: &'static str,
        reached: bool,
        json: Value,
    ) -> Self {
        Self {
            name,
            measured,
            goal,
            reached: Some(reached),
            json,
        }
    }
}

/// The table for people and, after it, the same as one JSON document.
#[must_use]
pub fn render(rows: &[Row]) -> String {
    let all: serde_json::Map<String, Value> = rows
        .iter()
        .map(|row| {
            (
                row.name.to_owned(),
                json!({ "value": row.json, "goal": row.goal, "reached": row.reached }),
            )
        })
        .collect();
    format!("{}\n{}\n", lines(rows), Value::Object(all))
}

/// A line for each figure.
#[must_use]
pub fn lines(rows: &[Row]) -> String {
    let width = |column: fn(&Row) -> usize| rows.iter().map(column).max().unwrap_or(0);
    let (names, measured) = (
        width(|row| row.name.chars().count()),
        width(|row| row.measured.chars().count()),
    );
    let mut text = String::new();
    for row in rows {
        let mark = match row.reached {
            Some(true) => "reached",
            Some(false) => "MISSED",
            None => "",
        };
        text += &format!(
            "{:names$}  {:measured$}  {mark:7}  {}\n",
            row.name, row.measured, row.goal
        );
    }
    text
}

/// The median; the durations are sorted on the way.
#[must_use]
pub fn median(durations: &mut [Duration]) -> Duration {
    quantile(durations, 0.5)
}

/// The value below which that share lies; the durations are sorted on the way.
#[must_use]
pub fn quantile(durations: &mut [Duration], share: f64) -> Duration {
    durations.sort_unstable();
    let last = durations.len().saturating_sub(1);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index within a list of measurements"
    )]
    let place = (last as f64 * share).round() as usize;
    durations.get(place).copied().unwrap_or_default()
}

/// Milliseconds with three digits after the point.
#[must_use]
pub fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}
