//! What a text lost of the sessions: facts that must be kept, and questions that it must answer.
//!
//! The facts come from the sessions and not from the choice that made the text, so a text of any origin
//! can be measured, also one that a model wrote. It does not judge style.
//! **Invariant:** a text that holds every line of the facts scores 1 on them, an empty one 0.

use std::collections::BTreeMap;

use krake_domain::briefing::ItemKind;
use krake_domain::loss::{Loss, LostFact};
use krake_domain::session::MessageKind;

use super::line::Line;
use super::names::Names;
use super::spoken::Spoken;
use super::statements::window;
use super::timeline::Timeline;
use super::{Request, calls, commands, errors, escape, facts, files, open_items, requests};

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

    for probe in probes(&timeline) {
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
const MOST: [(ItemKind, usize); 9] = [
    (ItemKind::Goal, 5),
    (ItemKind::LastRequest, 1),
    (ItemKind::OpenItem, 15),
    (ItemKind::Constraint, 40),
    (ItemKind::Decision, 15),
    (ItemKind::File, 40),
    (ItemKind::Command, 10),
    (ItemKind::Error, 10),
    (ItemKind::Change, 20),
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
    all.extend(facts::lines(request.facts));
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
