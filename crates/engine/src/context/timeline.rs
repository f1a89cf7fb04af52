//! The messages of all sessions on one line, oldest first, each with its citation.

use std::collections::{BTreeMap, VecDeque};

use krake_domain::briefing::{Source, SourceKind};
use krake_domain::session::{Message, MessageKind, Role, Transcript};

use super::SessionInput;
use super::escape::reference;

/// What is visible of the sessions; a place in it is an index from 0.
pub struct Timeline<'a> {
    pub moments: Vec<Moment<'a>>,
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
            let only_sides = messages.iter().all(|message| message.sidechain);
            moments.extend(
                messages
                    .iter()
                    .enumerate()
                    .filter(|(_, message)| only_sides || !message.sidechain)
                    .map(|(place, message)| Moment {
                        message,
                        session: number,
                        label: format!("{label}#{place}"),
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
        Self {
            moments,
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

    /// Places of what people and accounts said: texts of that role.
    pub fn texts(&self, role: Role) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.moments.len()).filter(move |place| {
            let message = self.moments[*place].message;
            message.role == role
                && message.kind == MessageKind::Text
                && !message.text.trim().is_empty()
        })
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

/// Results name their call; where they do not, they answer the oldest call that has none.
fn pair(moments: &[Moment<'_>]) -> BTreeMap<usize, usize> {
    let mut pairs = BTreeMap::new();
    let mut waiting: VecDeque<usize> = VecDeque::new();
    let mut named: BTreeMap<(usize, &str), usize> = BTreeMap::new();
    for (place, moment) in moments.iter().enumerate() {
        let id = moment
            .message
            .tool
            .as_ref()
            .and_then(|tool| tool.call_id.as_deref());
        match (moment.message.kind, id) {
            (MessageKind::ToolCall, Some(id)) => {
                named.insert((moment.session, id), place);
            }
            (MessageKind::ToolCall, None) => waiting.push_back(place),
            (MessageKind::ToolResult, id) => {
                let call = id
                    .and_then(|id| named.remove(&(moment.session, id)))
                    .or_else(|| waiting.pop_front());
                if let Some(call) = call {
                    pairs.insert(call, place);
                    pairs.insert(place, call);
                }
            }
            (MessageKind::Text, _) if moment.message.role == Role::User => waiting.clear(),
            _ => {}
        }
    }
    pairs
}
