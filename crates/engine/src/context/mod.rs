//! What a briefing keeps: sessions and facts in, a budget, cited lines out.
//!
//! The way of a briefing: [`timeline`] puts the messages in a row, the files beside it read state out
//! of them (a later edit, run or list replaces the earlier), [`names`] weighs what an account cannot
//! guess, fixed sections take their shares, [`fill`] spends the rest, [`draft`] keeps the budget.
//! What it deliberately does not do: it reads no files, asks no model, and never decides what a line
//! of a transcript may cause; text in it is quoted content.
//! **Invariant:** within the budget, every line cites what it rests on, and the same input gives the
//! same text.

mod block;
mod calls;
mod commands;
mod dated;
mod difference;
mod draft;
mod entity;
mod errors;
mod escape;
mod estimate;
mod facts;
mod files;
mod fill;
mod form;
mod frequency;
mod gist;
mod line;
mod lists;
mod loss;
mod names;
mod open_items;
mod pasted;
mod repair;
mod requests;
mod rewrite;
mod rules;
mod sessions;
mod shorten;
mod spoken;
mod statements;
mod timeline;
mod touched;
mod wanted;
mod when;
mod words;
mod written;

use krake_domain::briefing::{Briefing, ItemKind};
use krake_domain::compression::CompressionRule;
use krake_domain::session::{MessageKind, Transcript};

pub use block::{KNOWLEDGE, Marks, Unpaired, knowledge_block, put_block};
pub use calls::command_of;
pub use difference::difference;
pub use escape::quoted;
pub use estimate::tokens;
pub use facts::Fact;
pub use form::{BRIEFING, brief_as, brief_repaired, brief_wanted};
pub use gist::{Gist, call_values, gist};
pub use loss::{measure, measure_items};
pub use repair::repair;
pub use rewrite::{Material, SHARE, SHOWN, material, rewritten};
pub use touched::touched;
pub(crate) use words::is_function_word;

use draft::Draft;
use line::Line;
use names::Names;
use timeline::Timeline;

/// What to brief from.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// Oldest first: what is said later replaces what was said before.
    pub sessions: &'a [SessionInput<'a>],
    pub facts: &'a [Fact],
    /// Tokens of the text, as [`tokens`] counts them.
    pub budget: u64,
    /// What the next account is to do, where a person said it: printed as the title, and lines that
    /// speak of it come first.
    pub goal: Option<&'a str>,
    /// What the user always or never keeps.
    pub rules: &'a [CompressionRule],
}

/// One session.
#[derive(Debug, Clone, Copy)]
pub struct SessionInput<'a> {
    /// What stands before the position in a citation: `s2` gives `[s2#12]`. Empty gives `[#12]` for a
    /// single session, and `[s1#12]`, `[s2#12]` … in the order given for several.
    pub label: &'a str,
    pub transcript: &'a Transcript,
}

/// The briefing of these sessions and facts within the budget.
#[must_use]
pub fn brief(request: &Request<'_>) -> Briefing {
    let timeline = row(request);
    let edited = files::edited(&timeline);
    let paths: Vec<&str> = edited.iter().map(|file| file.path.as_str()).collect();
    let names = Names::of(&timeline, &paths);
    let chat =
        !(0..timeline.moments.len()).any(|place| timeline.at(place).kind == MessageKind::ToolCall);
    let budget = request.budget;

    let mut draft = Draft::new(title(request.goal), budget, &names, request.rules);
    let mut left_over = Vec::new();
    for section in sections(request, &timeline, &edited, chat) {
        let kind = section.lines.first().map(|line| line.kind);
        let whole = kind.is_some_and(|kind| rules::wants(request.rules, kind));
        let mut room = if whole { budget } else { section.most };
        for line in section.lines {
            draft.note(line.weight);
            match draft.take(line.clone(), room) {
                Some(cost) => room -= cost,
                None => left_over.push(line),
            }
        }
    }
    let units = statements::units(&timeline, &names, chat, request.goal);
    for unit in &units.list {
        draft.note(unit.bonus);
    }
    let listed = if chat {
        0
    } else if budget < ROOMY {
        budget / 5
    } else {
        budget * 13 / 20
    };
    // What the sections had no room for: errors first, then files. A small briefing holds them before
    // names; the larger it is, the more room there is for both, and for commands as well.
    if !chat {
        let needed = |line: &Line| match line.kind {
            ItemKind::Error => 2,
            ItemKind::File | ItemKind::Pinned => 1,
            _ => 0,
        };
        left_over.sort_by(|a, b| {
            let by_kind = needed(b).cmp(&needed(a));
            by_kind.then(b.weight.total_cmp(&a.weight))
        });
        let mut most = for_left_over(budget, draft.left());
        left_over.retain(|line| {
            let is_fact = line.weight >= 2.0 || (budget >= AMPLE && line.kind == ItemKind::Command);
            if !is_fact {
                return true;
            }
            let taken = draft.take(line.clone(), most.min(draft.left()));
            most = most.saturating_sub(taken.unwrap_or(0));
            taken.is_none()
        });
    }
    let mut fill = fill::Fill::new(&timeline, &names, &units, chat);
    if chat {
        // What is told last is told in fewer words, so that more is told.
        let shortened = draft.left() / 5;
        fill.statements(&mut draft, shortened);
        fill.shortened(&mut draft);
    } else if budget >= ROOMY {
        fill.statements(&mut draft, listed);
    }
    lists::list_names(&mut draft, &timeline, &names, listed);
    for line in left_over {
        let room = draft.left();
        draft.take(line, room);
    }
    fill.statements(&mut draft, 0);
    draft.settle();
    fill.statements(&mut draft, 0);
    fill.whole(&mut draft);
    draft.finish(budget)
}

/// Tokens of a line of prose with its citation.
const A_LINE: u64 = 40;
/// From this budget on names are shown where they were used, below it they are listed.
const ROOMY: u64 = 1_000;

/// Of the tokens that are left, those for facts that found no room in their section.
fn for_left_over(budget: u64, left: u64) -> u64 {
    match budget {
        ..ROOMY => left * 3 / 5,
        ROOMY..AMPLE => left * 3 / 20,
        _ => left / 3,
    }
}

/// From this budget on facts take no room that names need.
const AMPLE: u64 = 1_500;

/// The messages in a row, with paths as they are printed.
fn row<'a>(request: &Request<'a>) -> Timeline<'a> {
    let mut timeline = Timeline::of(request.sessions);
    timeline.note_folder(&files::shared_folder(&timeline));
    timeline
}

/// Lines of one kind and the most tokens that they may take before the rest is shared out.
struct Section {
    most: u64,
    lines: Vec<Line>,
}

fn sections(
    request: &Request<'_>,
    timeline: &Timeline<'_>,
    edited: &[files::Edited],
    chat: bool,
) -> Vec<Section> {
    let budget = request.budget;
    let part = |percent: u64| budget.saturating_mul(percent) / 100;
    let only_facts = timeline.moments.is_empty();
    let mut facts: [Vec<Line>; 4] = Default::default();
    for line in facts::lines(request.facts) {
        let slot = match line.kind {
            ItemKind::OpenItem => 0,
            ItemKind::Constraint => 1,
            ItemKind::Pinned => 2,
            _ => 3,
        };
        facts[slot].push(line);
    }
    let [todos, instructions, pinned, changes] = facts.map(|lines| by_goal(lines, request.goal));
    let mut open = open_items::open_items(timeline);
    open.extend(todos);
    let told = requests::constraints(timeline);
    let share = |of_tools: u64, of_chat: u64| {
        part(if only_facts {
            40
        } else if chat {
            of_chat
        } else {
            of_tools
        })
    };
    // The beginning and the end of a chat are two of many turns, but a line of each is always shown.
    let words_of_user = |of_tools: u64| {
        if chat {
            part(4).max(part(20).min(A_LINE))
        } else {
            share(of_tools, 0)
        }
    };
    // The heading of a section takes its tokens from the section.
    let verbatim = |of_tools: u64| words_of_user(of_tools).saturating_sub(6);
    vec![
        Section {
            most: words_of_user(20),
            lines: requests::goals(timeline, verbatim(20)),
        },
        Section {
            most: words_of_user(17),
            lines: requests::last_request(timeline, verbatim(17))
                .into_iter()
                .collect(),
        },
        Section {
            most: part(25),
            lines: rules::kept(request.rules, timeline),
        },
        Section {
            most: part(10),
            lines: pinned,
        },
        Section {
            most: share(10, 3),
            lines: open,
        },
        Section {
            most: part(11),
            lines: commands::commands(timeline),
        },
        Section {
            most: share(16, 2),
            lines: told,
        },
        Section {
            most: part(12),
            lines: files::lines(timeline, edited, part(12)),
        },
        Section {
            most: part(11),
            lines: errors::errors(timeline),
        },
        Section {
            most: share(7, 1),
            lines: requests::decisions(timeline),
        },
        Section {
            most: part(if only_facts { 100 } else { 16 }),
            lines: changes,
        },
        Section {
            most: part(8).max(part(20).min(A_LINE)),
            lines: requests::captured(timeline, part(8).max(A_LINE)),
        },
        // They stand in files that the receiver may read by itself: what room is left is theirs.
        Section {
            most: if only_facts { part(40) } else { 0 },
            lines: instructions,
        },
    ]
}

/// Lines that speak of the goal first, otherwise in their order.
fn by_goal(mut lines: Vec<Line>, goal: Option<&str>) -> Vec<Line> {
    if let Some(goal) = goal {
        let wanted = words::content(goal);
        let shared = |line: &Line| {
            line.content()
                .iter()
                .filter(|word| wanted.binary_search(word).is_ok())
                .count()
        };
        lines.sort_by_cached_key(|line| std::cmp::Reverse(shared(line)));
    }
    lines
}

fn title(goal: Option<&str>) -> String {
    match goal
        .map(|goal| quoted(&words::clip(goal, 40)))
        .filter(|goal| !goal.is_empty())
    {
        Some(goal) => format!("# Briefing: {goal}"),
        None => "# Briefing (quoted from the sources in brackets)".to_owned(),
    }
}

#[cfg(test)]
mod room_test;
#[cfg(test)]
mod side_by_side;
#[cfg(test)]
mod tests;
