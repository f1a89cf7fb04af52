//! Which session a label stands for: without it nobody could follow `[s2#12]`.

use std::collections::BTreeMap;

use krake_domain::briefing::{Briefing, BriefingItem, ItemKind, Source};

use super::SessionInput;
use super::escape::quoted;
use super::estimate::tokens;
use super::line::{Line, heading};
use super::timeline::{Beginning, Timeline};
use super::words::clip;

/// Words of a session's title that are kept.
const TITLE_WORDS: usize = 12;
/// The same where there is little room.
const FEW_TITLE_WORDS: usize = 4;
/// The part of a budget that is held back for the sessions, where they need so much, and what may be
/// held back to name each of them at all.
const PART: u64 = 12;
const LARGEST_PART: u64 = 7;

/// What can be said of each session; nothing where there is only one.
pub struct Legend {
    /// The latest first.
    entries: Vec<Entry>,
}

struct Entry {
    /// What stands before the position in a citation.
    label: String,
    first: Source,
    /// The longest description first.
    descriptions: [String; 3],
}

impl Legend {
    /// The legend of these sessions.
    #[must_use]
    pub fn of(sessions: &[SessionInput<'_>]) -> Self {
        if sessions.len() < 2 {
            return Self {
                entries: Vec::new(),
            };
        }
        let timeline = Timeline::of(sessions);
        let entry = |beginning: &Beginning<'_>| Entry {
            label: beginning.label.clone(),
            first: timeline.source(beginning.place),
            descriptions: descriptions(beginning),
        };
        Self {
            entries: timeline.beginnings().iter().rev().map(entry).collect(),
        }
    }

    /// Tokens of this budget that are held back for it.
    #[must_use]
    pub fn reserve(&self, budget: u64) -> u64 {
        if self.entries.is_empty() {
            return 0;
        }
        let all = |form| tokens(&section(self.entries.iter().map(|entry| entry.line(form))));
        let least = all(2).min(budget / LARGEST_PART);
        all(1).min(budget / PART).max(least)
    }

    /// Adds a line for each session that is cited, in as many words as the limit of the whole allows;
    /// where it does not allow a line for each, those that are cited most have one.
    pub fn add(&self, briefing: &mut Briefing, limit: u64) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for source in briefing.items.iter().flat_map(|item| &item.sources) {
            if let Some((label, _)) = source.reference.split_once('#') {
                *counts.entry(label).or_default() += 1;
            }
        }
        let count = |entry: &Entry| counts.get(entry.label.as_str()).copied().unwrap_or(0);
        let mut cited: Vec<&Entry> = self.entries.iter().filter(|one| count(one) > 0).collect();
        let written =
            |lines: &[Line]| format!("{}{}", briefing.text, section(lines.iter().cloned()));
        let fits = |lines: &Vec<Line>| tokens(&written(lines)) <= limit;
        let described = |entries: &[&Entry], form: usize| -> Vec<Line> {
            entries.iter().map(|entry| entry.line(form)).collect()
        };
        let mut chosen = (0..3).map(|form| described(&cited, form)).find(fits);
        if chosen.is_none() {
            let mut by_use = cited.clone();
            by_use.sort_by_key(|entry| std::cmp::Reverse(count(entry)));
            while chosen.is_none() && by_use.pop().is_some() {
                cited.retain(|entry| by_use.iter().any(|kept| kept.label == entry.label));
                chosen = Some(described(&cited, 2)).filter(fits);
            }
        }
        let Some(lines) = chosen.filter(|lines| !lines.is_empty()) else {
            return;
        };
        briefing.text = written(&lines);
        briefing.tokens = tokens(&briefing.text);
        briefing
            .items
            .extend(lines.into_iter().map(|line| BriefingItem {
                kind: line.kind,
                text: line.text,
                sources: line.sources,
                by_model: false,
            }));
    }
}

impl Entry {
    fn line(&self, form: usize) -> Line {
        Line {
            list: true,
            kind: ItemKind::Session,
            text: self.descriptions[form].clone(),
            sources: vec![self.first.clone()],
            weight: 0.0,
            place: 0,
        }
    }
}

/// As it stands behind the other sections.
fn section(lines: impl Iterator<Item = Line>) -> String {
    let lines: String = lines.map(|line| line.printed()).collect();
    if lines.is_empty() {
        return lines;
    }
    format!("\n{}\n{lines}", heading(ItemKind::Session))
}

/// `s2: codex, 0f3a…, 2026-11-24, "Style the shop page"`, as far as it is known, and the same in fewer words.
fn descriptions(beginning: &Beginning<'_>) -> [String; 3] {
    let transcript = beginning.transcript;
    let tool = Some(transcript.format.clone()).filter(|format| !format.is_empty());
    let at = transcript.messages.iter().find_map(|message| message.at);
    let day = at.map(|at| at.to_rfc3339().chars().take(10).collect::<String>());
    let titled = |words| {
        let title = transcript.title.as_deref()?;
        Some(format!("\"{}\"", clip(title, words)))
    };
    let native = transcript.native_id.clone();
    let title = titled(FEW_TITLE_WORDS);
    // Sessions of one day and one tool are told apart by nothing but their titles.
    let least = match title {
        Some(_) => vec![title.clone()],
        None => vec![tool.clone(), day.clone()],
    };
    [
        vec![tool.clone(), native, day.clone(), titled(TITLE_WORDS)],
        vec![tool, day, title],
        least,
    ]
    .map(|parts| {
        let known: Vec<String> = parts.into_iter().flatten().collect();
        quoted(&format!("{}: {}", beginning.label, known.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use krake_domain::briefing::Form;
    use krake_domain::session::{Message, MessageKind, Role, Transcript};
    use krake_domain::time::Timestamp;

    use super::super::{Request, brief_repaired, brief_wanted};
    use super::*;

    /// Orders of which no two share a word that counts.
    fn order(number: usize) -> String {
        format!("Never let buyer{number} rename{number} the tariff{number} of harbour{number}.")
    }

    /// Sessions with so many orders each.
    fn transcripts(orders: &[usize]) -> Vec<Transcript> {
        let asked = |session: usize, number: usize| Message {
            role: Role::User,
            kind: MessageKind::Text,
            text: order(number),
            at: Some(Timestamp(
                1_700_000_000_000 + i64::try_from(session).unwrap() * 86_400_000,
            )),
            ..Message::default()
        };
        let mut next = 0..;
        let mut session = |(number, orders): (usize, &usize)| Transcript {
            format: "codex".to_owned(),
            native_id: Some(format!("01900000-aaaa-7bbb-8ccc-00000000000{number}")),
            title: Some(format!(
                "Part {number} of the shop is written anew, with all of its fields"
            )),
            messages: next
                .by_ref()
                .take(*orders)
                .map(|one| asked(number, one))
                .collect(),
            ..Transcript::default()
        };
        orders.iter().enumerate().map(&mut session).collect()
    }

    fn inputs(transcripts: &[Transcript]) -> Vec<SessionInput<'_>> {
        let input = |transcript| SessionInput {
            label: "",
            transcript,
        };
        transcripts.iter().map(input).collect()
    }

    fn made(transcripts: &[Transcript], budget: u64, form: Form) -> Briefing {
        let sessions = inputs(transcripts);
        brief_repaired(
            &Request {
                sessions: &sessions,
                facts: &[],
                budget,
                goal: None,
                rules: &[],
            },
            form,
        )
    }

    fn labels(briefing: &Briefing, of: impl Fn(&BriefingItem) -> bool) -> BTreeSet<&str> {
        let items = briefing.items.iter().filter(|item| of(item));
        let sources = items.flat_map(|item| &item.sources);
        sources
            .filter_map(|source| Some(source.reference.split_once('#')?.0))
            .collect()
    }

    #[test]
    fn every_session_that_is_cited_is_told_and_no_other() {
        let transcripts = transcripts(&[40, 40, 40]);
        for budget in [500, 1_000, 4_000] {
            for form in [Form::Markdown, Form::AgentsMd, Form::Messages, Form::Json] {
                // The same in JSON is twice as long.
                let budget = if form == Form::Json {
                    budget * 2
                } else {
                    budget
                };
                let briefing = made(&transcripts, budget, form);
                let told = labels(&briefing, |item| item.kind == ItemKind::Session);
                let cited = labels(&briefing, |item| item.kind != ItemKind::Session);
                assert!(!cited.is_empty(), "{budget} {form:?}");
                assert_eq!(told, cited, "{budget} {form:?}\n{}", briefing.text);
                assert!(briefing.tokens <= budget && briefing.tokens == tokens(&briefing.text));
            }
        }
        let roomy = made(&transcripts, 4_000, Form::Markdown).text;
        let (_, legend) = roomy.split_once("## Sessions that are cited\n").unwrap();
        let first = "- s3: codex, 01900000-aaaa-7bbb-8ccc-000000000002, 2023-11-16, \"Part 2 of";
        assert!(legend.starts_with(first), "{legend}");
    }

    #[test]
    fn where_no_room_is_for_all_those_that_are_cited_most_are_told() {
        let many = transcripts(&[1, 1, 4, 1, 1, 4, 1, 1, 1, 4, 1, 1]);
        let briefing = made(&many, 500, Form::Markdown);
        let times = |label: &str| {
            let items = briefing.items.iter();
            let others = items.filter(|item| item.kind != ItemKind::Session);
            let sources = others.flat_map(|item| &item.sources);
            let of_it = |source: &&Source| source.reference.starts_with(&format!("{label}#"));
            sources.filter(of_it).count()
        };
        let told = labels(&briefing, |item| item.kind == ItemKind::Session);
        let cited = labels(&briefing, |item| item.kind != ItemKind::Session);
        let least = told.iter().map(|label| times(label)).min().unwrap();
        let untold: Vec<_> = cited.difference(&told).collect();
        assert!(
            briefing.tokens <= 500 && !untold.is_empty(),
            "{}",
            briefing.text
        );
        assert!(
            untold.iter().all(|label| times(label) <= least),
            "{}",
            briefing.text
        );
    }

    #[test]
    fn one_session_needs_no_legend_and_a_wanted_fact_brings_its_own() {
        let transcripts = transcripts(&[40, 40, 40]);
        let one = made(&transcripts[..1], 500, Form::Markdown);
        assert!(labels(&one, |item| item.kind == ItemKind::Session).is_empty());
        let loss = made(&transcripts, 500, Form::Markdown).coverage.loss;
        let lost = loss.unwrap().lost;
        assert!(!lost.is_empty());
        let sessions = inputs(&transcripts);
        let request = Request {
            sessions: &sessions,
            facts: &[],
            budget: 500,
            goal: None,
            rules: &[],
        };
        for fact in lost.iter().take(20) {
            let wanted = std::slice::from_ref(&fact.text);
            let briefing = brief_wanted(&request, Form::Markdown, wanted);
            assert!(briefing.items.iter().any(|item| item.text == fact.text));
            let told = labels(&briefing, |item| item.kind == ItemKind::Session);
            let cited = labels(&briefing, |item| item.kind != ItemKind::Session);
            assert_eq!(told, cited, "{}", briefing.text);
        }
    }
}
