//! What the logs of tools say about the limits of whoever used them.

use krake_domain::amount::Amount;
use krake_domain::limit::{LimitSeen, LimitSource, Span};
use krake_domain::time::Timestamp;
use serde_json::Value;

/// Whose log it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tool {
    ClaudeCode,
    Codex,
}

/// Every limit that a piece of a log tells, oldest first. The piece may begin and end in the middle
/// of a line; what cannot be read is passed over, because most lines say nothing about limits.
#[must_use]
pub fn limits_in(log: &[u8], tool: Tool) -> Vec<LimitSeen> {
    let word: &[u8] = match tool {
        Tool::Codex => b"\"rate_limits\"",
        Tool::ClaudeCode => b"\"quotaLimits\"",
    };
    log.split(|byte| *byte == b'\n')
        .filter(|line| line.windows(word.len()).any(|part| part == word))
        .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
        .flat_map(|line| {
            let at = line.get("timestamp").and_then(Value::as_str);
            let Some(at) = at.and_then(Timestamp::from_rfc3339) else {
                return Vec::new();
            };
            match tool {
                Tool::Codex => codex(&line, at),
                Tool::ClaudeCode => claude(&line, at).into_iter().collect(),
            }
        })
        .collect()
}

fn codex(line: &Value, at: Timestamp) -> Vec<LimitSeen> {
    let Some(limits) = line.pointer("/payload/rate_limits") else {
        return Vec::new();
    };
    let windows = ["primary", "secondary"].into_iter().filter_map(|name| {
        let window = limits.get(name)?;
        let minutes = window.get("window_minutes").and_then(Value::as_u64)?;
        let used = percent(window.get("used_percent")?)?;
        let resets_at = match window.get("resets_at").and_then(Value::as_i64) {
            Some(seconds) => Some(seconds),
            None => window
                .get("resets_in_seconds")
                .and_then(Value::as_i64)
                .and_then(|seconds| seconds.checked_add(at.0 / 1_000)),
        };
        Some(seen(Span::of_minutes(minutes), used, resets_at, at))
    });
    let balance = limits.pointer("/credits/balance").and_then(|balance| {
        let left = match balance {
            Value::String(text) => text.parse().ok()?,
            Value::Number(number) => number.to_string().parse().ok()?,
            _ => return None,
        };
        Some(LimitSeen {
            unit: "credits".to_owned(),
            limit: None,
            remaining: Some(left),
            ..seen(Span::Balance, Amount::ZERO, None, at)
        })
    });
    windows.chain(balance).collect()
}

/// Claude Code writes a limit down only when it is used up.
fn claude(line: &Value, at: Timestamp) -> Option<LimitSeen> {
    if line.get("error").and_then(Value::as_str) != Some("rate_limit") {
        return None;
    }
    let quota = line.get("quotaLimits")?;
    let kind = quota.get("rateLimitType").and_then(Value::as_str)?;
    let span = if kind.starts_with("five_hour") {
        Span::FiveHours
    } else if kind.starts_with("seven_day") || kind.starts_with("week") {
        Span::Week
    } else {
        return None;
    };
    let resets_at = quota.get("resetsAt").and_then(Value::as_i64);
    Some(seen(span, Amount::whole(100), resets_at, at))
}

fn seen(span: Span, used: Amount, resets_at_s: Option<i64>, at: Timestamp) -> LimitSeen {
    let most = Amount::whole(100);
    LimitSeen {
        span,
        unit: "percent".to_owned(),
        limit: Some(most),
        remaining: Some(most.less(used)),
        resets_at: resets_at_s
            .and_then(|seconds| seconds.checked_mul(1_000))
            .map(Timestamp),
        seen_at: at,
        source: LimitSource::ToolLog,
    }
}

/// When a limit is filled again, as its words say: `…|1788959400`, or `in 2 days 3 hours 4 minutes`.
/// A time of the day is not read here: it needs a zone.
#[must_use]
pub fn reset_in_words(text: &str, at: Timestamp) -> Option<Timestamp> {
    let stamped = text.rsplit_once('|').and_then(|(_, end)| {
        let digits: String = end
            .trim()
            .chars()
            .take_while(char::is_ascii_digit)
            .collect();
        let seconds: i64 = (digits.len() == 10).then(|| digits.parse().ok())??;
        Some(Timestamp(seconds * 1_000))
    });
    let within = || {
        let lower = text.to_lowercase();
        let (_, rest) = lower.rsplit_once(" in ")?;
        let mut words = rest.split_whitespace().peekable();
        let mut minutes = None;
        while let Some(number) = words.next().and_then(|word| word.parse::<i64>().ok()) {
            let each = match words.next()?.trim_end_matches(['.', ',', '!']) {
                "day" | "days" => 24 * 60,
                "hour" | "hours" => 60,
                "minute" | "minutes" => 1,
                _ => break,
            };
            minutes = number
                .checked_mul(each)
                .and_then(|more| minutes.unwrap_or(0_i64).checked_add(more));
            words.next_if(|word| *word == "and");
        }
        let ms = minutes?.checked_mul(60_000)?;
        Some(Timestamp(at.0.checked_add(ms)?))
    };
    stamped.or_else(within).filter(|reset| *reset > at)
}

/// A used part that can be meant; tools write more than 100 where they let somebody go on.
fn percent(value: &Value) -> Option<Amount> {
    let used = value.as_f64()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "between 0 and 100 as checked on the line before"
    )]
    (0.0..=1e6)
        .contains(&used)
        .then(|| Amount::from_micros((used.min(100.0) * 1e6).round() as i64))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODEX: &str = r#"{"timestamp":"2026-02-13T17:49:28.676Z","type":"event_msg","payload":{"type":"token_count","info":null,"rate_limits":{"limit_id":"codex","primary":{"used_percent":40.5,"window_minutes":300,"resets_at":1771005618},"secondary":{"used_percent":144.0,"window_minutes":10080,"resets_in_seconds":60},"credits":{"has_credits":true,"unlimited":false,"balance":"12.5"},"plan_type":null}}}"#;
    const CLAUDE: &str = r#"{"type":"assistant","timestamp":"2026-02-13T17:49:28Z","error":"rate_limit","quotaLimits":{"rateLimitType":"five_hour","resetsAt":1788959400}}"#;

    #[test]
    fn both_logs_are_read_from_the_middle_of_a_line_to_the_middle_of_another() {
        let log = format!("sed_percent\":1}}}}}}\n{{\"type\":\"x\"}}\n{CODEX}\n{{\"rate_limits\":");
        let seen = limits_in(log.as_bytes(), Tool::Codex);
        let told: Vec<(Span, &str, String)> = seen
            .iter()
            .map(|one| {
                (
                    one.span,
                    one.unit.as_str(),
                    one.remaining.unwrap().to_string(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                (Span::FiveHours, "percent", "59.5".to_owned()),
                (Span::Week, "percent", "0".to_owned()),
                (Span::Balance, "credits", "12.5".to_owned()),
            ]
        );
        assert_eq!(seen[0].resets_at, Some(Timestamp(1_771_005_618_000)));
        assert_eq!(seen[1].resets_at, Some(Timestamp(1_771_005_028_000)));
        let seen = limits_in(format!("{CLAUDE}\n").as_bytes(), Tool::ClaudeCode);
        assert_eq!(
            (seen[0].span, seen[0].remaining),
            (Span::FiveHours, Some(Amount::ZERO))
        );
    }

    #[test]
    fn words_tell_when_a_limit_is_filled_again_only_where_that_is_plain() {
        let at = Timestamp(1_788_000_000_000);
        let told = |text: &str| reset_in_words(text, at).map(|reset| reset.0 - at.0);
        assert_eq!(
            told("Claude AI usage limit reached|1788959400"),
            Some(959_400_000)
        );
        assert_eq!(
            told("You've hit your usage limit. Upgrade, or try again in 3 hours 42 minutes."),
            Some((3 * 60 + 42) * 60_000)
        );
        assert_eq!(told("try again in 2 days and 1 hour"), Some(49 * 3_600_000));
        for unclear in [
            "5-hour limit reached ∙ resets 3pm",
            "limit reached|17889594",
            "limit reached|1700000000",
            "try again in a while",
            "try again in 9223372036854775807 days",
            "in 3",
            "",
        ] {
            assert_eq!(told(unclear), None, "{unclear}");
        }
    }

    #[test]
    fn what_cannot_be_meant_says_nothing() {
        for (tool, line) in [
            (
                Tool::Codex,
                CODEX
                    .replace("40.5", "-1")
                    .replace("144.0", "\"x\"")
                    .replace("\"12.5\"", "null"),
            ),
            (
                Tool::Codex,
                CODEX.replace("2026-02-13T17:49:28.676Z", "yesterday"),
            ),
            (
                Tool::Codex,
                CODEX.replace("rate_limits\":{", "rate_limits\":[{"),
            ),
            (Tool::ClaudeCode, CLAUDE.replace("rate_limit\"", "other\"")),
            (Tool::ClaudeCode, CLAUDE.replace("five_hour", "a_new_kind")),
            (Tool::ClaudeCode, "\"quotaLimits\" {".to_owned()),
        ] {
            assert_eq!(limits_in(line.as_bytes(), tool), [], "{line}");
        }
        let late = CODEX.replace("1771005618", "9223372036854775807");
        assert_eq!(limits_in(late.as_bytes(), Tool::Codex)[0].resets_at, None);
    }
}
