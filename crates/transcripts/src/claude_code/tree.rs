//! The tree of a session and the line through it that the user last saw.
//!
//! A session may be a file of a gigabyte and has to be known to its end, so a record is kept in a few
//! dozen bytes: ids by their marks, parents by their places. Of a long one most of them lie on a shelf.

use std::collections::HashMap;

use krake_domain::hash::Hash;
use krake_domain::session::{Message, MessageKind};

use crate::ids::{Ids, Mark, number};
use crate::places::Places;
use crate::shelf::{Fixed, Row, Shelf, View, taken};

/// One record of the file, as it is read.
pub struct Record<'r> {
    pub parent: Option<&'r str>,
    /// The parent across a compaction, where `parent` is cut.
    pub bridge: Option<&'r str>,
    /// It stands after a compaction: without a parent it follows what lies before it in the file.
    pub continues: bool,
    /// The place of the API answer that it is a part of.
    pub answer: Option<u32>,
    pub sidechain: bool,
    pub messages: &'r [Message],
}

/// The id under which a record enters.
pub struct Admitted {
    pub id: Option<String>,
    mark: Option<Mark>,
    content: [u8; 8],
}

/// What is kept of a record.
struct Node {
    /// Of what it says, to tell a copy from another record with the same id.
    content: [u8; 8],
    /// The record before it plus one; 0: none, or one that was not met yet.
    before: u32,
    /// The answer that it is a part of plus one.
    answer: u32,
    /// How many messages it has, above the bits.
    shape: u32,
}

impl Node {
    const SIDECHAIN: u32 = 1;
    /// Some message of it is more than a note.
    const SPEAKS: u32 = 2;
    /// It names a parent or continues: it follows something, even where that was not found.
    const FOLLOWS: u32 = 4;
    /// It has an id.
    const NAMED: u32 = 8;
    const BITS: u32 = 4;

    fn is(&self, bit: u32) -> bool {
        self.shape & bit != 0
    }

    /// Whether it belongs to a branch.
    fn is_on_a_branch(&self) -> bool {
        self.is(Self::NAMED) && !self.is(Self::SIDECHAIN)
    }

    fn messages(&self) -> usize {
        (self.shape >> Self::BITS) as usize
    }
}

impl Fixed for Node {
    const BYTES: usize = 20;

    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.content);
        for number in [self.before, self.answer, self.shape] {
            number.write(to);
        }
    }

    fn read(from: &mut &[u8]) -> Self {
        Self {
            content: taken(from),
            before: u32::read(from),
            answer: u32::read(from),
            shape: u32::read(from),
        }
    }
}

/// A record, and the place of a call that it makes or answers.
struct Use {
    record: u32,
    call: u32,
}

impl Fixed for Use {
    const BYTES: usize = 8;

    fn write(&self, to: &mut Vec<u8>) {
        self.record.write(to);
        self.call.write(to);
    }

    fn read(from: &mut &[u8]) -> Self {
        Self {
            record: u32::read(from),
            call: u32::read(from),
        }
    }
}

/// The parents of a record that were not met before it.
struct Open {
    parent: Option<Mark>,
    bridge: Option<Mark>,
}

/// All records in the order of the file.
#[derive(Default)]
pub struct Tree {
    ids: Ids,
    nodes: Row<Node>,
    open: HashMap<u32, Open>,
    /// Calls that records make, and those that they answer.
    calls: Row<Use>,
    results: Row<Use>,
}

impl Tree {
    pub fn on(shelf: &Shelf) -> Self {
        Self {
            ids: Ids::on(shelf),
            nodes: Row::on(shelf),
            open: HashMap::new(),
            calls: Row::on(shelf),
            results: Row::on(shelf),
        }
    }

    /// The id under which a record enters: `None` for one that stands in the file already, word for
    /// word; an id that another record holds already gets a suffix.
    pub fn admit(&self, uuid: Option<&str>, found: &[Message]) -> Option<Admitted> {
        let Some(uuid) = uuid else {
            return Some(Admitted {
                id: None,
                mark: None,
                content: [0; 8],
            });
        };
        let texts: Vec<&[u8]> = found
            .iter()
            .map(|message| message.text.as_bytes())
            .collect();
        let hash = Hash::of_parts(&texts).0;
        let content = *hash.first_chunk().expect("a hash has 32 bytes");
        let new = |id: String, mark| {
            Some(Admitted {
                id: Some(id),
                mark: Some(mark),
                content,
            })
        };
        let mark = Mark::of(uuid);
        let Some(known) = self.ids.find(mark) else {
            return new(uuid.to_owned(), mark);
        };
        let node = self.nodes.get(known as usize);
        if node.is_some_and(|node| node.content == content) {
            return None;
        }
        (2_u64..)
            .map(|number| format!("{uuid}~{number}"))
            .map(|id| (Mark::of(&id), id))
            .find(|(mark, _)| self.ids.find(*mark).is_none())
            .and_then(|(mark, id)| new(id, mark))
    }

    /// Adds a record. `call` gives the place of a call by its id.
    pub fn push(
        &mut self,
        admitted: &Admitted,
        record: &Record<'_>,
        mut call: impl FnMut(&str) -> u32,
    ) {
        let (parent, bridge) = (record.parent.map(Mark::of), record.bridge.map(Mark::of));
        let known = |mark: Option<Mark>| mark.and_then(|mark| self.ids.find(mark));
        // An id leads to one record for ever, so what is found now is what is found at the end.
        let before = known(parent).or_else(|| match parent {
            None => known(bridge),
            Some(_) => None,
        });
        let speaks = |message: &Message| message.kind != MessageKind::Meta;
        let bits = [
            (Node::SIDECHAIN, record.sidechain),
            (Node::NAMED, admitted.mark.is_some()),
            (Node::SPEAKS, record.messages.iter().any(speaks)),
            (
                Node::FOLLOWS,
                parent.is_some() || bridge.is_some() || record.continues,
            ),
        ];
        let bits: u32 = bits.iter().filter(|(_, is)| *is).map(|(bit, _)| bit).sum();
        let place = self.ids.push(admitted.mark);
        if before.is_none() && (parent.is_some() || bridge.is_some()) {
            self.open.insert(place, Open { parent, bridge });
        }
        self.nodes.push(&Node {
            content: admitted.content,
            before: before.map_or(0, |before| before.saturating_add(1)),
            answer: record.answer.map_or(0, |answer| answer.saturating_add(1)),
            shape: (number(record.messages.len()) << Node::BITS) | bits,
        });
        for message in record.messages {
            let id = message.tool.as_ref().and_then(|tool| tool.call_id.as_ref());
            let list = match message.kind {
                MessageKind::ToolCall => &mut self.calls,
                MessageKind::ToolResult => &mut self.results,
                _ => continue,
            };
            if let Some(id) = id {
                list.push(&Use {
                    record: place,
                    call: call(id),
                });
            }
        }
    }

    /// Places of the messages that are off the visible line, abandoned when the user went back and
    /// asked again. Records without an id belong to no branch and stay. So many answers and calls
    /// have places.
    pub fn off_the_line(&self, answers: usize, calls: usize) -> Places {
        let mut off = Places::default();
        let mut nodes = self.nodes.view();
        let mut can_be_leaf = |place: &usize| {
            let node = nodes.get(*place);
            node.is_some_and(|node| node.is_on_a_branch() && node.is(Node::SPEAKS))
        };
        let Some(leaf) = (0..self.nodes.len()).rev().find(|place| can_be_leaf(place)) else {
            return off;
        };
        let mut visible = self.path(leaf);
        self.join_parallel_calls(&mut visible, answers, calls);
        let mut first = 0;
        for (node, is_visible) in self.nodes.each().zip(visible) {
            let end = first + node.messages();
            if node.is_on_a_branch() && !is_visible {
                off.extend(first..end);
            }
            first = end;
        }
        off
    }

    /// The records from this one back to the first, by their places.
    fn path(&self, leaf: usize) -> Vec<bool> {
        let mut nodes = self.nodes.view();
        let mut path = vec![false; self.nodes.len()];
        let mut at = Some(leaf);
        // A cycle ends where the walk comes to a record for the second time.
        while let Some(place) = at.filter(|place| !path[*place]) {
            path[place] = true;
            at = self.before(place, &mut nodes);
        }
        path
    }

    fn before(&self, place: usize, nodes: &mut View<'_, Node>) -> Option<usize> {
        let node = nodes.get(place)?;
        if let Some(before) = node.before.checked_sub(1) {
            return Some(before as usize);
        }
        let known = |mark: Option<Mark>| mark.and_then(|mark| self.ids.find(mark));
        let open = self.open.get(&number(place));
        let met_later = open.and_then(|open| known(open.parent).or_else(|| known(open.bridge)));
        if met_later.is_some() || !node.is(Node::FOLLOWS) {
            return met_later.map(|place| place as usize);
        }
        // The parent lies in a line that is broken, or in the file before a compaction.
        let mut is_earlier = |place: &usize| {
            let node = nodes.get(*place);
            node.is_some_and(|node| node.is_on_a_branch())
        };
        (0..place).rev().find(|place| is_earlier(place))
    }

    /// Calls of one answer that ran side by side fork the tree although nobody went back: the other
    /// lines of a visible answer, and the results of visible calls, are visible.
    fn join_parallel_calls(&self, visible: &mut [bool], answers: usize, calls: usize) {
        let mut seen = vec![false; answers + 1];
        for (node, is_visible) in self.nodes.each().zip(&*visible) {
            if *is_visible && node.answer > 0 {
                seen[node.answer as usize] = true;
            }
        }
        for (node, is_visible) in self.nodes.each().zip(&mut *visible) {
            *is_visible |= !node.is(Node::SIDECHAIN) && seen[node.answer as usize];
        }
        let mut made = vec![false; calls];
        for one in self.calls.each() {
            made[one.call as usize] |= visible[one.record as usize];
        }
        let mut nodes = self.nodes.view();
        for one in self.results.each() {
            let place = one.record as usize;
            let is_sidechain = nodes
                .get(place)
                .is_some_and(|node| node.is(Node::SIDECHAIN));
            visible[place] |= made[one.call as usize] && !is_sidechain;
        }
    }
}

#[cfg(test)]
#[path = "tree_test.rs"]
mod tests;
