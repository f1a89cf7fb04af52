//! Chats as text: Aider's history, Markdown dumps with headings, pasted chats with labels.

use std::sync::LazyLock;

use krake_domain::session::{Message, MessageKind, Role, Transcript};
use krake_domain::time::Timestamp;
use regex::Regex;

use crate::blocks::said;

const AIDER: &str = "# aider chat started at ";

/// A label of a speaker on a line of its own or before what they say.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"(?i)^(?:(?P<heading>#{1,6})\s+)?(?P<bold>\*\*|__)?",
        r"(?:(?P<user>user|human|you|me|benutzer|משתמש|pengguna)",
        r"|(?P<assistant>assistant|chatgpt|claude|gemini|copilot|codex|grok)",
        r"|(?P<system>system)|(?P<tool>tool))",
        r"(?P<said> said)?\s*(?P<colon>:)?\s*(?:\*\*|__)?\s*(?P<colon2>:)?\s*(?P<rest>.*)$"
    ))
    .expect("the pattern is constant")
});

/// Whether the text is a chat: Aider's, or with labels of two speakers.
pub fn is_chat(text: &str) -> bool {
    if text.lines().any(|line| line.starts_with(AIDER)) {
        return true;
    }
    let mut fence = Fence::default();
    let mut met = (false, false);
    for line in text.lines() {
        if !fence.is_inside(line)
            && let Some((role, _)) = label(line)
        {
            met.0 |= role == Role::User;
            met.1 |= role == Role::Assistant;
        }
    }
    met.0 && met.1
}

/// The transcript of a text. What stands before the first label is context; a text without any label
/// is one message of the user.
pub fn read(text: &str) -> Transcript {
    let (front, start) = front_matter(text);
    let mut transcript = Transcript {
        title: front.title,
        model: front.model,
        ..Transcript::default()
    };
    let body = &text[start..];
    let parts = if body.lines().any(|line| line.starts_with(AIDER)) {
        aider(body)
    } else {
        labelled(body)
    };
    transcript.messages = parts
        .into_iter()
        .filter(|part| !part.text.trim().is_empty())
        .map(|part| Message {
            at: part.at,
            raw: Some((start as u64 + part.from, part.to - part.from)),
            ..said(
                part.role,
                part.kind,
                part.text.trim_matches('\n').to_owned(),
            )
        })
        .collect();
    transcript
}

struct Part {
    role: Role,
    kind: MessageKind,
    text: String,
    at: Option<Timestamp>,
    from: u64,
    to: u64,
}

/// Collects lines into parts; a change of speaker begins a new one.
#[derive(Default)]
struct Parts {
    done: Vec<Part>,
    at: Option<Timestamp>,
}

impl Parts {
    fn add(&mut self, role: Role, kind: MessageKind, fresh: bool, line: &str, place: (u64, u64)) {
        let joins = !fresh
            && self
                .done
                .last()
                .is_some_and(|part| part.role == role && part.kind == kind);
        if !joins {
            self.done.push(Part {
                role,
                kind,
                text: String::new(),
                at: self.at,
                from: place.0,
                to: place.1,
            });
        }
        let part = self.done.last_mut().expect("one was just pushed or joined");
        part.text.push_str(line);
        part.text.push('\n');
        part.to = place.1;
    }
}

fn aider(text: &str) -> Vec<Part> {
    let mut parts = Parts::default();
    let mut fence = Fence::default();
    for (place, line) in placed(text) {
        if let Some(moment) = line.strip_prefix(AIDER) {
            parts.at =
                Timestamp::from_rfc3339(&format!("{}Z", moment.trim().replacen(' ', "T", 1)));
            parts.add(Role::System, MessageKind::Meta, true, line, place);
        } else if fence.is_inside(line) {
            parts.add(Role::Assistant, MessageKind::Text, false, line, place);
        } else if let Some(line) = line.strip_prefix("#### ") {
            parts.add(Role::User, MessageKind::Text, false, line, place);
        } else if let Some(line) = line.strip_prefix('>') {
            parts.add(Role::System, MessageKind::Meta, false, line.trim(), place);
        } else if line.trim().is_empty() {
            if let Some(part) = parts.done.last_mut() {
                part.text.push('\n');
            }
        } else {
            parts.add(Role::Assistant, MessageKind::Text, false, line, place);
        }
    }
    parts.done
}

fn labelled(text: &str) -> Vec<Part> {
    let mut parts = Parts::default();
    let mut fence = Fence::default();
    let mut speaker = None;
    let chat = is_chat(text);
    for (place, line) in placed(text) {
        let found = if fence.is_inside(line) || !chat {
            None
        } else {
            label(line)
        };
        if let Some((role, rest)) = found {
            speaker = Some(role);
            parts.add(role, kind_of(role), true, rest, place);
            continue;
        }
        let (role, kind) = match speaker {
            Some(role) => (role, kind_of(role)),
            None if chat => (Role::System, MessageKind::Meta),
            None => (Role::User, MessageKind::Text),
        };
        parts.add(role, kind, false, line, place);
    }
    parts.done
}

fn kind_of(role: Role) -> MessageKind {
    match role {
        Role::System => MessageKind::Meta,
        Role::Tool => MessageKind::ToolResult,
        Role::User | Role::Assistant => MessageKind::Text,
    }
}

/// The speaker that a line names, and what they say on it. A bare word counts only when a heading,
/// bold type or a colon says that it is a label.
fn label(line: &str) -> Option<(Role, &str)> {
    let found = LABEL.captures(line.trim_end())?;
    let has = |name: &str| found.name(name).is_some();
    let rest = found.name("rest").map_or("", |rest| rest.as_str());
    let colon = has("colon") || has("colon2");
    let alone = rest.is_empty();
    let marked = colon || (alone && (has("heading") || has("bold") || has("said")));
    if !marked || (has("heading") && !alone && !colon) {
        return None;
    }
    let role = match () {
        () if has("user") => Role::User,
        () if has("assistant") => Role::Assistant,
        () if has("tool") => Role::Tool,
        () => Role::System,
    };
    Some((role, rest))
}

/// Whether a line lies inside a fenced block, where labels are text.
#[derive(Default)]
struct Fence {
    open: Option<String>,
}

impl Fence {
    fn is_inside(&mut self, line: &str) -> bool {
        let mark: String = line
            .trim_start()
            .chars()
            .take_while(|letter| *letter == '`' || *letter == '~')
            .collect();
        match &self.open {
            Some(open) => {
                if mark.starts_with(open.as_str()) && line.trim() == mark {
                    self.open = None;
                }
                true
            }
            None if mark.len() >= 3 => {
                self.open = Some(mark);
                true
            }
            None => false,
        }
    }
}

#[derive(Default)]
struct Front {
    title: Option<String>,
    model: Option<String>,
}

/// The front matter, and where the body begins.
fn front_matter(text: &str) -> (Front, usize) {
    let mut front = Front::default();
    let mut lines = placed(text);
    if lines
        .next()
        .is_none_or(|(_, line)| line.trim_end() != "---")
    {
        return (front, 0);
    }
    for ((_, end), line) in lines {
        if line.trim_end() == "---" {
            return (
                front,
                usize::try_from(end).unwrap_or(text.len()).min(text.len()),
            );
        }
        let field = line.split_once(':').map(|(key, value)| {
            (
                key.trim(),
                value.trim().trim_matches(['"', '\'']).to_owned(),
            )
        });
        match field {
            Some(("title", value)) => front.title = Some(value),
            Some(("model", value)) => front.model = Some(value),
            _ => {}
        }
    }
    (Front::default(), 0)
}

/// Lines with the places of their first byte and of the byte after their end.
fn placed(text: &str) -> impl Iterator<Item = ((u64, u64), &str)> {
    text.split_inclusive('\n').scan(0_u64, |at, line| {
        let from = *at;
        *at += line.len() as u64;
        Some(((from, *at), line.trim_end_matches(['\n', '\r'])))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read as read_bytes;

    fn spoken(text: &str) -> Vec<(Role, MessageKind, String)> {
        let transcript = read_bytes(text.as_bytes(), None).unwrap();
        transcript
            .messages
            .into_iter()
            .map(|message| (message.role, message.kind, message.text))
            .collect()
    }

    #[test]
    fn aider_is_split_at_its_marks() {
        let text = "# aider chat started at 2026-01-02 03:04:05\n\n> Aider v0.80\n> Model: x  \n\n#### add a test  \n#### for the parser\n\nI will.\n\n```python\n#### not a user\n```\n> Applied edit to a.py\n";
        let transcript = read_bytes(text.as_bytes(), None).unwrap();
        let kinds: Vec<_> = transcript
            .messages
            .iter()
            .map(|message| (message.role, message.kind))
            .collect();
        assert_eq!(
            kinds,
            [
                (Role::System, MessageKind::Meta),
                (Role::User, MessageKind::Text),
                (Role::Assistant, MessageKind::Text),
                (Role::System, MessageKind::Meta)
            ]
        );
        assert!(transcript.messages[1].text.contains("for the parser"));
        assert!(transcript.messages[2].text.contains("#### not a user"));
        assert_eq!(
            transcript.messages[1].at.unwrap().to_rfc3339(),
            "2026-01-02T03:04:05.000Z"
        );
    }

    #[test]
    fn labels_of_many_kinds_are_speakers() {
        let (user, assistant) = (
            (Role::User, MessageKind::Text),
            (Role::Assistant, MessageKind::Text),
        );
        for text in [
            "**You:** hi\n\n**Claude:** yo\n",
            "### User\n\nhi\n\n### Assistant\n\nyo\n",
            "User: hi\nAssistant: yo",
            "You said:\nhi\nChatGPT said:\nyo\n",
            "**User**: hi\n**Assistant**: yo",
            "---\ntitle: A chat\n---\nBenutzer: hi\nGemini: yo\n",
        ] {
            let found = spoken(text);
            let kinds: Vec<_> = found.iter().map(|(role, kind, _)| (*role, *kind)).collect();
            assert_eq!(kinds, [user, assistant], "{text}");
            assert!(
                found[0].2.contains("hi") && found[1].2.contains("yo"),
                "{text}"
            );
        }
    }

    #[test]
    fn words_that_are_no_labels_stay_text() {
        let found = spoken(
            "User: hi\nYou can run this:\n```\nAssistant: fake\n```\nClaude: done\nMe too.\n",
        );
        assert_eq!(found.len(), 2);
        assert!(found[0].2.contains("Assistant: fake") && found[1].2.contains("Me too."));
    }

    #[test]
    fn raw_places_point_at_the_text() {
        let text = "---\ntitle: T\n---\nUser: hi\nthere\nClaude: yo\n";
        let transcript = read_bytes(text.as_bytes(), None).unwrap();
        assert_eq!(transcript.title.as_deref(), Some("T"));
        let (from, length) = transcript.messages[0].raw.unwrap();
        assert_eq!(
            &text[from as usize..(from + length) as usize],
            "User: hi\nthere\n"
        );
    }
}
