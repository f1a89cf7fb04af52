//! Conversations that nobody had: words as uneven as in real ones, the same each time.

use std::fmt::Write as _;

use krake_domain::hash::Hash;
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

/// How much of what Claude Code writes stands in its lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// What is said, under short ids.
    Short,
    /// Also what each answer took, under ids as long as they are.
    Whole,
}

/// The messages as Claude Code writes them down, one a line; `first` is the number of the first.
#[must_use]
pub fn claude_code(session: &str, first: u64, messages: &[Message], lines: Lines) -> Vec<u8> {
    let mut file = Vec::new();
    for (number, message) in (first..).zip(messages) {
        let content = match message.kind {
            MessageKind::ToolCall => serde_json::json!([{
                "type": "tool_use", "id": name("toolu_", number, lines), "name": "Bash",
                "input": { "command": message.text, "description": "Run it" },
            }]),
            MessageKind::ToolResult => serde_json::json!([{
                "type": "tool_result",
                "tool_use_id": name("toolu_", number.saturating_sub(1), lines),
                "content": message.text,
            }]),
            _ => serde_json::json!([{ "type": "text", "text": message.text }]),
        };
        let is_answer = message.role == Role::Assistant;
        let role = if is_answer { "assistant" } else { "user" };
        let parent = number.checked_sub(1).map(|before| uuid(before, lines));
        let mut line = serde_json::json!({
            "parentUuid": parent, "isSidechain": false, "userType": "external", "cwd": "/work/shop",
            "sessionId": session, "version": "2.0.0", "gitBranch": "main", "type": role,
            "uuid": uuid(number, lines),
            "timestamp": message.at.unwrap_or_default().to_rfc3339(),
            "message": { "role": role, "content": content },
        });
        if is_answer && lines == Lines::Whole {
            // Words and the call behind them are one answer.
            let answer = number / 5 * 2 + u64::from(number % 5 == 4);
            line["requestId"] = name("req_", answer, lines).into();
            line["message"]["id"] = name("msg_", answer, lines).into();
            line["message"]["model"] = "claude-sonnet-4-5-20250929".into();
            line["message"]["usage"] = serde_json::json!({
                "input_tokens": 4, "cache_creation_input_tokens": 900 + answer % 4_000,
                "cache_read_input_tokens": 20_000 + answer % 100_000,
                "output_tokens": 10 + number % 900, "service_tier": "standard",
            });
        }
        file.extend_from_slice(line.to_string().as_bytes());
        file.push(b'\n');
    }
    file
}

fn name(kind: &str, number: u64, lines: Lines) -> String {
    match lines {
        Lines::Short => format!("{kind}{number}"),
        Lines::Whole => format!("{kind}01{}", &digits(kind, number)[..22]),
    }
}

fn uuid(number: u64, lines: Lines) -> String {
    if lines == Lines::Short {
        return format!("m{number}");
    }
    let digits = digits("uuid", number);
    let part = |range: std::ops::Range<usize>| &digits[range];
    let parts = [
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32),
    ];
    parts.join("-")
}

fn digits(kind: &str, number: u64) -> String {
    Hash::of_parts(&[kind.as_bytes(), &number.to_le_bytes()]).to_string()
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
