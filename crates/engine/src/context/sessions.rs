//! Which session a label stands for: without it nobody could follow `[s2#12]`.

use krake_domain::briefing::ItemKind;

use super::escape::quoted;
use super::line::Line;
use super::timeline::{Beginning, Timeline};
use super::words::clip;

/// Words of a session's title that are kept.
const TITLE_WORDS: usize = 12;

/// One line for each session where several are cited, the latest first; none for a single one.
#[must_use]
pub fn legend(timeline: &Timeline<'_>) -> Vec<Line> {
    let lines = timeline.beginnings().iter().rev().map(|beginning| Line {
        list: true,
        kind: ItemKind::Session,
        text: quoted(&described(beginning)),
        sources: vec![timeline.source(beginning.place)],
        weight: 0.5,
        place: beginning.place,
    });
    lines.collect()
}

/// `s2: codex, 0f3a…, "Style the shop page"`, as far as it is known.
fn described(beginning: &Beginning<'_>) -> String {
    let transcript = beginning.transcript;
    let day = transcript.messages.iter().find_map(|message| message.at);
    let parts = [
        Some(transcript.format.clone()).filter(|format| !format.is_empty()),
        transcript.native_id.clone(),
        day.map(|at| at.to_rfc3339().chars().take(10).collect()),
        transcript
            .title
            .as_deref()
            .map(|title| format!("\"{}\"", clip(title, TITLE_WORDS))),
    ];
    let known: Vec<String> = parts.into_iter().flatten().collect();
    format!("{}: {}", beginning.label, known.join(", "))
}
