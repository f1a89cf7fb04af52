//! The user's rules: what a briefing always keeps, and what it never holds.
//!
//! **Invariant:** no line that a rule forbids is in a briefing, also where another rule wants it.

use std::collections::BTreeSet;

use krake_domain::briefing::ItemKind;
use krake_domain::compression::{CompressionRule, Retention, Subject};
use krake_domain::session::MessageKind;

use super::calls::own_words;
use super::escape::quoted;
use super::line::Line;
use super::timeline::Timeline;
use super::words::{clip, sentences};

/// Words of a line that a rule keeps.
const KEPT_WORDS: usize = 48;
/// Lines that the rules can ask for: more than any briefing holds.
const MOST_KEPT: usize = 400;

/// Whether a rule forbids the line.
#[must_use]
pub fn forbids(rules: &[CompressionRule], kind: ItemKind, text: &str) -> bool {
    of(rules, Retention::NeverKeep).any(|subject| match subject {
        Subject::Kind { kind: forbidden } => *forbidden == kind,
        subject => speaks(subject, text),
    })
}

/// Whether a rule wants all of a section.
#[must_use]
pub fn wants(rules: &[CompressionRule], kind: ItemKind) -> bool {
    of(rules, Retention::AlwaysKeep)
        .any(|subject| matches!(subject, Subject::Kind { kind: wanted } if *wanted == kind))
}

/// What the sessions say that a rule keeps, latest first, each once.
#[must_use]
pub fn kept(rules: &[CompressionRule], timeline: &Timeline<'_>) -> Vec<Line> {
    let wanted: Vec<&Subject> = of(rules, Retention::AlwaysKeep)
        .filter(|subject| !matches!(subject, Subject::Kind { .. }))
        .collect();
    let (mut lines, mut seen) = (Vec::new(), BTreeSet::new());
    if wanted.is_empty() {
        return lines;
    }
    for place in (0..timeline.moments.len()).rev() {
        let message = timeline.at(place);
        if message.kind == MessageKind::Meta {
            continue;
        }
        for sentence in sentences(&own_words(message)) {
            if lines.len() == MOST_KEPT {
                return lines;
            }
            if !wanted.iter().any(|subject| speaks(subject, sentence)) {
                continue;
            }
            let text = quoted(&clip(sentence, KEPT_WORDS));
            if seen.insert(text.clone()) {
                lines.push(Line {
                    kind: ItemKind::Kept,
                    text,
                    sources: vec![timeline.source(place)],
                    weight: 3.0,
                    list: false,
                    place,
                });
            }
        }
    }
    lines
}

fn of(rules: &[CompressionRule], effect: Retention) -> impl Iterator<Item = &Subject> {
    rules
        .iter()
        .filter(move |rule| rule.effect == effect)
        .map(|rule| &rule.subject)
}

fn speaks(subject: &Subject, text: &str) -> bool {
    match subject {
        Subject::Pattern { text: pattern } => text.to_lowercase().contains(&pattern.to_lowercase()),
        Subject::File { path } => names_file(text, path.trim_end_matches('/')),
        Subject::Kind { .. } => false,
    }
}

/// Whether the path stands in the text as a whole: `src/a.rs` is not in `src/a.rs.bak`, `src` is in
/// `src/a.rs`.
fn names_file(text: &str, path: &str) -> bool {
    let inside = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '-');
    !path.is_empty()
        && text.match_indices(path).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            let mut after = text[at + path.len()..].chars();
            let next = after.next();
            let ends = match next {
                Some('.') => !after.next().is_some_and(inside),
                next => !next.is_some_and(inside),
            };
            ends && !before.is_some_and(inside)
        })
}

#[cfg(test)]
mod tests {
    use super::super::{Request, SessionInput, brief};
    use super::*;
    use krake_domain::id::{CompressionRuleId, WorkspaceId};
    use krake_domain::session::{Message, Role, Transcript};
    use krake_domain::time::Timestamp;

    fn rule(effect: Retention, subject: Subject) -> CompressionRule {
        CompressionRule {
            id: CompressionRuleId::from_uuid(uuid::Uuid::from_u128(1)),
            workspace: WorkspaceId::PERSONAL,
            project: None,
            effect,
            subject,
            created_at: Timestamp(0),
        }
    }

    fn text(text: &str) -> Subject {
        Subject::Pattern { text: text.into() }
    }

    fn file(path: &str) -> Subject {
        Subject::File { path: path.into() }
    }

    #[test]
    fn a_file_is_named_as_a_whole() {
        assert!(names_file("see `src/a.rs`.", "src/a.rs") && names_file("src/a.rs:12", "src/a.rs"));
        assert!(names_file("in src/a.rs now", "src"));
        assert!(!names_file("src/a.rs.bak", "src/a.rs") && !names_file("mysrc/a", "src"));
    }

    #[test]
    fn what_is_kept_is_there_and_what_is_forbidden_is_not() {
        let said = |role, text: String| Message {
            role,
            text,
            ..Message::default()
        };
        let mut messages = vec![said(Role::User, "Make the shop faster, please.".into())];
        for number in 0..80 {
            let told = match number {
                7 => "The licence key lies in ops/keys.txt on the old server.".to_owned(),
                9 => "Customer Meyer pays late.".to_owned(),
                _ => format!("Page {number} was slow because query_{number} reads every order."),
            };
            messages.push(said(Role::Assistant, told));
        }
        let transcript = Transcript {
            messages,
            ..Transcript::default()
        };
        let sessions = [SessionInput {
            label: "",
            transcript: &transcript,
        }];
        let of = |rules: &[CompressionRule]| {
            let request = Request {
                sessions: &sessions,
                facts: &[],
                budget: 260,
                goal: None,
                rules,
            };
            brief(&request).text
        };
        let plain = of(&[]);
        assert!(!plain.contains("licence key"), "{plain}");
        let keep = rule(Retention::AlwaysKeep, file("ops"));
        assert!(of(std::slice::from_ref(&keep)).contains("licence key lies in ops/keys.txt"));
        let never = rule(Retention::NeverKeep, text("LICENCE"));
        assert!(!of(&[keep, never]).contains("licence"));
        let no_goal = rule(
            Retention::NeverKeep,
            Subject::Kind {
                kind: ItemKind::Goal,
            },
        );
        assert!(plain.contains("## Goal") && !of(&[no_goal]).contains("## Goal"));
        let wide = rule(Retention::NeverKeep, text("query_"));
        assert!(plain.contains("query_") && !of(&[wide]).contains("query_"));
    }
}
