//! The tables of sentences, said to the planner.

use krake_domain::plan::Plan;
use serde_json::{Map, Value};

use super::{Answer, Library, match_request};
use crate::plan::parse;

const SENTENCES: &str = include_str!("sentences.txt");
const HELD_OUT: &str = include_str!("heldout.txt");
const PLAYBOOKS: &[(&str, &str)] = &[
    (
        "brief-repo",
        include_str!("../../../runtime/playbooks/brief-repo.yaml"),
    ),
    (
        "check-sites",
        include_str!("../../../runtime/playbooks/check-sites.yaml"),
    ),
    (
        "release-notes",
        include_str!("../../../runtime/playbooks/release-notes.yaml"),
    ),
];

struct Case {
    sentence: &'static str,
    /// Nothing for a refusal.
    expected: Option<(&'static str, Value)>,
}

fn cases(text: &'static str) -> Vec<Case> {
    let mut section = "";
    let mut cases = Vec::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if line.starts_with('[') {
            section = line.trim_matches(['[', ']']);
            continue;
        }
        let case = match line.split_once(" => ") {
            Some((sentence, inputs)) => Case {
                sentence,
                expected: Some((section, serde_json::from_str(inputs).unwrap())),
            },
            None => Case {
                sentence: line,
                expected: None,
            },
        };
        cases.push(case);
    }
    cases
}

fn plans() -> Vec<(&'static str, Plan)> {
    PLAYBOOKS
        .iter()
        .map(|(name, text)| (*name, parse(text).unwrap().plan))
        .collect()
}

fn library() -> Library {
    let plans = plans();
    Library::of(plans.iter().map(|(name, plan)| (*name, plan)))
}

/// Prints the table; returns how many paraphrases came out right, and which refusals did not.
fn run(text: &'static str) -> (usize, usize, Vec<&'static str>) {
    let library = library();
    let (mut right, mut all, mut planned) = (0, 0, Vec::new());
    for case in cases(text) {
        let answer = match_request(case.sentence, &Map::new(), &library);
        let (good, came) = match (&case.expected, &answer) {
            (Some((playbook, inputs)), Answer::Planned(proposal)) => (
                proposal.playbook == *playbook && Value::from(proposal.inputs.clone()) == *inputs,
                format!(
                    "{} {} {}",
                    proposal.playbook,
                    proposal.confidence,
                    Value::from(proposal.inputs.clone())
                ),
            ),
            (None, Answer::Planned(proposal)) => {
                planned.push(case.sentence);
                (
                    false,
                    format!("{} {}", proposal.playbook, proposal.confidence),
                )
            }
            (expected, Answer::Unsure(unsure)) => {
                let scores: Vec<String> = unsure
                    .nearest
                    .iter()
                    .map(|near| format!("{} {}", near.playbook, near.score))
                    .collect();
                (
                    expected.is_none(),
                    format!(
                        "- ({}; {}; unknown {:?})",
                        unsure.because,
                        scores.join(", "),
                        unsure.unknown
                    ),
                )
            }
        };
        if case.expected.is_some() {
            all += 1;
            right += usize::from(good);
        }
        println!(
            "{}  {:<70}  {came}",
            if good { "right" } else { "WRONG" },
            case.sentence
        );
    }
    println!(
        "{right} of {all} paraphrases right, {} refusals planned",
        planned.len()
    );
    (right, all, planned)
}

#[test]
fn what_people_type_comes_to_the_right_playbook_with_the_right_values() {
    let (right, all, planned) = run(SENTENCES);
    assert_eq!(all, 60);
    assert!(right * 100 >= all * 95, "{right} of {all}");
    assert!(planned.is_empty(), "{planned:?}");
}

#[test]
fn sentences_that_it_was_not_tuned_on_come_out_nearly_as_well() {
    let (right, all, planned) = run(HELD_OUT);
    assert_eq!(all, 30);
    assert!(right >= 27, "{right} of {all}");
    assert!(planned.is_empty(), "{planned:?}");
}

/// One playbook with sentences that give a value.
fn tickets() -> Plan {
    let text = "\
name: tickets
description: Print a ticket and count what is open.
examples:
  - print the ticket ABC-12
  - tell me how many tickets are open for Berlin
inputs:
  ticket: { type: string, pattern: '^[A-Z]+-[0-9]+$', default: ABC-1 }
  city: { type: string, pattern: '^[A-Z][a-z]+$', default: Bonn }
steps: [{ id: a, tool: wait, args: { ms: 1 } }]
";
    parse(text).unwrap().plan
}

fn planned(sentence: &str) -> super::Proposal {
    let plan = tickets();
    let library = Library::of([("tickets", &plan)]);
    match match_request(sentence, &Map::new(), &library) {
        Answer::Planned(proposal) => proposal,
        Answer::Unsure(unsure) => panic!("{sentence}: {unsure:?}"),
    }
}

#[test]
fn what_only_an_example_says_is_assumed_and_marked() {
    let said = planned("print the ticket XY-7");
    assert_eq!(said.inputs["ticket"], "XY-7");
    assert_eq!(said.assumed, Vec::<String>::new());
    let unsaid = planned("print the ticket");
    assert_eq!(unsaid.inputs.get("ticket"), None);
    assert_eq!(unsaid.assumed, ["ticket"]);
    assert!(unsaid.confidence < said.confidence, "{unsaid:?}");
}

#[test]
fn a_question_that_an_example_asks_is_answered_with_its_value() {
    for sentence in [
        "how many tickets are open for Paris?",
        "tell me how many tickets are open for Paris",
        "how many tickets are open for teh city Paris",
    ] {
        let proposal = planned(sentence);
        assert_eq!(proposal.inputs["city"], "Paris", "{proposal:?}");
        assert_eq!(proposal.assumed, Vec::<String>::new(), "{proposal:?}");
    }
    assert_eq!(planned("how many tickets are open").assumed, ["city"]);
}
