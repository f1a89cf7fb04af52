//! Briefings with prose by a model: what is sent is said before it is sent, and what was dropped after.

use serde_json::Value;

use crate::columns::field;
use crate::door::Door;
use crate::exit::Stopped;
use crate::out::{Out, say};

/// Lines of a model that are named when they were dropped.
const MOST_NAMED: usize = 12;

/// Says whom it asks for what, asks, and says what came of it.
///
/// # Errors
/// There is nothing to brief, or nobody to ask.
pub async fn written(door: &Door, out: Out, wish: Value) -> Result<Value, Stopped> {
    let preview = door.call("briefings.preview", wish.clone()).await?;
    say(&asks(&preview));
    let written = door.call("briefings.write", wish).await?;
    for line in told(&written) {
        out.note(&line);
    }
    Ok(written)
}

/// What would be sent, for `--preview`: nothing is asked.
///
/// # Errors
/// As [`written`].
pub async fn preview(door: &Door, out: Out, wish: Value) -> Result<(), Stopped> {
    let preview = door.call("briefings.preview", wish).await?;
    if out.json {
        return out.document(&preview);
    }
    let part = |name: &str| preview[name].as_str().unwrap_or_default().trim_end();
    // As the model gets it: who says what, with every line break.
    out.text(&format!(
        "system:\n{}\n\nuser:\n{}",
        part("page"),
        part("material")
    ))?;
    out.note(&format!("nothing was sent; {}", asks(&preview)));
    Ok(())
}

fn asks(preview: &Value) -> String {
    let account = &preview["account"];
    let price = match (preview["usd"].as_str(), preview["most_usd"].as_str()) {
        (Some(usd), Some(most)) => format!("about {usd} USD, at most {most}"),
        _ => "its price is not known".to_owned(),
    };
    format!(
        "asks {} ({} at {}): sends {} lines, {} tokens; {price}",
        field(account, "name"),
        field(account, "model"),
        field(account, "place"),
        preview["lines"],
        preview["sent_tokens"],
    )
}

/// What came of it, line by line.
fn told(written: &Value) -> Vec<String> {
    let model = &written["model"];
    if model.is_null() {
        return vec![format!(
            "no model wrote: {}; the briefing is the one made without",
            field(written, "fault")
        )];
    }
    let tried = model["tried"].as_array().map_or(&[][..], Vec::as_slice);
    let mut lines: Vec<String> = tried
        .iter()
        .filter_map(Value::as_str)
        .map(|tried| format!("asked before: {tried}"))
        .collect();
    let score = |name: &str| model[name].as_f64().unwrap_or_default() * 100.0;
    let kept = model["kept"].as_u64().filter(|_| model["used"] == true);
    let kept = kept.unwrap_or_default();
    lines.push(format!(
        "{} wrote {} lines; {} of them in the briefing{}",
        field(&model["account"], "name"),
        model["written"],
        kept,
        model["usd"]
            .as_str()
            .map_or_else(String::new, |usd| format!("; {usd} USD")),
    ));
    if model["used"] != true {
        lines.push(format!(
            "the briefing is the one made without a model: with its lines {:.0} % would be kept, without them {:.0} %",
            score("score"),
            score("offline_score")
        ));
    }
    let dropped = model["dropped"].as_array().map_or(&[][..], Vec::as_slice);
    for line in dropped.iter().take(MOST_NAMED) {
        lines.push(format!("dropped ({}): {}", why(line), field(line, "text")));
    }
    if dropped.len() > MOST_NAMED {
        lines.push(format!(
            "and {} more; --json lists them",
            dropped.len() - MOST_NAMED
        ));
    }
    lines
}

fn why(line: &Value) -> String {
    let what = line["what"]
        .as_str()
        .map_or_else(String::new, |what| format!(" `{what}`"));
    match line["why"].as_str().unwrap_or_default() {
        "no_source" => "cites nothing".to_owned(),
        "unknown_source" => format!("cites{what}, which is not there"),
        "not_in_source" => format!("{what} is not in what it cites", what = what.trim_start()),
        "turned_round" => "its source says the opposite".to_owned(),
        "other_words" => "too few of its words are in what it cites".to_owned(),
        _ => "repeats, is ruled out, or finds no room".to_owned(),
    }
}
