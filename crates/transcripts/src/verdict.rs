//! What only the end of a file tells about the messages in it.

use krake_domain::session::Message;

use crate::places::Places;

/// What only the end of a file tells about messages before it, by their places among all messages
/// that the reader gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Off the line that the user last saw, beside those that say so themselves.
    pub sidechain: Places,
    /// Written a second time; they are left out.
    pub repeated: Places,
}

impl Verdict {
    /// Messages that the reader gave from place `first` on, as they are in the end.
    #[must_use]
    pub fn apply(&self, first: usize, messages: Vec<Message>) -> Vec<Message> {
        (first..)
            .zip(messages)
            .filter(|(place, _)| !self.repeated.contains(*place))
            .map(|(place, mut message)| {
                message.sidechain |= self.sidechain.contains(place);
                message
            })
            .collect()
    }
}
