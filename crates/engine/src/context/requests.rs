//! What the user wants: the goal, the last request, standing instructions, and decisions.

use krake_domain::briefing::{ItemKind, Source};
use krake_domain::session::{MessageKind, Role};

use super::calls::{Act, act};
use super::escape::quoted;
use super::line::Line;
use super::timeline::Timeline;
use super::words::{clip, content, sentences, words};

/// Words of the goal and of the last request that are kept.
const GOAL_WORDS: usize = 90;
const REQUEST_WORDS: usize = 80;
/// Fewer words of a request say nothing.
const LEAST_WORDS: usize = 6;
/// Words of one instruction or decision.
const SENTENCE_WORDS: usize = 48;
/// A user's message longer than this holds something pasted: only its ends are instructions.
const PASTED_CHARS: usize = 2_500;

/// The first request of each session, the latest session first, each within so many tokens.
#[must_use]
pub fn goals(timeline: &Timeline<'_>, most_tokens: u64) -> Vec<Line> {
    let mut firsts: Vec<usize> = Vec::new();
    for place in timeline.texts(Role::User) {
        if firsts
            .last()
            .is_none_or(|last| !timeline.same_session(*last, place))
        {
            firsts.push(place);
        }
    }
    firsts
        .into_iter()
        .rev()
        .map(|place| verbatim(timeline, ItemKind::Goal, place, GOAL_WORDS, most_tokens))
        .collect()
}

/// The last thing that the user asked for, unless it is the goal itself.
#[must_use]
pub fn last_request(timeline: &Timeline<'_>, most_tokens: u64) -> Option<Line> {
    let last = timeline.texts(Role::User).next_back()?;
    let first = timeline
        .texts(Role::User)
        .find(|place| timeline.same_session(*place, last))?;
    (first != last).then(|| {
        verbatim(
            timeline,
            ItemKind::LastRequest,
            last,
            REQUEST_WORDS,
            most_tokens,
        )
    })
}

/// What the user told the account to do or not to do, latest first, each once.
#[must_use]
pub fn constraints(timeline: &Timeline<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for place in timeline.texts(Role::User).rev() {
        let text = &timeline.at(place).text;
        let all: Vec<&str> = sentences(text).collect();
        let pasted = text.len() > PASTED_CHARS;
        for (number, sentence) in all.iter().enumerate() {
            let at_an_end = number < 3 || number + 3 >= all.len();
            if (pasted && !at_an_end) || content(sentence).len() < 3 || !is_instruction(sentence) {
                continue;
            }
            lines.push(said(
                timeline,
                ItemKind::Constraint,
                place,
                &clip(sentence, SENTENCE_WORDS),
                strength(sentence),
            ));
        }
    }
    lines
}

/// Answers to questions of the account, with the question; calls that the user refused; and what
/// the account says it decided.
#[must_use]
pub fn decisions(timeline: &Timeline<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for place in (0..timeline.moments.len()).rev() {
        let message = timeline.at(place);
        match (message.role, message.kind) {
            (_, MessageKind::ToolResult) => lines.extend(answer_or_refusal(timeline, place)),
            (Role::User, MessageKind::Text) => lines.extend(short_reply(timeline, place)),
            (Role::Assistant, MessageKind::Text | MessageKind::Summary) => lines.extend(
                sentences(&message.text)
                    .filter(|sentence| decides(sentence) && content(sentence).len() >= 5)
                    .map(|sentence| {
                        said(
                            timeline,
                            ItemKind::Decision,
                            place,
                            &clip(sentence, SENTENCE_WORDS),
                            1.0,
                        )
                    }),
            ),
            _ => {}
        }
    }
    lines
}

/// The beginning of a message, as many words as fit.
fn verbatim(
    timeline: &Timeline<'_>,
    kind: ItemKind,
    place: usize,
    most_words: usize,
    most_tokens: u64,
) -> Line {
    let mut words = most_words;
    loop {
        let line = said(
            timeline,
            kind,
            place,
            &clip(&timeline.at(place).text, words),
            4.0,
        );
        if words <= LEAST_WORDS || line.cost() <= most_tokens {
            return line;
        }
        words -= words.div_ceil(6);
    }
}

fn said(timeline: &Timeline<'_>, kind: ItemKind, place: usize, text: &str, weight: f64) -> Line {
    Line {
        list: false,
        kind,
        text: quoted(text),
        sources: vec![timeline.source(place)],
        weight,
        place,
    }
}

fn answer_or_refusal(timeline: &Timeline<'_>, place: usize) -> Option<Line> {
    let call = timeline.other_half(place)?;
    let result = &timeline.at(place).text;
    if act(timeline.at(call)) == Act::Question {
        return Some(said(
            timeline,
            ItemKind::Decision,
            place,
            &clip(result, 60),
            3.0,
        ));
    }
    let refused = [
        "The user doesn't want to",
        "User rejected",
        "rejected by user",
        "user doesn't want to proceed",
    ];
    if !refused.iter().any(|words| result.contains(words)) {
        return None;
    }
    let mut line = said(
        timeline,
        ItemKind::Decision,
        place,
        &format!("refused by the user: {}", clip(&timeline.at(call).text, 24)),
        3.0,
    );
    line.sources.push(timeline.source(call));
    Some(line)
}

/// A reply of a few words means something only beside what it answers.
fn short_reply(timeline: &Timeline<'_>, place: usize) -> Option<Line> {
    let reply = timeline.at(place).text.trim();
    if reply.split_whitespace().count() > 12 || reply.is_empty() {
        return None;
    }
    let asked = timeline
        .texts(Role::Assistant)
        .rev()
        .find(|before| *before < place && timeline.same_session(*before, place))?;
    if place - asked > 3 {
        return None;
    }
    let question = sentences(&timeline.at(asked).text)
        .filter(|sentence| sentence.trim_end_matches(['*', '_']).ends_with('?'))
        .last()?;
    let text = format!("{} — {}", clip(question, 30), clip(reply, 14));
    let sources: Vec<Source> = vec![timeline.source(asked), timeline.source(place)];
    Some(Line {
        list: false,
        kind: ItemKind::Decision,
        text: quoted(&text),
        sources,
        weight: 2.0,
        place,
    })
}

/// Words with which people instruct: rules, wishes, and verbs at the head of an order.
const ORDERS: [&str; 56] = [
    "add",
    "always",
    "avoid",
    "build",
    "can",
    "cannot",
    "change",
    "check",
    "commit",
    "could",
    "create",
    "delete",
    "do",
    "don",
    "don't",
    "ensure",
    "fix",
    "implement",
    "important",
    "instead",
    "keep",
    "let",
    "let's",
    "make",
    "move",
    "must",
    "need",
    "needs",
    "never",
    "no",
    "not",
    "only",
    "please",
    "prefer",
    "push",
    "put",
    "remember",
    "remove",
    "rename",
    "replace",
    "require",
    "revert",
    "run",
    "should",
    "shouldn",
    "shouldn't",
    "show",
    "stop",
    "sure",
    "try",
    "update",
    "use",
    "want",
    "why",
    "without",
    "write",
];

fn is_instruction(sentence: &str) -> bool {
    words(sentence).any(|word| ORDERS.binary_search(&word.as_str()).is_ok())
}

fn strength(sentence: &str) -> f64 {
    let strong = [
        "always",
        "must",
        "never",
        "not",
        "don",
        "only",
        "instead",
        "important",
        "without",
        "no",
        "remember",
    ];
    let count = words(sentence)
        .filter(|word| strong.contains(&word.as_str()))
        .count();
    if count == 0 { 1.0 } else { 2.0 }
}

/// Whether a sentence says what was decided, or what a fault comes from.
#[must_use]
pub fn decides(sentence: &str) -> bool {
    const CUES: [&str; 12] = [
        "decided",
        "decision",
        "root cause",
        "turns out",
        "instead of",
        "rather than",
        "no longer",
        "we agreed",
        "chose",
        "going with",
        "the problem is",
        "the issue is",
    ];
    let lower = sentence.to_lowercase();
    CUES.iter().any(|cue| lower.contains(cue))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_list_of_orders_is_sorted() {
        assert!(super::ORDERS.is_sorted());
    }
}
