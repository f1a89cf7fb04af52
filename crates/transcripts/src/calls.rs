//! Calls of tools by their ids: results are given the names of the calls that they answer.

use krake_domain::session::{Message, MessageKind};

use crate::ids::{Ids, Mark};
use crate::words::{Word, Words};

/// The calls that were met.
#[derive(Clone, Default)]
pub struct Calls {
    ids: Ids,
    /// The tool of each, by its place.
    tools: Vec<Word>,
    words: Words,
}

impl Calls {
    /// Notes a call; gives a result the name of the call that it answers.
    pub fn name(&mut self, message: &mut Message) {
        let Some(tool) = &mut message.tool else {
            return;
        };
        let Some(id) = &tool.call_id else { return };
        if message.kind == MessageKind::ToolCall {
            let place = self.meet(id);
            self.tools[place as usize] = self.words.meet(&tool.name);
        } else if tool.name.is_empty()
            && let Some(name) = self.tool(id)
        {
            name.clone_into(&mut tool.name);
        }
    }

    /// The place of a call, which is the same for its result.
    pub fn meet(&mut self, id: &str) -> u32 {
        let place = self.ids.meet(id);
        self.tools.resize(self.ids.len(), Word::default());
        place
    }

    /// Forgets all and keeps the room for as many.
    pub fn clear(&mut self) {
        self.ids.clear();
        self.tools.clear();
        self.words = Words::default();
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    fn tool(&self, id: &str) -> Option<&str> {
        let place = self.ids.find(Mark::of(id))?;
        self.words.text(*self.tools.get(place as usize)?)
    }
}
