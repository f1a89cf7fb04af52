//! Conversations that nobody had: words as uneven as in real ones, the same each time.

use std::fmt::Write as _;

use krake_domain::session::{Message, MessageKind, Role, ToolUse};
use krake_domain::time::Timestamp;

const SYLLABLES: [&str; 20] = [
    "ka", "lo", "mi", "ter", "sen", "dra", "pol", "ve", "nu", "gri", "sta", "fen", "ob", "ul",
    "ri", "mas", "te", "quo", "han", "ix",
];
/// Different words. The first is in most messages, the last in almost none.
const WORDS: u64 = 60_000;
const FIRST_MOMENT: i64 = 1_750_000_000_000;

/// Makes words, messages and queries; the same seed gives the same ones.
pub struct Talk(u64);

impl Talk {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        // xorshift64*: <https://en.wikipedia.org/wiki/Xorshift>.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 16) % end
    }

    /// A word; the hundredth is about a hundred times rarer than the first, as in real texts.
    pub fn word(&mut self) -> String {
        let spread = self.below(1 << 20);
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a rank below 60,000"
        )]
        let rank = (WORDS as f64).powf(spread as f64 / f64::from(1 << 20)) as u64 - 1;
        spell(rank)
    }

    /// Words in a row.
    pub fn words(&mut self, count: u64) -> String {
        (0..count)
            .map(|_| self.word())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// A message of a session of work: two in five are calls and their results.
    pub fn message(&mut self, number: u64) -> Message {
        let kind = match number % 5 {
            0 => (Role::User, MessageKind::Text, 25),
            1 | 4 => (Role::Assistant, MessageKind::Text, 50),
            2 => (Role::Assistant, MessageKind::ToolCall, 12),
            _ => (Role::Tool, MessageKind::ToolResult, 110),
        };
        let (role, kind, most) = kind;
        let count = 3 + self.below(most);
        let mut text = self.words(count);
        let is_tool = matches!(kind, MessageKind::ToolCall | MessageKind::ToolResult);
        if is_tool {
            let (folder, file) = (self.word(), self.word());
            write!(
                text,
                " src/{folder}/{file}.rs {folder}_{file} {file}Of{}",
                capital(&folder)
            )
            .expect("a String takes all");
        }
        Message {
            native_id: Some(format!("m{number}")),
            role,
            kind,
            text,
            tool: is_tool.then(|| ToolUse {
                name: "Bash".to_owned(),
                ..ToolUse::default()
            }),
            at: Some(Timestamp(
                FIRST_MOMENT + i64::try_from(number).unwrap_or(0) * 1_000,
            )),
            ..Message::default()
        }
    }
}

/// The messages as Claude Code writes them down, one a line.
#[must_use]
pub fn claude_code(session: &str, messages: &[Message]) -> Vec<u8> {
    let mut file = Vec::new();
    for (number, message) in messages.iter().enumerate() {
        let id = message.native_id.as_deref().unwrap_or_default();
        let content = match message.kind {
            MessageKind::ToolCall => serde_json::json!([{
                "type": "tool_use", "id": format!("toolu_{number}"), "name": "Bash",
                "input": { "command": message.text, "description": "Run it" },
            }]),
            MessageKind::ToolResult => serde_json::json!([{
                "type": "tool_result", "tool_use_id": format!("toolu_{}", number.saturating_sub(1)),
                "content": message.text,
            }]),
            _ => serde_json::json!([{ "type": "text", "text": message.text }]),
        };
        let role = if message.role == Role::Assistant {
            "assistant"
        } else {
            "user"
        };
        let line = serde_json::json!({
            "parentUuid": number.checked_sub(1).map(|before| format!("m{before}")),
            "isSidechain": false, "userType": "external", "cwd": "/work/shop",
            "sessionId": session, "version": "2.0.0", "gitBranch": "main", "type": role, "uuid": id,
            "timestamp": message.at.unwrap_or_default().to_rfc3339(),
            "message": { "role": role, "content": content },
        });
        file.extend_from_slice(line.to_string().as_bytes());
        file.push(b'\n');
    }
    file
}

fn spell(rank: u64) -> String {
    let mut word = String::new();
    let mut rest = rank;
    loop {
        let at = usize::try_from(rest % 20).unwrap_or(0);
        word.push_str(SYLLABLES[at]);
        rest /= 20;
        if rest == 0 {
            return word;
        }
    }
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
