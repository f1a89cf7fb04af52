//! What is not done yet: the list of tasks as it was written last, else what was announced at the end.

use krake_domain::briefing::ItemKind;
use krake_domain::session::{MessageKind, Role};

use super::calls::{Act, Task, act};
use super::escape::quoted;
use super::line::Line;
use super::timeline::Timeline;
use super::words::{clip, content, sentences};

/// The open items, most pressing first.
#[must_use]
pub fn open_items(timeline: &Timeline<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = limit(timeline).into_iter().collect();
    match last_list(timeline) {
        Some(tasks) => lines.extend(
            tasks
                .into_iter()
                .filter(|(_, task)| !task.done)
                .map(|(place, task)| line(timeline, place, &task.text, 3.0)),
        ),
        None => lines.extend(announced(timeline)),
    }
    lines
}

/// The account ran out and nothing was said since.
fn limit(timeline: &Timeline<'_>) -> Option<Line> {
    let last = (0..timeline.moments.len())
        .rev()
        .find(|place| timeline.at(*place).kind != MessageKind::Meta)?;
    let message = timeline.at(last);
    (message.kind == MessageKind::Limit).then(|| line(timeline, last, &message.text, 2.0))
}

/// The list of the last session that kept one; a later write of the list replaces the earlier.
fn last_list(timeline: &Timeline<'_>) -> Option<Vec<(usize, Task)>> {
    let mut list: Option<Vec<(usize, Task)>> = None;
    let mut created: Vec<(usize, Task)> = Vec::new();
    let mut newest = 0;
    for place in 0..timeline.moments.len() {
        match act(timeline.at(place)) {
            Act::Tasks(tasks) => {
                list = Some(tasks.into_iter().map(|task| (place, task)).collect());
                newest = place;
            }
            Act::NewTask(text) => {
                if created
                    .last()
                    .is_some_and(|(last, _)| !timeline.same_session(*last, place))
                {
                    created.clear();
                }
                created.push((
                    place,
                    Task {
                        text: text.to_owned(),
                        done: false,
                    },
                ));
            }
            Act::TaskState { number, done } => {
                if let Some((_, task)) = number.checked_sub(1).and_then(|at| created.get_mut(at)) {
                    task.done = done;
                }
            }
            _ => {}
        }
    }
    match created.last() {
        Some((place, _)) if list.is_none() || *place > newest => Some(created),
        _ => list,
    }
}

/// Sentences near the end in which the account says what comes next; later ones first.
fn announced(timeline: &Timeline<'_>) -> Vec<Line> {
    const CUES: [&str; 14] = [
        "todo",
        "next step",
        "next,",
        "remaining",
        "still need",
        "follow-up",
        "followup",
        "not yet",
        "left to do",
        "will now",
        "let me now",
        "now i",
        "i'll",
        "- [ ]",
    ];
    let length = timeline.moments.len();
    let from = length.saturating_sub((length / 10).max(8));
    let mut lines = Vec::new();
    for place in timeline
        .texts(Role::Assistant)
        .rev()
        .take_while(|place| *place >= from)
    {
        for sentence in sentences(&timeline.at(place).text) {
            let lower = sentence.to_lowercase();
            if CUES.iter().any(|cue| lower.contains(cue)) && content(sentence).len() >= 3 {
                lines.push(line(timeline, place, &clip(sentence, 45), 1.5));
            }
        }
    }
    lines
}

fn line(timeline: &Timeline<'_>, place: usize, text: &str, weight: f64) -> Line {
    Line {
        list: false,
        kind: ItemKind::OpenItem,
        text: quoted(&clip(text, 45)),
        sources: vec![timeline.source(place)],
        weight,
        place,
    }
}
