//! A briefing with what a person picked out of what it lost.
//!
//! Room is made by leaving out statements, the least needed first.
//! **Invariant:** the result is within the budget; what was picked and does not fit is said as lost.

use krake_domain::briefing::{Briefing, ItemKind};
use krake_domain::loss::{Loss, LostFact};

use super::draft::Draft;
use super::line::Line;
use super::loss::measure_items;
use super::names::Names;
use super::repair::{lines, lost, made_from, needed};
use super::{Request, row, title};

/// The briefing with these facts in it, named as they were told as lost. What is not lost, or never was
/// said, changes nothing.
#[must_use]
pub fn with_wanted(
    request: &Request<'_>,
    (briefing, loss): (Briefing, Loss),
    wanted: &[String],
) -> (Briefing, Loss) {
    let is_wanted = |fact: &&LostFact| wanted.contains(&fact.text);
    if !loss.lost.iter().any(|fact| is_wanted(&fact)) {
        return (briefing, loss);
    }
    let timeline = row(request);
    let facts = loss.lost.iter().filter(is_wanted);
    let mut picked: Vec<Line> = facts.map(|fact| lost(&timeline, fact)).collect();
    let names = Names::of(&timeline, &[]);
    let mut draft = Draft::new(title(request.goal), request.budget, &names, request.rules);
    let (mut said, fixed): (Vec<Line>, Vec<Line>) = lines(&timeline, &briefing.items)
        .partition(|line| matches!(line.kind, ItemKind::Statement | ItemKind::Shortened));
    said.sort_by(|a, b| needed(&names, b).total_cmp(&needed(&names, a)));
    // What a person wants comes before all, and in the order in which they wanted it.
    picked.sort_by_key(|line| wanted.iter().position(|text| *text == line.text));
    for line in picked.into_iter().chain(fixed).chain(said) {
        let room = draft.left();
        draft.take(line, room);
    }
    let made = made_from(&briefing, draft);
    let after = measure_items(request, &made.items);
    (made, after)
}

#[cfg(test)]
mod tests {
    use krake_domain::briefing::Form;
    use krake_domain::session::{Message, MessageKind, Role, Transcript};

    use super::super::{SessionInput, brief_repaired, brief_wanted};
    use super::*;

    fn rules_of_thumb() -> Transcript {
        let rules = [
            "Never store amounts as floats, money is integer cents everywhere.",
            "Always run the linter before pushing to the release branch.",
            "Do not touch the theme, taxes are computed by the storefront itself.",
            "Invoices must be numbered without gaps, the auditors check that.",
            "Never send mail from the staging cluster to real customers.",
            "Use the vendor name exactly as the contract spells it.",
            "Only the finance team may trigger refunds above fifty euros.",
            "Keep the legacy importer working until the partners have migrated.",
            "Passwords must never appear in screenshots of the handbook.",
            "The warehouse robot always waits for the green lamp.",
            "Do not add another dependency above twenty kilobytes.",
            "Translations must be reviewed by native speakers before Friday.",
        ];
        let messages = rules.into_iter().map(|text| Message {
            role: Role::User,
            kind: MessageKind::Text,
            text: text.to_owned(),
            ..Message::default()
        });
        Transcript {
            messages: messages.collect(),
            ..Transcript::default()
        }
    }

    #[test]
    fn what_a_person_picks_is_in_it_within_the_budget() {
        let transcript = rules_of_thumb();
        let sessions = [SessionInput {
            label: "",
            transcript: &transcript,
        }];
        let request = Request {
            sessions: &sessions,
            facts: &[],
            budget: 120,
            goal: None,
            rules: &[],
        };
        let before = brief_repaired(&request, Form::Markdown);
        let lost = before.coverage.loss.as_ref().unwrap().lost.clone();
        let last = lost.last().unwrap().text.clone();
        let picked = brief_wanted(&request, Form::Markdown, std::slice::from_ref(&last));
        assert!(picked.items.iter().any(|item| item.text == last));
        assert!(picked.tokens <= 120 && !picked.items.iter().any(|item| item.sources.is_empty()));
        let after = picked.coverage.loss.unwrap();
        assert!(after.lost.iter().all(|fact| fact.text != last));

        let unknown = ["Nobody said this.".to_owned()];
        assert_eq!(brief_wanted(&request, Form::Markdown, &unknown), before);
        // What no budget holds is said as lost and not half written.
        let tight = Request {
            budget: 12,
            ..request
        };
        let tight = brief_wanted(&tight, Form::Markdown, std::slice::from_ref(&last));
        assert!(tight.tokens <= 12);
        let lost = tight.coverage.loss.unwrap().lost;
        assert!(lost.iter().any(|fact| fact.text == last));
    }
}
