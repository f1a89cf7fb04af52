//! The briefing while it is filled: what is in it, what it costs, what it already says.
//!
//! **Invariant:** the tokens of the rendered text never exceed the limit, and no line is without a source.

use std::collections::BTreeMap;

use krake_domain::briefing::{Briefing, BriefingItem, Coverage, ItemKind, Source};
use krake_domain::compression::CompressionRule;

use super::estimate::tokens;
use super::line::{Line, heading};
use super::names::Names;
use super::rules::forbids;
use super::statements::tells;
use super::words::{likeness, numbers};

/// A briefing in the making.
pub struct Draft<'n> {
    title: String,
    names: &'n Names,
    rules: &'n [CompressionRule],
    limit: u64,
    used: u64,
    sections: BTreeMap<ItemKind, Vec<Line>>,
    /// Words of the lines of prose, to see repetitions.
    said: Vec<Said>,
    covered: Vec<Cover>,
    seen: u64,
    seen_weight: f64,
}

/// How far a draft holds a name: not at all, bare, or in a line that says something about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cover {
    None,
    Named,
    Told,
}

/// A line of prose as it is compared.
struct Said {
    content: Vec<String>,
    numbers: Vec<String>,
    sources: Vec<Source>,
}

/// Two lines of prose that are more alike than this say the same.
const ALIKE: f64 = 0.7;
/// A line whose words stand to this share in another says nothing new.
const CONTAINED: f64 = 0.9;

impl<'n> Draft<'n> {
    /// An empty draft of at most `limit` tokens. The title is printed when there is room for it.
    #[must_use]
    pub fn new(title: String, limit: u64, names: &'n Names, rules: &'n [CompressionRule]) -> Self {
        let title = if tokens(&title) * 12 <= limit {
            title
        } else {
            String::new()
        };
        Self {
            used: tokens(&title) + u64::from(!title.is_empty()),
            title,
            covered: vec![Cover::None; names.len()],
            names,
            rules,
            limit,
            sections: BTreeMap::new(),
            said: Vec::new(),
            seen: 0,
            seen_weight: 0.0,
        }
    }

    /// Tokens of the whole.
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Tokens that are left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.limit.saturating_sub(self.used)
    }

    /// Whether a name stands in the draft already.
    #[must_use]
    pub fn covers(&self, name: usize) -> bool {
        self.covered[name] != Cover::None
    }

    /// Whether the draft says something about a name.
    #[must_use]
    pub fn tells_of(&self, name: usize) -> bool {
        self.covered[name] == Cover::Told
    }

    /// Whether a rule of the user keeps the text out.
    #[must_use]
    pub fn refuses(&self, kind: ItemKind, text: &str) -> bool {
        forbids(self.rules, kind, text)
    }

    /// Notes that a name stands in the draft, in whatever form.
    pub fn cover(&mut self, name: usize) {
        self.covered[name] = self.covered[name].max(Cover::Named);
    }

    /// Counts the text as a whole: the sum over its lines is a little more, and what it saves can be
    /// spent.
    pub fn settle(&mut self) {
        self.used = tokens(&self.render());
    }

    /// Notes a candidate for the coverage, whether or not it is taken later.
    pub fn note(&mut self, weight: f64) {
        self.seen += 1;
        self.seen_weight += weight;
    }

    /// Takes a line if it fits into `room` tokens and says something new; gives what it costs.
    pub fn take(&mut self, line: Line, room: u64) -> Option<u64> {
        let cost = self.cost(&line, room)?;
        (!self.repeats(&line)).then(|| self.keep(line, cost))
    }

    /// Takes a line if it fits into `room` tokens, whatever was said before; gives what it costs.
    pub fn put(&mut self, line: Line, room: u64) -> Option<u64> {
        let cost = self.cost(&line, room)?;
        Some(self.keep(line, cost))
    }

    /// What the line costs, where it may stand here and fits.
    fn cost(&self, line: &Line, room: u64) -> Option<u64> {
        if line.sources.is_empty() || line.text.is_empty() || self.refuses(line.kind, &line.text) {
            return None;
        }
        let head = if self.sections.contains_key(&line.kind) {
            0
        } else {
            tokens(heading(line.kind)) + 2
        };
        let cost = line.cost() + head;
        (cost <= room.min(self.left())).then_some(cost)
    }

    fn keep(&mut self, line: Line, cost: u64) -> u64 {
        self.enter(&line);
        self.used += cost;
        self.sections.entry(line.kind).or_default().push(line);
        cost
    }

    /// Adds a piece to the line that already cites the same message, which saves the citation.
    pub fn extend(&mut self, line: &Line, room: u64, most_chars: usize) -> Option<u64> {
        if self.refuses(line.kind, &line.text) {
            return None;
        }
        let lines = self.sections.get(&line.kind)?;
        let at = lines
            .iter()
            .position(|known| known.sources == line.sources && !known.list)?;
        if lines[at].text.len() + line.text.len() > most_chars || self.repeats(line) {
            return None;
        }
        let mut joined = lines[at].clone();
        joined.text.push_str(" … ");
        joined.text.push_str(&line.text);
        joined.weight += line.weight;
        let cost = joined.cost().saturating_sub(lines[at].cost());
        if cost > room.min(self.left()) {
            return None;
        }
        self.enter(line);
        self.used += cost;
        self.sections.get_mut(&line.kind)?[at] = joined;
        Some(cost)
    }

    /// Whether a line of the same source tells it word for word.
    #[must_use]
    pub fn holds(&self, line: &Line) -> bool {
        self.sections.values().flatten().any(|known| {
            known.sources.iter().any(|one| line.sources.contains(one))
                && known.text.contains(&line.text)
        })
    }

    /// The finished briefing.
    #[must_use]
    pub fn finish(mut self, budget: u64) -> Briefing {
        for kind in [ItemKind::Captured, ItemKind::Statement, ItemKind::Shortened] {
            if let Some(statements) = self.sections.get_mut(&kind) {
                statements.sort_by_key(|line| (line.list, line.place));
            }
        }
        if let Some(instructions) = self.sections.get_mut(&ItemKind::Constraint) {
            instructions.sort_by_key(|line| std::cmp::Reverse(line.place));
        }
        let mut text = self.render();
        // The estimate of a whole is never above the sum of its lines; should it be, a line goes.
        while tokens(&text) > self.limit && self.drop_last() {
            text = self.render();
        }
        let lines: Vec<Line> = self.sections.into_values().flatten().collect();
        let kept = lines.len() as u64;
        let kept_weight: f64 = lines.iter().map(|line| line.weight).sum();
        let weight = if self.seen_weight > 0.0 {
            (kept_weight / self.seen_weight).min(1.0)
        } else {
            1.0
        };
        let items = lines
            .into_iter()
            .map(|line| BriefingItem {
                kind: line.kind,
                text: line.text,
                sources: line.sources,
                by_model: false,
            })
            .collect();
        Briefing {
            tokens: tokens(&text),
            text,
            budget,
            items,
            coverage: Coverage {
                candidates: self.seen.max(kept),
                kept,
                weight,
                loss: None,
            },
            cited: Vec::new(),
        }
    }

    fn render(&self) -> String {
        let mut text = String::new();
        if self.sections.is_empty() {
            return text;
        }
        if !self.title.is_empty() {
            text.push_str(&self.title);
            text.push('\n');
        }
        for (kind, lines) in &self.sections {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(heading(*kind));
            text.push('\n');
            for line in lines {
                text.push_str(&line.printed());
            }
        }
        text
    }

    fn drop_last(&mut self) -> bool {
        let Some(mut last) = self.sections.last_entry() else {
            return false;
        };
        last.get_mut().pop();
        if last.get().is_empty() {
            last.remove();
        }
        true
    }

    fn enter(&mut self, line: &Line) {
        let within = self.names.within(&line.text);
        let texts = within
            .iter()
            .map(|name| self.names.get(*name).text.as_str());
        let cover = if tells(&line.text, texts) {
            Cover::Told
        } else {
            Cover::Named
        };
        for name in within {
            self.covered[name] = self.covered[name].max(cover);
        }
        self.said.push(Said {
            content: line.content(),
            numbers: numbers(&line.text),
            sources: line.sources.clone(),
        });
    }

    fn repeats(&self, line: &Line) -> bool {
        let known = |kind: ItemKind| self.sections.get(&kind).into_iter().flatten();
        let content = line.content();
        match line.kind {
            ItemKind::Goal | ItemKind::LastRequest | ItemKind::Kept | ItemKind::Session => false,
            ItemKind::Statement if line.list => false,
            ItemKind::Pinned
            | ItemKind::File
            | ItemKind::Command
            | ItemKind::Error
            | ItemKind::Change => known(line.kind).any(|other| {
                other.text == line.text || likeness(&other.content(), &content) > 0.85
            }),
            ItemKind::Captured | ItemKind::Statement | ItemKind::Shortened => {
                self.said.iter().any(|said| said.says(&content)) || self.told(line, &content)
            }
            // Case 1 and case 2 are two things to do.
            ItemKind::Constraint | ItemKind::Decision | ItemKind::OpenItem => {
                let numbers = numbers(&line.text);
                let mut said = self.said.iter();
                said.any(|said| said.counts(&numbers) && said.says(&content))
            }
        }
    }

    /// Whether several lines of the same message say it between them.
    fn told(&self, line: &Line, content: &[String]) -> bool {
        let shares = |said: &&Said| said.sources.iter().any(|one| line.sources.contains(one));
        let mut words: Vec<String> = self
            .said
            .iter()
            .filter(shares)
            .flat_map(|said| said.content.iter().cloned())
            .collect();
        words.sort_unstable();
        contained(content, &words) >= CONTAINED
    }
}

impl Said {
    /// Whether these numbers stand in it.
    fn counts(&self, numbers: &[String]) -> bool {
        numbers
            .iter()
            .all(|number| self.numbers.binary_search(number).is_ok())
    }

    fn says(&self, content: &[String]) -> bool {
        likeness(&self.content, content) >= ALIKE || contained(content, &self.content) >= CONTAINED
    }
}

/// The share of the words of `a` that stand in `b`.
fn contained(a: &[String], b: &[String]) -> f64 {
    let shared = a
        .iter()
        .filter(|word| b.binary_search(word).is_ok())
        .count();
    super::words::share(shared, a.len().max(1))
}

#[cfg(test)]
mod tests {
    use krake_domain::session::{Message, MessageKind, Role, Transcript};

    use super::super::{Request, SessionInput, brief};

    #[test]
    fn what_several_lines_say_of_a_message_is_not_said_again() {
        let said = |role, text: &str| Message {
            role,
            kind: MessageKind::Text,
            text: text.to_owned(),
            ..Message::default()
        };
        // A call makes it a session of work, where names get a window of the text around them.
        let mut call = said(Role::Assistant, "ls");
        call.kind = MessageKind::ToolCall;
        let transcript = Transcript {
            messages: vec![
                said(Role::User, "Move the checkout."),
                said(
                    Role::Assistant,
                    "merge_keeps_vat fails because the VAT id is lost. Next I would await fetchAttributes before mergeLines.",
                ),
                call,
            ],
            ..Transcript::default()
        };
        let sessions = [SessionInput {
            label: "",
            transcript: &transcript,
        }];
        let text = brief(&Request {
            sessions: &sessions,
            facts: &[],
            budget: 1_000,
            goal: None,
            rules: &[],
        })
        .text;
        for once in ["VAT id is lost", "fetchAttributes"] {
            assert_eq!(text.matches(once).count(), 1, "{text}");
        }
    }
}
