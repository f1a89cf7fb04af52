//! `krake insights`: what was spent and saved, and what could be done better.

use std::path::Path;

use serde_json::{Value, json};

use crate::args::insights::{Days, Insights, InsightsView, Usage};
use crate::columns::{columns, counted, field, items};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::out::Out;

/// Columns of the table and of its values; the part of a row and the field of it.
const COLUMNS: [(&str, &str, &str); 9] = [
    ("answers", "both", "answers"),
    ("input", "both", "input"),
    ("cache_read", "both", "cache_read"),
    ("cache_write", "both", "cache_write"),
    ("output", "both", "output"),
    ("tokens", "both", "tokens"),
    ("usd_calls", "calls", "usd"),
    ("usd_sessions_at_list_price", "sessions", "usd"),
    ("usd", "both", "usd"),
];

/// Runs the group.
///
/// # Errors
/// What the command says.
pub async fn run(home: &Path, out: Out, args: Insights) -> Result<Exit, Stopped> {
    match args.view.unwrap_or(InsightsView::Usage(args.usage)) {
        InsightsView::Usage(wish) => usage(home, out, wish).await,
        InsightsView::Saved { days } => {
            let door = Door::look(home).await?;
            let told = door.call("insights.saved", range(days)).await?;
            out.answer(&told, saved)?;
            Ok(Exit::Done)
        }
        InsightsView::Recommendations {
            all,
            dismiss,
            snooze,
            until,
            restore,
        } => {
            let said = [
                dismiss.map(|key| ("insights.dismiss", json!({ "key": key }))),
                snooze.map(|key| ("insights.snooze", json!({ "key": key, "until": until }))),
                restore.map(|key| ("insights.restore", json!({ "key": key }))),
            ];
            let told = match said.into_iter().flatten().next() {
                Some((command, input)) => {
                    let door = Door::write(home).await?;
                    let told = door.call(command, input).await;
                    door.close().await;
                    told?
                }
                None => {
                    let door = Door::look(home).await?;
                    let input = json!({ "all": all });
                    door.call("insights.recommendations", input).await?
                }
            };
            out.answer(&told, recommendations)?;
            Ok(Exit::Done)
        }
    }
}

async fn usage(home: &Path, out: Out, wish: Usage) -> Result<Exit, Stopped> {
    let mut input = range(wish.days);
    input["by"] = wish.by.as_str().into();
    for (name, value) in [
        ("account_id", wish.account),
        ("project_id", wish.project),
        ("model", wish.model),
    ] {
        if let Some(value) = value {
            input[name] = value.into();
        }
    }
    let door = Door::look(home).await?;
    let told = door.call("insights.usage", input).await?;
    if wish.csv && !out.json {
        out.text(&csv(&told))?;
    } else {
        out.answer(&told, table)?;
    }
    Ok(Exit::Done)
}

/// The range as the call takes it; days are those of this machine where no zone is named.
fn range(days: Days) -> Value {
    let zone = days.zone.or_else(|| iana_time_zone::get_timezone().ok());
    let mut range = json!({});
    for (name, value) in [("from", days.from), ("to", days.to), ("zone", zone)] {
        if let Some(value) = value {
            range[name] = value.into();
        }
    }
    range
}

fn table(told: &Value) -> String {
    let rows = told["rows"].as_array().map_or(&[][..], Vec::as_slice);
    let by = field(told, "by");
    let used = rows.iter().filter(|row| by != "day" || is_used(row));
    let mut lines: Vec<Vec<String>> = used.map(row_of).collect();
    let days = format!(
        "{} to {}, {}",
        field(told, "from"),
        field(told, "to"),
        field(told, "zone")
    );
    if lines.is_empty() {
        return format!("nothing was used, {days}");
    }
    let mut total = row_of(&told["total"]);
    total[0] = "total".to_owned();
    lines.push(total);
    let headings = [
        by.as_str(),
        "answers",
        "input",
        "cache read",
        "cache write",
        "output",
        "calls USD",
        "sessions USD",
        "credits",
    ];
    let table = columns(&headings, &lines);
    let both = &told["total"]["both"];
    let mut notes = vec![
        table,
        days,
        format!(
            "calls: what Krake's own calls cost. sessions: what sessions of other tools would cost \
             at list prices ({})",
            field(told, "prices")
        ),
    ];
    if both["usd_at_least"] == true || both["tokens_at_least"] == true {
        notes.push(format!(
            "≥ is \"at least\": {} without a known price; calls and sessions without token counts: {}",
            counted(whole(&both["unpriced"]), "answer"),
            whole(&both["untold"])
        ));
    }
    notes.join("\n")
}

fn is_used(row: &Value) -> bool {
    let any = |name: &str| row["both"][name].as_u64().is_some_and(|count| count > 0);
    any("answers") || any("untold") || row["credits"].as_f64().is_some_and(|credits| credits > 0.0)
}

fn row_of(row: &Value) -> Vec<String> {
    let label = field(row, "label");
    let label = match label.is_empty() {
        true => field(row, "key"),
        false => label,
    };
    let mut cells = vec![match label.is_empty() {
        true => "not known".to_owned(),
        false => label,
    }];
    for (name, part, of) in COLUMNS {
        if ["tokens", "usd"].contains(&name) {
            continue;
        }
        let flag = match of {
            "usd" => "usd_at_least",
            "answers" => "",
            _ => "tokens_at_least",
        };
        let sign = if row[part][flag] == true { "≥" } else { "" };
        // What is not known at all is not even "at least".
        cells.push(match row[part][of].is_null() {
            true => "?".to_owned(),
            false => format!("{sign}{}", field(&row[part], of)),
        });
    }
    // Credits are what somebody told: none is not known, and not nothing.
    cells.push(match row["credits"].is_null() {
        true => "?".to_owned(),
        false => field(row, "credits"),
    });
    cells
}

/// One line of headings, one of each row, values in quotes where they need them. Whether a number is
/// "at least" stands in a column of its own, so that the numbers stay numbers.
fn csv(told: &Value) -> String {
    let by = field(told, "by");
    let mut headings = vec![by, "name".to_owned()];
    headings.extend(COLUMNS.map(|(name, ..)| name.to_owned()));
    headings.extend(["credits", "tokens_at_least", "usd_at_least"].map(str::to_owned));
    let mut lines = vec![headings.join(",")];
    for row in told["rows"].as_array().map_or(&[][..], Vec::as_slice) {
        let mut cells = vec![cell(&field(row, "key")), cell(&field(row, "label"))];
        cells.extend(COLUMNS.map(|(_, part, of)| field(&row[part], of)));
        cells.push(field(row, "credits"));
        cells.push(field(&row["both"], "tokens_at_least"));
        cells.push(field(&row["both"], "usd_at_least"));
        lines.push(cells.join(","));
    }
    lines.join("\r\n") + "\r\n"
}

/// A cell that a spreadsheet reads as text: a name that begins like a formula is none.
fn cell(text: &str) -> String {
    let text = match text.starts_with(['=', '+', '-', '@']) {
        true => format!("'{text}"),
        false => text.to_owned(),
    };
    match text.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text,
    }
}

fn saved(told: &Value) -> String {
    let (handoffs, unmeasured) = (whole(&told["handoffs"]), whole(&told["unmeasured"]));
    let days = format!(
        "{} to {}, {}",
        field(told, "from"),
        field(told, "to"),
        field(told, "zone")
    );
    if handoffs == 0 {
        return format!("no handoff was taken, {days}");
    }
    let least = |name: &str| match whole(&told[name]) > 0 {
        true => "at least ",
        false => "",
    };
    let mut lines = vec![
        format!("{} taken, {days}", counted(handoffs, "handoff")),
        format!(
            "{} tokens not explained again: {} of the histories less {} of the briefings",
            field(told, "tokens"),
            field(told, "history_tokens"),
            field(told, "briefing_tokens")
        ),
        match told["usd"].as_str() {
            Some(usd) => format!(
                "{}{usd} USD: these tokens as input at the list price of whoever took over",
                least("unpriced")
            ),
            None => "cost not known: whoever took over has no known list price".to_owned(),
        },
        match told["credits"].as_f64() {
            Some(credits) => format!(
                "{}{credits:.2} credits: these tokens at what a token cost that account in sessions \
                 that told",
                least("uncredited")
            ),
            None => "credits not known: no session of that account told them".to_owned(),
        },
        format!(
            "{:.0} minutes: what the briefings kept, typed at {} tokens a minute",
            told["minutes"].as_f64().unwrap_or(0.0),
            field(told, "typed_tokens_per_minute")
        ),
    ];
    let longer = whole(&told["longer"]);
    if longer > 0 {
        lines.push(format!(
            "{} saved nothing: the briefing is no shorter than the history",
            counted(longer, "handoff")
        ));
    }
    if unmeasured > 0 {
        lines.push(format!(
            "{} not measured, in none of the sums",
            counted(unmeasured, "handoff")
        ));
    }
    lines.join("\n")
}

fn recommendations(told: &Value) -> String {
    let mut lines = Vec::new();
    for one in items(told) {
        lines.push(field(one, "says"));
        lines.push(format!("  because: {}", field(one, "because")));
        lines.push(format!("  key: {}", field(one, "key")));
        if one["dismissed"] == true {
            lines.push("  dismissed".to_owned());
        }
        if one["snoozed_until"].is_string() {
            lines.push(format!("  sleeps until {}", field(one, "snoozed_until")));
        }
    }
    if lines.is_empty() {
        lines.push("nothing to recommend: there is not enough evidence for anything".to_owned());
    }
    let hidden = whole(&told["hidden"]);
    if hidden > 0 {
        lines.push(format!("{hidden} dismissed or asleep"));
    }
    lines.join("\n")
}

fn whole(value: &Value) -> usize {
    let count = value.as_u64().unwrap_or(0);
    usize::try_from(count).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_never_a_formula() {
        assert_eq!(cell("plain"), "plain");
        assert_eq!(cell("a, \"b\""), "\"a, \"\"b\"\"\"");
        assert_eq!(cell("=1+1"), "'=1+1");
    }
}
