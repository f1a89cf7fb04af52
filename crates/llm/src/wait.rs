//! How long the other side asks to wait, in each form that providers use.

use std::time::Duration;

use chrono::DateTime;
use krake_domain::time::Timestamp;
use serde_json::Value;

use crate::head::Head;

const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(3_600);

/// The wait that an answer asks for, between a tenth of a second and an hour. `body` is the error
/// as JSON, where there is one. Our clock is `now`; dates are taken relative to the clock of the
/// other side, where it tells it.
pub(crate) fn told(head: &Head, body: &Value, now: Timestamp) -> Option<Duration> {
    let now = head.header("date").and_then(http_date).unwrap_or(now);
    let in_ms = head
        .header("retry-after-ms")
        .and_then(|text| number(text, 1.0));
    let after = || head.header("retry-after").and_then(|text| after(text, now));
    let resets = || {
        // Only a window with nothing left explains the refusal.
        head.headers()
            .filter_map(|(name, value)| Some((window(name)?, value)))
            .filter(|((start, end), _)| {
                let name = format!("{start}remaining{end}");
                head.header(&name).is_some_and(|left| left == "0")
            })
            .filter_map(|(_, value)| until(value, now))
            .max()
    };
    in_ms
        .or_else(after)
        .or_else(resets)
        .or_else(|| in_body(body))
        .map(|wait| wait.clamp(SHORTEST, LONGEST))
}

/// When a window is full again: a time (RFC 3339) or a duration (`6m0s`).
pub(crate) fn reset(text: &str, now: Timestamp) -> Option<Timestamp> {
    Timestamp::from_rfc3339(text).or_else(|| duration(text).map(|wait| now.plus(wait)))
}

/// A duration as Go prints it: `12ms`, `1s`, `6m0s`, `1h2m3.5s`.
pub(crate) fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut seconds = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let value: f64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest
            .find(|c: char| c.is_ascii_digit() || c == '.')
            .unwrap_or(rest.len());
        seconds += value
            * match &rest[..letters] {
                "h" => 3_600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" | "μs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = &rest[letters..];
    }
    Duration::try_from_secs_f64(seconds).ok()
}

/// `(start, end)` of the name of a reset header, so that `start + "remaining" + end` is its sister.
fn window(name: &str) -> Option<(&str, &str)> {
    name.contains("ratelimit")
        .then(|| name.split_once("reset"))?
}

fn after(text: &str, now: Timestamp) -> Option<Duration> {
    number(text, 1e3).or_else(|| http_date(text).map(|at| at.since(now)))
}

fn until(text: &str, now: Timestamp) -> Option<Duration> {
    reset(text, now).map(|at| at.since(now))
}

/// A number that is not negative, times `unit_ms` milliseconds.
fn number(text: &str, unit_ms: f64) -> Option<Duration> {
    let value: f64 = text.trim().parse().ok()?;
    (value.is_finite() && value >= 0.0)
        .then(|| Duration::try_from_secs_f64((value * unit_ms / 1e3).min(1e9)).ok())?
}

fn http_date(text: &str) -> Option<Timestamp> {
    DateTime::parse_from_rfc2822(text)
        .ok()
        .map(|at| Timestamp(at.timestamp_millis()))
}

/// `error.details[].retryDelay` of compatible endpoints: `17s`.
fn in_body(body: &Value) -> Option<Duration> {
    let error = body.get(0).unwrap_or(body).get("error")?;
    error
        .get("details")?
        .as_array()?
        .iter()
        .find_map(|detail| detail.get("retryDelay")?.as_str())
        .and_then(duration)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: &str = "2026-11-25T12:00:00Z";

    fn wait(headers: &[(&str, &str)], body: &Value) -> Option<u128> {
        let now = Timestamp::from_rfc3339(NOW).unwrap();
        told(&Head::new(429, headers.iter().copied()), body, now).map(|wait| wait.as_millis())
    }

    #[test]
    fn every_form_and_every_nonsense() {
        let none = Value::Null;
        for (headers, expected) in [
            (vec![("retry-after", "12")], Some(12_000)),
            (vec![("retry-after", "0.25")], Some(250)),
            (vec![("retry-after", "0")], Some(100)),
            (vec![("retry-after", "999999")], Some(3_600_000)),
            (vec![("retry-after", "1e300")], Some(3_600_000)),
            (vec![("retry-after", "-5")], None),
            (vec![("retry-after", "NaN")], None),
            (vec![("retry-after", "soon")], None),
            (
                vec![("retry-after", "Wed, 25 Nov 2026 12:00:30 GMT")],
                Some(30_000),
            ),
            (
                vec![("retry-after", "Wed, 25 Nov 2026 11:00:00 GMT")],
                Some(100),
            ),
            // A clock of theirs that runs an hour ahead does not make us wait an hour.
            (
                vec![
                    ("date", "Wed, 25 Nov 2026 13:00:00 GMT"),
                    ("retry-after", "Wed, 25 Nov 2026 13:00:07 GMT"),
                ],
                Some(7_000),
            ),
            (
                vec![("retry-after-ms", "1500"), ("retry-after", "9")],
                Some(1_500),
            ),
            (vec![("retry-after", "1"), ("retry-after", "9")], None),
            (
                vec![
                    ("anthropic-ratelimit-requests-remaining", "0"),
                    ("anthropic-ratelimit-requests-reset", "2026-11-25T12:00:42Z"),
                    ("anthropic-ratelimit-tokens-remaining", "7000"),
                    ("anthropic-ratelimit-tokens-reset", "2026-11-25T12:30:00Z"),
                ],
                Some(42_000),
            ),
            (
                vec![
                    ("x-ratelimit-remaining-tokens", "0"),
                    ("x-ratelimit-reset-tokens", "6m0s"),
                    ("x-ratelimit-remaining-requests", "0"),
                    ("x-ratelimit-reset-requests", "12ms"),
                ],
                Some(360_000),
            ),
            (vec![], None),
        ] {
            assert_eq!(wait(&headers, &none), expected, "{headers:?}");
        }
        let body = json!({"error": {"details": [{"@type": "x"}, {"retryDelay": "17s"}]}});
        assert_eq!(wait(&[], &body), Some(17_000));
        assert_eq!(wait(&[], &json!([body])), Some(17_000));
    }

    #[test]
    fn durations() {
        for (text, ms) in [
            ("12ms", 12),
            ("1s", 1_000),
            ("6m0s", 360_000),
            ("1h2m3.5s", 3_723_500),
        ] {
            assert_eq!(duration(text), Some(Duration::from_millis(ms)), "{text}");
        }
        for text in ["", "5", "s", "1x", "-1s", "1s2", "1.2.3s"] {
            assert_eq!(duration(text), None, "{text}");
        }
    }
}
