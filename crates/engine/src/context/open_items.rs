//! What is not done yet: the list of tasks as it was written last, by a tool or as checkboxes, else
//! what was announced in the last turn and not followed by a result.
//!
//! It does not judge whether a task was done; it reads the states that the account gave.
//! **Invariant:** a list that was written later replaces the earlier one as a whole.

use krake_domain::briefing::ItemKind;
use krake_domain::session::{MessageKind, Role};

use super::calls::{Act, Task, act};
use super::escape::quoted;
use super::line::Line;
use super::timeline::Timeline;
use super::words::{clip, content, sentences, words};

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
    let last = (0..timeline.moments.len()).rev().find(|place| {
        timeline.at(*place).kind != MessageKind::Meta && !timeline.is_captured(*place)
    })?;
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
            _ => {
                let boxes = checkboxes(timeline, place);
                if !boxes.is_empty() {
                    list = Some(boxes);
                    newest = place;
                }
            }
        }
    }
    match created.last() {
        Some((place, _)) if list.is_none() || *place > newest => Some(created),
        _ => list,
    }
}

/// Checkboxes in what the account said: `- [ ]` is open, `- [x]` is done.
fn checkboxes(timeline: &Timeline<'_>, place: usize) -> Vec<(usize, Task)> {
    let message = timeline.at(place);
    let says = matches!(message.kind, MessageKind::Text | MessageKind::Summary);
    if message.role != Role::Assistant || !says {
        return Vec::new();
    }
    let entry = |line: &str| {
        let rest = line.trim_start().strip_prefix(['-', '*', '+'])?;
        let (state, text) = rest.trim_start().strip_prefix('[')?.split_once(']')?;
        let done = match state {
            " " | "" => false,
            "x" | "X" | "-" | "~" => true,
            _ => return None,
        };
        let text = text.trim().to_owned();
        (!text.is_empty()).then_some((place, Task { text, done }))
    };
    message.text.lines().filter_map(entry).collect()
}

/// What the account announced in the last turn in which it spoke; later sentences first. Earlier
/// turns were answered by the user, so what they left open has been asked for again or let go.
fn announced(timeline: &Timeline<'_>) -> Vec<Line> {
    let Some(last) = timeline.texts(Role::Assistant).next_back() else {
        return Vec::new();
    };
    let from = timeline
        .texts(Role::User)
        .rev()
        .find(|place| *place < last && timeline.same_session(*place, last))
        .unwrap_or(0);
    let last_result = (from..timeline.moments.len())
        .rev()
        .find(|place| timeline.at(*place).kind == MessageKind::ToolResult);
    let mut lines = Vec::new();
    for place in timeline
        .texts(Role::Assistant)
        .rev()
        .filter(|place| timeline.same_session(*place, last))
        .take_while(|place| *place >= from)
    {
        // A result behind an intention has answered it; what is said to be left stays open.
        let answered = last_result.is_some_and(|result| result > place);
        for sentence in sentences(&timeline.at(place).text) {
            let open = is_left(sentence) || (!answered && is_intention(sentence));
            if open && content(sentence).len() >= 3 {
                lines.push(line(timeline, place, sentence, 1.5));
            }
        }
    }
    lines
}

/// A sentence that opens in the future tense of the speaker, or names itself the next step.
fn is_intention(sentence: &str) -> bool {
    let opening: Vec<String> = words(sentence).take(4).collect();
    let has = |pair: [&str; 2]| opening.windows(2).any(|two| two == pair);
    has(["i", "ll"])
        || has(["i", "will"])
        || has(["let", "me"])
        || opening.iter().any(|w| w == "next")
}

/// A sentence about work that is left.
fn is_left(sentence: &str) -> bool {
    words(sentence).any(|word| {
        matches!(
            word.as_str(),
            "todo" | "remaining" | "remains" | "unfinished"
        )
    })
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

#[cfg(test)]
mod tests {
    use super::super::SessionInput;
    use super::*;
    use krake_domain::session::{Message, Transcript};

    #[test]
    fn intentions_and_rests_are_told_from_reports() {
        assert!(is_intention("Now I'll move the parser."));
        assert!(is_intention("Next: the exporter"));
        assert!(!is_intention(
            "The parser moved, and I said that I will not touch it."
        ));
        assert!(is_left("Two tests of the parser remain: TODO."));
        assert!(!is_left("All tests of the parser pass."));
    }

    #[test]
    fn checkboxes_replace_the_list_before() {
        let said = |text: &str| Message {
            role: Role::Assistant,
            text: text.into(),
            ..Message::default()
        };
        let transcript = Transcript {
            messages: vec![
                said("- [ ] Read the parser\n- [ ] Write the exporter"),
                said("Plan:\n- [x] Read the parser\n- [ ] Write the exporter of sessions"),
            ],
            ..Transcript::default()
        };
        let sessions = [SessionInput {
            label: "",
            transcript: &transcript,
        }];
        let open = open_items(&Timeline::of(&sessions));
        let texts: Vec<&str> = open.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(texts, ["Write the exporter of sessions"]);
    }
}
