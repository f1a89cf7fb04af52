//! Calls of tools by their ids: results are given the names of the calls that they answer.

use krake_domain::session::{Message, MessageKind};

use crate::ids::{Ids, Mark};
use crate::shelf::{Row, Shelf};
use crate::words::{Word, Words};

/// The calls that were met.
#[derive(Default)]
pub struct Calls {
    ids: Ids,
    /// The tool of each, by its place.
    tools: Row<Word>,
    words: Words,
}

impl Calls {
    pub fn on(shelf: &Shelf) -> Self {
        Self {
            ids: Ids::on(shelf),
            tools: Row::on(shelf),
            words: Words::default(),
        }
    }

    /// Notes a call; gives a result the name of the call that it answers.
    pub fn name(&mut self, message: &mut Message) {
        let Some(tool) = &mut message.tool else {
            return;
        };
        let Some(id) = &tool.call_id else { return };
        if message.kind == MessageKind::ToolCall {
            let place = self.meet(id);
            self.tools.set(place as usize, &self.words.meet(&tool.name));
        } else if tool.name.is_empty()
            && let Some(name) = self.tool(id)
        {
            name.clone_into(&mut tool.name);
        }
    }

    /// The place of a call, which is the same for its result.
    pub fn meet(&mut self, id: &str) -> u32 {
        let place = self.ids.meet(id);
        while self.tools.len() < self.ids.len() {
            self.tools.push(&Word::default());
        }
        place
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    fn tool(&self, id: &str) -> Option<&str> {
        let place = self.ids.find(Mark::of(id))?;
        self.words.text(self.tools.get(place as usize)?)
    }
}
