//! What a text lost of the sessions: facts that must be kept, and questions that it must answer.
//!
//! The facts come from the sessions and not from the choice that made the text, so a text of any origin
//! can be measured, also one that a model wrote. It does not judge style.
//! **Invariant:** a text that holds every line of the facts scores 1 on them, an empty one 0.

use std::collections::BTreeMap;

use krake_domain::briefing::{BriefingItem, ItemKind};
use krake_domain::loss::{Loss, LostFact};
use krake_domain::session::MessageKind;

use super::line::Line;
use super::names::Names;
use super::spoken::Spoken;
use super::statements::window;
use super::timeline::Timeline;
use super::{Request, calls, commands, errors, escape, facts, files, open_items, requests, rules};

/// Measures the lines of a briefing, in whatever form it was written.
#[must_use]
pub fn measure_items(request: &Request<'_>, items: &[BriefingItem]) -> Loss {
    let lines: Vec<&str> = items.iter().map(|item| item.text.as_str()).collect();
    measure(request, &lines.join("\n"))
}

/// Measures a text against what it was made from.
#[must_use]
pub fn measure(request: &Request<'_>, text: &str) -> Loss {
    let timeline = super::row(request);
    let spoken = Spoken::of(text);
    let mut loss = Loss::default();
    let mut shares: Vec<f64> = Vec::new();

    let mut by_kind: BTreeMap<ItemKind, (u64, u64)> = BTreeMap::new();
    for fact in must_keep(request, &timeline) {
        let kept = spoken.holds(&fact);
        let (all, held) = by_kind.entry(fact.kind).or_default();
        *all += 1;
        *held += u64::from(kept);
        if !kept {
            loss.lost.push(lost(fact, None));
        }
    }
    for (all, held) in by_kind.into_values() {
        loss.facts += all;
        loss.facts_kept += held;
        shares.push(part(held, all));
    }

    let forbidden = |line: &Line| rules::forbids(request.rules, line.kind, &line.text);
    for probe in probes(&timeline)
        .into_iter()
        .filter(|probe| !forbidden(&probe.line))
    {
        loss.probes += 1;
        if spoken.answers(&probe.question, &probe.answer) {
            loss.probes_answered += 1;
        } else {
            loss.lost.push(lost(probe.line, Some(probe.question)));
        }
    }
    if loss.probes > 0 {
        shares.push(part(loss.probes_answered, loss.probes));
    }
    loss.score = match shares.len() {
        0 => 1.0,
        many => shares.iter().sum::<f64>() / super::words::float(many),
    };
    loss
}

/// The most of one kind that a person would go through.
const MOST: [(ItemKind, usize); 12] = [
    (ItemKind::Kept, 40),
    (ItemKind::Goal, 5),
    (ItemKind::LastRequest, 1),
    (ItemKind::OpenItem, 15),
    (ItemKind::Constraint, 40),
    (ItemKind::Decision, 15),
    (ItemKind::Pinned, 40),
    (ItemKind::File, 40),
    (ItemKind::Command, 10),
    (ItemKind::Error, 10),
    (ItemKind::Change, 20),
    (ItemKind::Captured, 5),
];

/// The facts, the most needed first.
fn must_keep(request: &Request<'_>, timeline: &Timeline<'_>) -> Vec<Line> {
    let edited = files::edited(timeline);
    let mut all = requests::goals(timeline, u64::MAX);
    all.extend(requests::last_request(timeline, u64::MAX));
    all.extend(open_items::open_items(timeline));
    all.extend(
        requests::constraints(timeline)
            .into_iter()
            .filter(|line| line.weight >= 1.0),
    );
    all.extend(
        requests::decisions(timeline)
            .into_iter()
            .filter(|line| line.weight >= 2.0),
    );
    all.extend(files::lines(timeline, &edited, 0));
    all.extend(commands::commands(timeline));
    all.extend(errors::errors(timeline));
    // Instructions of files are not lost where they stand.
    let of_project = facts::lines(request.facts);
    all.extend(
        of_project
            .into_iter()
            .filter(|line| line.kind != ItemKind::Constraint),
    );
    all.extend(requests::captured(timeline, u64::MAX));
    all.extend(rules::kept(request.rules, timeline));
    all.retain(|line| !rules::forbids(request.rules, line.kind, &line.text));
    MOST.iter()
        .flat_map(|(kind, most)| {
            all.iter()
                .filter(|line| line.kind == *kind)
                .take(*most)
                .cloned()
                .collect::<Vec<Line>>()
        })
        .collect()
}

struct Probe {
    question: String,
    answer: String,
    line: Line,
}

/// Names that are asked for: those with the greatest chance to be needed.
const PROBES: usize = 20;
/// What stands for a name in its question.
const GAP: &str = "____";

/// Sentences of the account with the name taken out that the next account is most likely to need.
fn probes(timeline: &Timeline<'_>) -> Vec<Probe> {
    let names = Names::of(timeline, &[]);
    let asked = names.ranked().into_iter().filter_map(|number| {
        let name = names.get(number);
        let place = name.last_own?;
        let message = timeline.at(place);
        if message.kind == MessageKind::ToolCall {
            return None;
        }
        let text = escape::quoted(&window(&calls::own_words(message), &name.text)?);
        let question = text.replacen(last_part(&name.text), GAP, 1);
        let tells = super::words::content(&question).len() >= LEAST_OF_QUESTION;
        (tells && question.contains(GAP)).then(|| Probe {
            question,
            answer: name.text.clone(),
            line: Line {
                kind: ItemKind::Statement,
                text,
                sources: vec![timeline.source(place)],
                weight: name.worth,
                list: false,
                place,
            },
        })
    });
    asked.take(PROBES).collect()
}

/// Words of a question that say what is asked for.
const LEAST_OF_QUESTION: usize = 4;

fn last_part(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn lost(line: Line, probe: Option<String>) -> LostFact {
    LostFact {
        tokens: line.cost(),
        kind: line.kind,
        text: line.text,
        sources: line.sources,
        probe,
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn part(held: u64, all: u64) -> f64 {
    held as f64 / all.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::super::{SessionInput, brief, repair};
    use super::*;
    use krake_domain::session::{Message, Role, ToolUse, Transcript};
    use serde_json::json;

    fn session() -> Transcript {
        let said = |role, text: &str| Message {
            role,
            text: text.to_owned(),
            ..Message::default()
        };
        let call = |name: &str, input| Message {
            role: Role::Assistant,
            kind: MessageKind::ToolCall,
            tool: Some(ToolUse {
                call_id: None,
                name: name.to_owned(),
                input,
            }),
            ..Message::default()
        };
        let mut messages = vec![
            said(
                Role::User,
                "Make the totals of the cart exact in every currency.",
            ),
            said(
                Role::Assistant,
                "The rounding happens in round_line_total before the sum.",
            ),
            call(
                "Edit",
                json!({"file_path": "src/cart/total.rs", "old_string": "a"}),
            ),
            call("Bash", json!({"command": "cargo test cart"})),
            Message {
                role: Role::Tool,
                kind: MessageKind::ToolResult,
                text: "error[E0308]: mismatched types for currency_code\n1 failed".to_owned(),
                error: true,
                ..Message::default()
            },
            said(Role::User, "Never change the public names of the cart."),
        ];
        for number in 0..40 {
            messages.push(said(Role::Assistant, &format!("Module_{number} reads the setting shop_value_{number} because the page asks for it.")));
        }
        Transcript {
            messages,
            ..Transcript::default()
        }
    }

    fn request<'a>(sessions: &'a [SessionInput<'a>], budget: u64) -> Request<'a> {
        Request {
            sessions,
            facts: &[],
            budget,
            goal: None,
            rules: &[],
        }
    }

    #[test]
    fn an_empty_text_loses_everything_and_each_loss_has_a_source_and_a_price() {
        let transcript = session();
        let sessions = [SessionInput {
            label: "",
            transcript: &transcript,
        }];
        let loss = measure(&request(&sessions, 0), "");
        assert!(
            loss.score.abs() < 1e-9 && loss.facts_kept == 0 && loss.facts >= 5,
            "{loss:?}"
        );
        assert_eq!(loss.lost.len() as u64, loss.facts + loss.probes);
        assert!(
            loss.lost
                .iter()
                .all(|lost| !lost.sources.is_empty() && lost.tokens > 0)
        );
        let probe = loss
            .lost
            .iter()
            .find_map(|lost| lost.probe.as_deref())
            .unwrap();
        assert!(probe.contains(GAP), "{probe}");
    }

    #[test]
    fn what_is_said_in_other_words_is_kept_and_what_is_turned_round_is_not() {
        let transcript = session();
        let sessions = [SessionInput {
            label: "",
            transcript: &transcript,
        }];
        let loss = |text: &str| {
            let lost = measure(&request(&sessions, 0), text).lost;
            lost.into_iter()
                .filter(|lost| lost.probe.is_none())
                .map(|lost| lost.kind)
                .collect::<Vec<_>>()
        };
        let told = "The cart's totals shall be exact, whatever the currency.\n\n\
                    Public names of the cart never change.\n\
                    total.rs lies in src/cart/total.rs\n\
                    cargo test cart failed: mismatched types, currency_code error E0308 → src/cart/total.rs";
        assert_eq!(loss(told), [], "{told}");
        let turned = told.replace("never change", "change");
        assert_eq!(
            loss(&turned).len(),
            2,
            "the rule, as the last request and as an instruction"
        );
    }

    #[test]
    fn a_repair_puts_back_what_was_lost_and_stays_within_the_budget() {
        let transcript = session();
        let sessions = [SessionInput {
            label: "",
            transcript: &transcript,
        }];
        let request = request(&sessions, 700);
        let mut poor = brief(&request);
        poor.items.retain(|item| item.kind == ItemKind::Statement);
        let before = measure_items(&request, &poor.items);
        let (repaired, after) = repair(&request, poor);
        assert!(
            after.score > before.score + 0.4,
            "{} {}",
            before.score,
            after.score
        );
        assert!(repaired.tokens <= 700 && repaired.text.contains("Never change the public names"));
        assert_eq!(measure_items(&request, &repaired.items), after);
    }
}
