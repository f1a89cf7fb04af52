//! Which window a header speaks of: providers name what is counted, and not for how long.

use krake_domain::limit::Span;
use krake_domain::time::Timestamp;

/// The window of a limit that an answer told. One that is full again within the hour is counted by
/// the minute, as a drained bucket of requests takes a minute and of tokens a few; OpenAI's lower
/// tiers count by the day under the same name.
#[must_use]
pub fn span_of_header(name: &str, resets_at: Option<Timestamp>, at: Timestamp) -> Span {
    const HOUR_MS: u128 = 3_600_000;
    if name.contains("5h") {
        return Span::FiveHours;
    }
    if name.contains("7d") {
        return Span::Week;
    }
    match resets_at.map(|reset| reset.since(at).as_millis()) {
        Some(wait) if wait > HOUR_MS => Span::Day,
        _ => Span::Minute,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reset_tells_the_window_where_the_name_does_not() {
        let at = Timestamp(1_000);
        let after = |ms: i64| Some(Timestamp(1_000 + ms));
        for (name, resets, span) in [
            ("requests", after(12_000), Span::Minute),
            ("tokens", None, Span::Minute),
            ("requests", after(8 * 3_600_000), Span::Day),
            ("unified-5h", after(8 * 3_600_000), Span::FiveHours),
            ("unified-7d", None, Span::Week),
        ] {
            assert_eq!(span_of_header(name, resets, at), span, "{name}");
        }
    }
}
