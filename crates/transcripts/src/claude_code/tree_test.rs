use std::collections::{HashMap, HashSet};
use std::io::Cursor;

use krake_domain::session::{Message, Role, ToolUse};
use proptest::prelude::*;

use super::*;
use crate::calls::Calls;

#[test]
fn a_record_is_kept_in_few_bytes() {
    assert_eq!(size_of::<Node>(), Node::BYTES);
}

/// A record as a file has it; ids are small numbers, so that they meet.
#[derive(Debug, Clone)]
struct Line {
    uuid: Option<u8>,
    parent: Option<u8>,
    bridge: Option<u8>,
    continues: bool,
    answer: Option<u8>,
    sidechain: bool,
    messages: Vec<(MessageKind, Option<u8>, u8)>,
}

fn line() -> impl Strategy<Value = Line> {
    let kind = prop::sample::select(vec![
        MessageKind::Text,
        MessageKind::Meta,
        MessageKind::ToolCall,
        MessageKind::ToolResult,
    ]);
    let id = |most: u8| prop::option::weighted(0.8, 0..most);
    let message = (kind, id(6), 0..3_u8);
    let flag = prop::bool::weighted(0.15);
    (
        (id(20), id(20), prop::option::weighted(0.2, 0..20_u8)),
        (flag, id(4), prop::bool::weighted(0.15)),
        prop::collection::vec(message, 0..3),
    )
        .prop_map(|(ids, flags, messages)| Line {
            uuid: ids.0,
            parent: ids.1,
            bridge: ids.2,
            continues: flags.0,
            answer: flags.1,
            sidechain: flags.2,
            messages,
        })
}

fn messages(line: &Line) -> Vec<Message> {
    let message = |(kind, call, text): &(MessageKind, Option<u8>, u8)| Message {
        role: Role::Assistant,
        kind: *kind,
        text: format!("text {text}"),
        tool: call.map(|call| ToolUse {
            call_id: Some(format!("call {call}")),
            ..ToolUse::default()
        }),
        ..Message::default()
    };
    line.messages.iter().map(message).collect()
}

/// The same in as many words: every id as it is, every set a set. What entered, and what is off.
fn spelt_out(lines: &[Line]) -> (Vec<Option<Option<String>>>, Vec<usize>) {
    let mut entered: Vec<(Option<String>, &Line, std::ops::Range<usize>)> = Vec::new();
    let mut contents: HashMap<String, Vec<u8>> = HashMap::new();
    let mut admitted = Vec::new();
    let mut count = 0;
    for line in lines {
        let content: Vec<u8> = line.messages.iter().map(|message| message.2).collect();
        let uuid = line.uuid.map(|uuid| uuid.to_string());
        let taken = |id: &String| entered.iter().any(|one| one.0.as_ref() == Some(id));
        let id = match uuid {
            Some(uuid) if taken(&uuid) && contents[&uuid] == content => {
                admitted.push(None);
                continue;
            }
            Some(uuid) if taken(&uuid) => {
                let mut others = (2..).map(|number| format!("{uuid}~{number}"));
                others.find(|id| !taken(id))
            }
            Some(uuid) => {
                contents.insert(uuid.clone(), content);
                Some(uuid)
            }
            None => None,
        };
        admitted.push(Some(id.clone()));
        entered.push((id, line, count..count + line.messages.len()));
        count += line.messages.len();
    }
    (admitted, off(&entered))
}

fn off(entered: &[(Option<String>, &Line, std::ops::Range<usize>)]) -> Vec<usize> {
    let find = |id: Option<u8>| {
        let id = id?.to_string();
        entered.iter().position(|one| one.0.as_ref() == Some(&id))
    };
    let is_main = |one: &&(Option<String>, &Line, _)| one.0.is_some() && !one.1.sidechain;
    let speaks = |line: &Line| line.messages.iter().any(|one| one.0 != MessageKind::Meta);
    let leaf = entered
        .iter()
        .rposition(|one| is_main(&one) && speaks(one.1));
    let mut visible = HashSet::new();
    let mut at = leaf;
    while let Some(place) = at.filter(|place| visible.insert(*place)) {
        let line = entered[place].1;
        let follows = line.parent.is_some() || line.bridge.is_some() || line.continues;
        at = find(line.parent).or(find(line.bridge)).or_else(|| {
            let earlier = entered[..place].iter().rposition(|one| is_main(&one));
            earlier.filter(|_| follows)
        });
    }
    if leaf.is_none() {
        return Vec::new();
    }
    let answers: HashSet<u8> = visible
        .iter()
        .filter_map(|place| entered[*place].1.answer)
        .collect();
    for (place, one) in entered.iter().enumerate() {
        if !one.1.sidechain && one.1.answer.is_some_and(|answer| answers.contains(&answer)) {
            visible.insert(place);
        }
    }
    let of = |line: &Line, kind: MessageKind| {
        let calls = line.messages.iter().filter(move |one| one.0 == kind);
        calls.filter_map(|one| one.1).collect::<Vec<u8>>()
    };
    let calls: HashSet<u8> = visible
        .iter()
        .flat_map(|place| of(entered[*place].1, MessageKind::ToolCall))
        .collect();
    for (place, one) in entered.iter().enumerate() {
        let answers = of(one.1, MessageKind::ToolResult);
        if !one.1.sidechain && answers.iter().any(|call| calls.contains(call)) {
            visible.insert(place);
        }
    }
    let places = entered.iter().enumerate();
    places
        .filter(|(place, one)| is_main(one) && !visible.contains(place))
        .flat_map(|(_, one)| one.2.clone())
        .collect()
}

/// The same from the tree.
fn kept(lines: &[Line], shelf: &Shelf) -> (Vec<Option<Option<String>>>, Vec<usize>) {
    let (mut tree, mut calls, mut answers) = (Tree::on(shelf), Calls::on(shelf), Ids::on(shelf));
    let (mut admitted, mut count) = (Vec::new(), 0);
    let text = |id: Option<u8>| id.map(|id| id.to_string());
    for line in lines {
        let found = messages(line);
        let Some(entered) = tree.admit(text(line.uuid).as_deref(), &found) else {
            admitted.push(None);
            continue;
        };
        let (parent, bridge) = (text(line.parent), text(line.bridge));
        let record = Record {
            parent: parent.as_deref(),
            bridge: bridge.as_deref(),
            continues: line.continues,
            answer: text(line.answer).map(|id| answers.meet(&id)),
            sidechain: line.sidechain,
            messages: &found,
        };
        tree.push(&entered, &record, |call| calls.meet(call));
        admitted.push(Some(entered.id));
        count += found.len();
    }
    let off = tree.off_the_line(answers.len(), calls.len());
    let off = (0..count).filter(|place| off.contains(*place)).collect();
    (admitted, off)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn few_bytes_say_what_many_words_do(lines in prop::collection::vec(line(), 0..30)) {
        let expected = spelt_out(&lines);
        prop_assert_eq!(&kept(&lines, &Shelf::default()), &expected);
        // With nearly all of it aside.
        let shelf = Shelf::on(Cursor::new(Vec::new()), 3);
        prop_assert_eq!(kept(&lines, &shelf), expected);
        prop_assert!(shelf.check().is_ok());
    }
}
