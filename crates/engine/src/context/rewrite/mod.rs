//! A model's prose for a briefing: what it is shown, and what of its answer is taken over.
//!
//! What it deliberately does not do: it asks nobody, and it does not judge style. Transcripts are hostile
//! text and an answer may follow them; so an answer is no text of ours but a list of claims, and each
//! claim has to stand in the messages that it cites.
//! **Invariant:** every line that is taken over cites messages that are there and holds no name and no
//! number that they do not hold; user's words, commands and rules are never the model's; and the
//! briefing scores no lower than the one made without a model.

mod answer;
mod ground;
mod material;

use krake_domain::briefing::{Briefing, BriefingItem, Form, ItemKind};
use krake_domain::rewriting::{DroppedLine, Rewriting, WhyDropped};

use self::answer::Claim;
use self::ground::Ground;
use super::draft::Draft;
use super::form::fitting;
use super::line::Line;
use super::loss::measure_items;
use super::names::Names;
use super::wanted::with_wanted;
use super::{Request, brief, brief_wanted, repair, row, title};

pub use self::material::{Material, material};

/// So much larger is what a model is shown.
pub const SHOWN: u64 = 4;
/// The share of a budget that a model's lines may take, in hundredths: what must be kept verbatim, and
/// the names, need the rest.
pub const SHARE: u64 = 60;

/// The briefing with what of this answer is grounded and with the facts that a person wants in it, and
/// what became of each line of the answer. Where the result would be worse than the one made without a
/// model, it is that one.
#[must_use]
pub fn rewritten(
    request: &Request<'_>,
    form: Form,
    answer: &str,
    wanted: &[String],
) -> (Briefing, Rewriting) {
    let offline = brief_wanted(request, form, wanted);
    let offline_score = score(&offline);
    let claims = answer::claims(answer);
    let shown = shown(request);
    let timeline = row(request);
    let ground = Ground::of(&timeline, &shown.items);
    let mut rewriting = Rewriting {
        written: claims.len() as u64,
        offline_score,
        ..Rewriting::default()
    };
    let mut lines: Vec<Line> = Vec::new();
    for claim in claims {
        match ground.line(&claim) {
            Ok(line) if lines.iter().any(|known| known.text == line.text) => {
                rewriting
                    .dropped
                    .push(dropped(claim, WhyDropped::NoRoom, None));
            }
            Ok(line) => lines.push(line),
            Err((why, what)) => rewriting.dropped.push(dropped(claim, why, what)),
        }
    }
    let mut briefing = fitting(request, form, |request| {
        let made = with_wanted(request, written(request, &lines, offline_score), wanted);
        marked(made, &lines)
    });
    let taken = |line: &Line| {
        let mut items = briefing.items.iter();
        items.any(|item| item.by_model && is_of(item, line))
    };
    let left_out: Vec<DroppedLine> = lines
        .iter()
        .filter(|line| !taken(line))
        .map(|line| DroppedLine {
            text: line.text.clone(),
            sources: line
                .sources
                .iter()
                .map(|source| source.reference.clone())
                .collect(),
            why: WhyDropped::NoRoom,
            what: None,
        })
        .collect();
    rewriting.dropped.extend(left_out);
    rewriting.score = score(&briefing);
    rewriting.kept = briefing.items.iter().filter(|item| item.by_model).count() as u64;
    rewriting.used = rewriting.kept > 0 && rewriting.score >= offline_score;
    if !rewriting.used {
        briefing = offline;
    }
    (briefing, rewriting)
}

/// What is shown of the sessions: the briefing made without a model, several times as long.
fn shown(request: &Request<'_>) -> Briefing {
    brief(&Request {
        budget: request.budget.saturating_mul(SHOWN),
        ..*request
    })
}

/// The model's lines first, then what the briefing without a model holds and this does not say, and at
/// last what is still lost.
fn written(
    request: &Request<'_>,
    lines: &[Line],
    enough: f64,
) -> (Briefing, krake_domain::loss::Loss) {
    let timeline = row(request);
    let names = Names::of(&timeline, &[]);
    let plain = brief(request);
    let mut draft = Draft::new(title(request.goal), request.budget, &names, request.rules);
    let verbatim = |kind: ItemKind| !MODELS.contains(&kind);
    let own: Vec<Line> = plain
        .items
        .iter()
        .enumerate()
        .map(|(place, item)| Line {
            kind: item.kind,
            text: item.text.clone(),
            sources: item.sources.clone(),
            weight: 0.0,
            list: false,
            place,
        })
        .collect();
    let mut room = request.budget.saturating_mul(SHARE) / 100;
    for line in lines {
        if let Some(cost) = draft.take(line.clone(), room) {
            room = room.saturating_sub(cost);
        }
    }
    let (first, then): (Vec<Line>, Vec<Line>) =
        own.into_iter().partition(|line| verbatim(line.kind));
    for line in first.into_iter().chain(then) {
        let room = draft.left();
        draft.take(line, room);
    }
    draft.settle();
    let mut briefing = draft.finish(request.budget);
    briefing.coverage = plain.coverage;
    briefing.coverage.kept = briefing.items.len() as u64;
    let before = measure_items(request, &briefing.items);
    let whole = own_lines(&briefing, lines);
    let (repaired, after) = repair(request, briefing.clone());
    // A repair takes room from statements; the model's are given up only where it is needed.
    if before.score >= enough && own_lines(&repaired, lines) < whole {
        (briefing, before)
    } else {
        (repaired, after)
    }
}

/// Says of each line whether the model wrote it.
fn marked(
    (mut briefing, loss): (Briefing, krake_domain::loss::Loss),
    lines: &[Line],
) -> (Briefing, krake_domain::loss::Loss) {
    for item in &mut briefing.items {
        item.by_model = lines.iter().any(|line| is_of(item, line));
    }
    (briefing, loss)
}

fn own_lines(briefing: &Briefing, lines: &[Line]) -> usize {
    let items = briefing.items.iter();
    items
        .filter(|item| lines.iter().any(|line| is_of(item, line)))
        .count()
}

fn is_of(item: &BriefingItem, line: &Line) -> bool {
    item.kind == line.kind && item.text == line.text
}

/// The sections that a model may write. The words of the user, commands and what a rule keeps stand as
/// they were written.
const MODELS: [ItemKind; 5] = [
    ItemKind::Decision,
    ItemKind::OpenItem,
    ItemKind::File,
    ItemKind::Error,
    ItemKind::Statement,
];

fn score(briefing: &Briefing) -> f64 {
    briefing
        .coverage
        .loss
        .as_ref()
        .map_or(0.0, |loss| loss.score)
}

fn dropped(claim: Claim, why: WhyDropped, what: Option<String>) -> DroppedLine {
    DroppedLine {
        text: super::quoted(&claim.text),
        sources: claim.references,
        why,
        what,
    }
}

#[cfg(test)]
mod tests;
