//! Sessions that went on at the same time, and what subagents did for them.

use krake_domain::briefing::ItemKind;
use krake_domain::session::{Message, MessageKind, Role, ToolUse, Transcript};
use krake_domain::time::Timestamp;

use super::repair::lines;
use super::{Request, SessionInput, brief, repair, row};

fn said(role: Role, minute: i64, text: &str) -> Message {
    Message {
        role,
        text: text.to_owned(),
        at: Some(Timestamp(minute * 60_000)),
        ..Message::default()
    }
}

fn session(messages: Vec<Message>) -> Transcript {
    Transcript {
        messages,
        ..Transcript::default()
    }
}

/// The texts of these kinds in a briefing of these sessions, with their citations.
fn told(sessions: &[Transcript], budget: u64, kind: ItemKind) -> Vec<String> {
    let sessions: Vec<SessionInput<'_>> = sessions
        .iter()
        .map(|transcript| SessionInput {
            label: "",
            transcript,
        })
        .collect();
    let request = Request {
        sessions: &sessions,
        facts: &[],
        budget,
        goal: None,
        rules: &[],
    };
    let (briefing, _) = repair(&request, brief(&request));
    let items = briefing.items.into_iter().filter(|item| item.kind == kind);
    items
        .map(|item| format!("{} {}", item.text, item.sources[0].reference))
        .collect()
}

#[test]
fn what_a_subagent_is_asked_is_no_word_of_the_user() {
    let main = session(vec![
        said(Role::User, 1, "Build the tamarind parser."),
        said(Role::Assistant, 2, "I let somebody list the files first."),
        said(Role::User, 9, "Now write the docs for the parser."),
    ]);
    let mut asked = said(
        Role::User,
        3,
        "List every docs file. You must never write code.",
    );
    let mut answered = said(Role::Assistant, 4, "There are docs/a.md and docs/b.md.");
    (asked.sidechain, answered.sidechain) = (true, true);
    let all = [main, session(vec![asked, answered])];
    assert_eq!(
        told(&all, 800, ItemKind::Goal),
        ["Build the tamarind parser. s1#0"]
    );
    assert_eq!(
        told(&all, 800, ItemKind::LastRequest),
        ["Now write the docs for the parser. s1#2"]
    );
    let orders = told(&all, 800, ItemKind::Constraint);
    assert!(
        orders.iter().all(|order| !order.contains("never")),
        "{orders:?}"
    );
    // Alone it is all that there is.
    let alone = told(&all[1..], 800, ItemKind::Goal);
    assert_eq!(alone.len(), 1, "{alone:?}");
}

#[test]
fn the_last_request_is_the_last_in_time() {
    let long = session(vec![
        said(Role::User, 0, "Make the totals of the cart exact."),
        said(Role::Assistant, 1, "They are integers now."),
        said(Role::User, 150, "Now add the coupon field to the cart."),
    ]);
    let short = session(vec![
        said(Role::User, 60, "What does the linter say?"),
        said(Role::Assistant, 61, "Nothing."),
    ]);
    let all = [long, short];
    assert_eq!(
        told(&all, 800, ItemKind::LastRequest),
        ["Now add the coupon field to the cart. s1#2"]
    );
    assert_eq!(
        told(&all, 800, ItemKind::Goal),
        [
            "Make the totals of the cart exact. s1#0",
            "What does the linter say? s2#0"
        ]
    );
}

#[test]
fn instructions_stand_latest_first_also_after_a_repair() {
    // Work with tools: in a chat the words of the user are told among the rest.
    let call = Message {
        kind: MessageKind::ToolCall,
        tool: Some(ToolUse {
            name: "Bash".to_owned(),
            input: serde_json::json!({ "command": "cargo bench" }),
            ..ToolUse::default()
        }),
        ..said(Role::Assistant, 1, "cargo bench")
    };
    let mut messages = vec![said(Role::User, 0, "Make the shop faster."), call];
    for (number, order) in (1..).zip([
        "Never store amounts as floats in the ledger.",
        "Always run the linter before a push.",
        "Do not touch the theme of the storefront.",
        "Only the finance team may trigger refunds.",
        "Never send mail from the staging cluster.",
    ]) {
        messages.push(said(Role::User, number * 2, order));
        messages.push(said(
            Role::Assistant,
            number * 2 + 1,
            "Understood, I go on with it.",
        ));
    }
    for budget in [600, 900, 1_500] {
        let orders = told(&[session(messages.clone())], budget, ItemKind::Constraint);
        let places: Vec<usize> = orders
            .iter()
            .map(|order| order.rsplit('#').next().unwrap().parse().unwrap())
            .collect();
        assert!(places.len() >= 3, "{budget}: {orders:?}");
        assert!(places.is_sorted_by(|a, b| a >= b), "{budget}: {orders:?}");
    }

    // Whoever chooses the lines anew finds each instruction where it was given.
    let transcript = session(messages);
    let sessions = [SessionInput {
        label: "",
        transcript: &transcript,
    }];
    let request = Request {
        sessions: &sessions,
        facts: &[],
        budget: 900,
        goal: None,
        rules: &[],
    };
    let timeline = row(&request);
    let items = brief(&request).items;
    let orders = lines(&timeline, &items).filter(|line| line.kind == ItemKind::Constraint);
    let (cited, places): (Vec<String>, Vec<String>) = orders
        .map(|line| {
            (
                line.sources[0].reference.clone(),
                format!("#{}", line.place),
            )
        })
        .unzip();
    assert!(cited.len() >= 3 && cited == places, "{cited:?} {places:?}");
}
