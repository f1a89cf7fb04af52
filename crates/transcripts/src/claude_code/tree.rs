//! The tree of a session and the line through it that the user last saw.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use krake_domain::hash::Hash;
use krake_domain::session::{Message, MessageKind};

/// One record of the file.
#[derive(Clone)]
pub struct Node {
    pub uuid: Option<String>,
    pub parent: Option<String>,
    /// The parent across a compaction, where `parent` is cut.
    pub bridge: Option<String>,
    /// It stands after a compaction: without a parent it follows what lies before it in the file.
    pub continues: bool,
    /// The id of the API answer that it is a part of.
    pub answer: Option<String>,
    pub sidechain: bool,
    /// Places of its messages in the transcript.
    pub messages: Range<usize>,
    /// What the tree needs to know of them; the messages themselves may be gone by the end.
    pub outlines: Vec<Outline>,
}

/// A message without its text.
#[derive(Clone)]
pub struct Outline {
    kind: MessageKind,
    call_id: Option<String>,
}

impl Outline {
    pub fn of(message: &Message) -> Self {
        Self {
            kind: message.kind,
            call_id: message.tool.as_ref().and_then(|tool| tool.call_id.clone()),
        }
    }
}

impl Node {
    fn can_be_leaf(&self) -> bool {
        let speaks = |message: &Outline| message.kind != MessageKind::Meta;
        self.uuid.is_some() && !self.sidechain && self.outlines.iter().any(speaks)
    }
}

/// All records in the order of the file.
#[derive(Clone, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    by_uuid: HashMap<String, usize>,
    /// What the record of an id says, to tell a copy from another record with the same id.
    contents: HashMap<String, Hash>,
}

impl Tree {
    /// The id under which a record enters: `None` for one that stands in the file already, word for
    /// word; an id that another record holds already gets a suffix.
    pub fn admit(&mut self, uuid: Option<&str>, found: &[Message]) -> Option<Option<String>> {
        let Some(uuid) = uuid else {
            return Some(None);
        };
        let texts: Vec<&[u8]> = found
            .iter()
            .map(|message| message.text.as_bytes())
            .collect();
        let content = Hash::of_parts(&texts);
        if !self.by_uuid.contains_key(uuid) {
            self.contents.insert(uuid.to_owned(), content);
            return Some(Some(uuid.to_owned()));
        }
        if self.contents.get(uuid) == Some(&content) {
            return None;
        }
        let free = (2_u64..)
            .map(|number| format!("{uuid}~{number}"))
            .find(|id| !self.by_uuid.contains_key(id));
        Some(free)
    }

    /// Adds a record.
    pub fn push(&mut self, node: Node) {
        if let Some(uuid) = &node.uuid {
            self.by_uuid.insert(uuid.clone(), self.nodes.len());
        }
        self.nodes.push(node);
    }

    /// Places of the messages that are off the visible line, abandoned when the user went back and
    /// asked again. Records without an id belong to no branch and stay.
    pub fn off_the_line(&self) -> Vec<usize> {
        let Some(leaf) = self.nodes.iter().rposition(Node::can_be_leaf) else {
            return Vec::new();
        };
        let mut visible = self.path(leaf);
        self.join_parallel_calls(&mut visible);
        self.nodes
            .iter()
            .enumerate()
            .filter(|(place, node)| {
                node.uuid.is_some() && !node.sidechain && !visible.contains(place)
            })
            .flat_map(|(_, node)| node.messages.clone())
            .collect()
    }

    fn path(&self, leaf: usize) -> HashSet<usize> {
        let mut path = HashSet::new();
        let mut at = Some(leaf);
        // A cycle ends where the walk comes to a record for the second time.
        while let Some(place) = at.filter(|place| path.insert(*place)) {
            at = self.before(place);
        }
        path
    }

    fn before(&self, place: usize) -> Option<usize> {
        let node = &self.nodes[place];
        let known = |id: &Option<String>| id.as_ref().and_then(|id| self.by_uuid.get(id)).copied();
        known(&node.parent)
            .or_else(|| known(&node.bridge))
            .or_else(|| {
                // The parent lies in a line that is broken, or in the file before a compaction.
                let cut = node.parent.is_some() || node.bridge.is_some() || node.continues;
                let earlier = || {
                    self.nodes[..place]
                        .iter()
                        .rposition(|node| node.uuid.is_some() && !node.sidechain)
                };
                cut.then(earlier).flatten()
            })
    }

    /// Calls of one answer that ran side by side fork the tree although nobody went back: the other
    /// lines of a visible answer, and the results of visible calls, are visible.
    fn join_parallel_calls(&self, visible: &mut HashSet<usize>) {
        let answers: HashSet<&String> = visible
            .iter()
            .filter_map(|place| self.nodes[*place].answer.as_ref())
            .collect();
        for (place, node) in self.nodes.iter().enumerate() {
            if !node.sidechain
                && node
                    .answer
                    .as_ref()
                    .is_some_and(|answer| answers.contains(answer))
            {
                visible.insert(place);
            }
        }
        let calls: HashSet<&String> = visible
            .iter()
            .flat_map(|place| &self.nodes[*place].outlines)
            .filter(|message| message.kind == MessageKind::ToolCall)
            .filter_map(|message| message.call_id.as_ref())
            .collect();
        for (place, node) in self.nodes.iter().enumerate() {
            let answers_one = node.outlines.iter().any(|message| {
                message.kind == MessageKind::ToolResult
                    && message
                        .call_id
                        .as_ref()
                        .is_some_and(|id| calls.contains(id))
            });
            if answers_one && !node.sidechain {
                visible.insert(place);
            }
        }
    }
}
