//! The messages of all sessions on one line, oldest first, each with its citation.

use std::collections::BTreeMap;

use krake_domain::briefing::{Source, SourceKind};
use krake_domain::session::{CAPTURE, Message, MessageKind, Role, Transcript};

use super::SessionInput;
use super::escape::reference;

/// What is visible of the sessions; a place in it is an index from 0.
pub struct Timeline<'a> {
    pub moments: Vec<Moment<'a>>,
    /// Places of what was said, the earliest first.
    spoken: Vec<usize>,
    /// For each place of a call, the place of its result, and the other way round.
    pairs: BTreeMap<usize, usize>,
    /// Where each of several sessions begins, with what is known of it.
    beginnings: Vec<Beginning<'a>>,
    /// Folders that the sessions worked in, and how much of a path inside is left out.
    folders: Vec<(String, usize)>,
}

/// Where a session begins in the row.
pub struct Beginning<'a> {
    pub place: usize,
    pub label: String,
    pub transcript: &'a Transcript,
}

/// One message with where it comes from.
pub struct Moment<'a> {
    pub message: &'a Message,
    session: usize,
    label: String,
    /// Of a session that holds only messages off the visible line, beside others: what a subagent was
    /// asked and said. Its words are nobody's that the work is done for.
    is_aside: bool,
    /// It was captured: material, whose words are nobody's.
    captured: bool,
}

impl<'a> Timeline<'a> {
    /// Puts the sessions in a row. A session that stands there twice counts once; messages off the
    /// visible line are left out, unless a session has no others.
    #[must_use]
    pub fn of(sessions: &'a [SessionInput<'a>]) -> Self {
        let mut moments = Vec::new();
        let mut folders = Vec::new();
        let mut beginnings = Vec::new();
        let mut distinct: Vec<&SessionInput<'a>> = Vec::new();
        for session in sessions {
            let messages = &session.transcript.messages;
            if distinct
                .iter()
                .all(|known| known.transcript.messages != *messages)
            {
                distinct.push(session);
            }
        }
        let several = distinct.len() > 1;
        let is_side = |session: &SessionInput<'_>| {
            let mut messages = session.transcript.messages.iter();
            messages.all(|message| message.sidechain)
        };
        let has_main = distinct.iter().any(|session| !is_side(session));
        for (number, session) in distinct.into_iter().enumerate() {
            let messages = &session.transcript.messages;
            let label = match session.label {
                "" if several => format!("s{}", number + 1),
                label => label
                    .chars()
                    .filter(|letter| letter.is_alphanumeric() || matches!(letter, '-' | '_'))
                    .collect(),
            };
            if several && !messages.is_empty() {
                beginnings.push(Beginning {
                    place: moments.len(),
                    label: label.clone(),
                    transcript: session.transcript,
                });
            }
            let only_sides = is_side(session);
            moments.extend(
                messages
                    .iter()
                    .enumerate()
                    .filter(|(_, message)| only_sides || !message.sidechain)
                    .map(|(place, message)| Moment {
                        message,
                        session: number,
                        label: format!("{label}#{place}"),
                        is_aside: only_sides && has_main,
                        captured: session.transcript.format == CAPTURE,
                    }),
            );
            let cwd = session
                .transcript
                .cwd
                .as_deref()
                .unwrap_or_default()
                .trim_end_matches('/');
            if !cwd.is_empty() {
                folders.push((cwd.to_owned(), cwd.len() + 1));
            }
        }
        folders.sort_by_key(|(folder, _): &(String, usize)| std::cmp::Reverse(folder.len()));
        let pairs = pair(&moments);
        let spoken = in_time(&moments);
        Self {
            moments,
            spoken,
            pairs,
            beginnings,
            folders,
        }
    }

    /// Where each session begins; empty for a single one.
    #[must_use]
    pub fn beginnings(&self) -> &[Beginning<'a>] {
        &self.beginnings
    }

    /// The citation of a place.
    #[must_use]
    pub fn source(&self, place: usize) -> Source {
        Source {
            kind: SourceKind::Message,
            reference: reference(&self.moments[place].label),
        }
    }

    /// The result of the call at that place, or the call of the result.
    #[must_use]
    pub fn other_half(&self, place: usize) -> Option<usize> {
        self.pairs.get(&place).copied()
    }

    /// Places of what the person, or the account, said: texts of that role, in the order of time, without
    /// what was captured.
    pub fn texts(&self, role: Role) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let spoken = self.spoken.iter().copied();
        spoken.filter(move |place| self.at(*place).role == role)
    }

    /// Whether a place lies in what a subagent did.
    #[must_use]
    pub fn is_aside(&self, place: usize) -> bool {
        self.moments[place].is_aside
    }

    /// The place that a citation names.
    #[must_use]
    pub fn place_of(&self, source: &Source) -> Option<usize> {
        let is_it = |moment: &Moment<'_>| moment.label == source.reference;
        self.moments.iter().position(is_it)
    }

    /// Whether what stands there was captured.
    #[must_use]
    pub fn is_captured(&self, place: usize) -> bool {
        self.moments[place].captured
    }

    /// The message at a place.
    #[must_use]
    pub fn at(&self, place: usize) -> &'a Message {
        self.moments[place].message
    }

    /// Whether two places lie in one session.
    #[must_use]
    pub fn same_session(&self, a: usize, b: usize) -> bool {
        self.moments[a].session == self.moments[b].session
    }

    /// Notes a folder that most of the work lies in. Its own name stays in front of the paths, so that
    /// a name such as `mod.rs` still says where it is.
    pub fn note_folder(&mut self, folder: &str) {
        let kept = folder
            .rsplit_once('/')
            .map_or(0, |(above, _)| above.len() + 1);
        if kept > 1 {
            self.folders.push((folder.to_owned(), kept));
        }
    }

    /// A path without the folder that the work lies in.
    #[must_use]
    pub fn relative<'p>(&self, path: &'p str) -> &'p str {
        let inside = |folder: &str| {
            path.strip_prefix(folder)
                .is_some_and(|rest| rest.len() > 1 && rest.starts_with('/'))
        };
        let found = self.folders.iter().find(|(folder, _)| inside(folder));
        found.map_or(path, |(_, cut)| &path[*cut..])
    }
}

/// Places of texts, the earliest first. Sessions stand in the order in which they began; where they went
/// on side by side, what was said last may stand before the end. Inside a session the order of its
/// messages holds, whatever their clocks say.
fn in_time(moments: &[Moment<'_>]) -> Vec<usize> {
    let mut texts = Vec::new();
    let (mut session, mut now) = (0, None);
    for (place, moment) in moments.iter().enumerate() {
        let message = moment.message;
        // A session without moments is as old as the one before.
        now = match session == moment.session {
            true => now.max(message.at),
            false => message.at.or(now),
        };
        session = moment.session;
        let is_text = message.kind == MessageKind::Text && !message.text.trim().is_empty();
        if is_text && !moment.is_aside && !moment.captured {
            texts.push((now, place));
        }
    }
    texts.sort();
    texts.into_iter().map(|(_, place)| place).collect()
}

/// Results name their call. Where they do not, those that come together answer the calls before them
/// in their order; of fewer results than calls, the last calls: a tool that printed nothing often left
/// no result, and whoever made it call again had seen that.
fn pair(moments: &[Moment<'_>]) -> BTreeMap<usize, usize> {
    let mut pairs = BTreeMap::new();
    let mut named: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    let mut step = Step::default();
    let mut session = 0;
    for (place, moment) in moments.iter().enumerate() {
        let message = moment.message;
        if moment.session != session || step.is_over_by(message) {
            step.end(&mut pairs);
        }
        session = moment.session;
        let tool = message.tool.as_ref();
        let id = tool.and_then(|tool| tool.call_id.as_deref());
        match (message.kind, id) {
            (MessageKind::ToolCall, Some(id)) => {
                named.insert((session, id), place);
            }
            (MessageKind::ToolCall, None) => step.calls.push(place),
            (MessageKind::ToolResult, id) => match id.and_then(|id| named.remove(&(session, id))) {
                Some(call) => tie(&mut pairs, call, place),
                None => step.results.push(place),
            },
            _ => {}
        }
    }
    step.end(&mut pairs);
    pairs
}

/// Calls without names and the results that came after them.
#[derive(Default)]
struct Step {
    calls: Vec<usize>,
    results: Vec<usize>,
}

impl Step {
    /// Whether no more results for these calls can come once this message does.
    fn is_over_by(&self, message: &Message) -> bool {
        match message.role {
            Role::Assistant => !self.results.is_empty() && message.kind != MessageKind::ToolResult,
            Role::User => message.kind == MessageKind::Text,
            _ => false,
        }
    }

    fn end(&mut self, pairs: &mut BTreeMap<usize, usize>) {
        let without = self.calls.len().saturating_sub(self.results.len());
        for (call, result) in self.calls.drain(..).skip(without).zip(&self.results) {
            tie(pairs, call, *result);
        }
        self.results.clear();
    }
}

fn tie(pairs: &mut BTreeMap<usize, usize>, call: usize, result: usize) {
    pairs.insert(call, result);
    pairs.insert(result, call);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(role: Role, kind: MessageKind) -> Message {
        Message {
            role,
            kind,
            text: "x".into(),
            ..Message::default()
        }
    }

    #[test]
    fn a_call_that_left_no_result_moves_no_other() {
        let call = || message(Role::Assistant, MessageKind::ToolCall);
        let result = || message(Role::Tool, MessageKind::ToolResult);
        let says = || message(Role::Assistant, MessageKind::Text);
        let transcript = Transcript {
            messages: vec![
                call(), // Printed nothing.
                says(),
                call(),
                result(),
                call(), // Two at once.
                call(),
                result(),
                result(),
                call(), // Stopped by the user.
                message(Role::User, MessageKind::Text),
                call(),
                result(),
            ],
            ..Transcript::default()
        };
        let sessions = [SessionInput {
            label: "",
            transcript: &transcript,
        }];
        let timeline = Timeline::of(&sessions);
        let halves: Vec<Option<usize>> = (0..12).map(|place| timeline.other_half(place)).collect();
        let tied = [(2, 3), (4, 6), (5, 7), (10, 11)];
        for place in 0..12 {
            let found = tied.iter().find_map(|(call, result)| match place {
                place if place == *call => Some(*result),
                place if place == *result => Some(*call),
                _ => None,
            });
            assert_eq!(halves[place], found, "{place}: {halves:?}");
        }
    }
}
