//! A briefing with what it lost put back.
//!
//! Room is made by leaving out statements, the least needed first; facts that stand in it are not touched.
//! **Invariant:** the result is within the budget, and its score is not below the one before.

use krake_domain::briefing::{Briefing, BriefingItem, ItemKind, Source};
use krake_domain::loss::{Loss, LostFact};

use super::draft::Draft;
use super::line::Line;
use super::loss::measure_items;
use super::names::Names;
use super::timeline::Timeline;
use super::{Request, row, title};

/// Of the tokens that statements hold, this part may go to what was lost.
const GIVEN_UP: u64 = 2;

/// The briefing with lost facts added as far as the budget allows, and what is lost after that.
#[must_use]
pub fn repair(request: &Request<'_>, briefing: Briefing) -> (Briefing, Loss) {
    let before = measure_items(request, &briefing.items);
    if before.lost.is_empty() {
        return (briefing, before);
    }
    let timeline = row(request);
    let names = Names::of(&timeline, &[]);
    let mut draft = Draft::new(title(request.goal), request.budget, &names, request.rules);
    let (said, fixed): (Vec<Line>, Vec<Line>) = lines(&timeline, &briefing.items)
        .partition(|line| matches!(line.kind, ItemKind::Statement | ItemKind::Shortened));
    for line in fixed {
        let room = draft.left();
        draft.take(line, room);
    }
    let spoken: u64 = said.iter().map(Line::cost).sum();
    let mut room = draft.left().saturating_sub(spoken) + spoken / GIVEN_UP;
    for fact in &before.lost {
        if let Some(cost) = draft.take(lost(&timeline, fact), room.min(draft.left())) {
            room = room.saturating_sub(cost);
        }
    }
    let mut said: Vec<(f64, Line)> = said
        .into_iter()
        .map(|line| (needed(&names, &line), line))
        .collect();
    said.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (_, line) in said {
        let room = draft.left();
        draft.take(line, room);
    }
    let repaired = made_from(&briefing, draft);
    let after = measure_items(request, &repaired.items);
    if after.score > before.score {
        (repaired, after)
    } else {
        (briefing, before)
    }
}

/// What became of a briefing whose lines were chosen again: all that was there to choose from is the same.
pub(super) fn made_from(before: &Briefing, draft: Draft<'_>) -> Briefing {
    let mut made = draft.finish(before.budget);
    made.coverage = before.coverage.clone();
    made.coverage.kept = made.items.len() as u64;
    made.coverage.candidates = made.coverage.candidates.max(made.coverage.kept);
    made
}

pub(super) fn lines<'b>(
    timeline: &'b Timeline<'_>,
    items: &'b [BriefingItem],
) -> impl Iterator<Item = Line> + 'b {
    items.iter().enumerate().map(|(place, item)| Line {
        kind: item.kind,
        text: item.text.clone(),
        sources: item.sources.clone(),
        weight: 0.0,
        list: false,
        place: told_at(timeline, item.kind, &item.sources).unwrap_or(place),
    })
}

/// Where an instruction was given: those are told the latest first. Other lines keep their order.
fn told_at(timeline: &Timeline<'_>, kind: ItemKind, sources: &[Source]) -> Option<usize> {
    let source = sources.first().filter(|_| kind == ItemKind::Constraint)?;
    timeline.place_of(source)
}

pub(super) fn lost(timeline: &Timeline<'_>, fact: &LostFact) -> Line {
    Line {
        kind: fact.kind,
        text: fact.text.clone(),
        sources: fact.sources.clone(),
        weight: 1.0,
        list: false,
        place: told_at(timeline, fact.kind, &fact.sources).unwrap_or(usize::MAX),
    }
}

/// What the names of a line are worth for its tokens.
pub(super) fn needed(names: &Names, line: &Line) -> f64 {
    let worth: f64 = names
        .within(&line.text)
        .into_iter()
        .map(|name| names.get(name).worth)
        .sum();
    worth / super::words::float(usize::try_from(line.cost()).unwrap_or(usize::MAX))
}
