//! Ids of messages that were met: what is used twice in a session is told apart.

use std::collections::HashMap;

use krake_domain::hash::Hash;
use krake_transcripts::Format;

/// How often each id was met.
#[derive(Debug, Clone, Default)]
pub struct Met {
    /// By its hash.
    times: HashMap<u64, u32>,
    /// The reader has told ids apart already, all but those that it made from another by a slash.
    is_told_apart: bool,
}

impl Met {
    /// None yet, in a session of that format.
    pub fn of(format: &str) -> Self {
        Self {
            times: HashMap::new(),
            // In a file of a gigabyte, what is kept of each id here would be tens of megabytes.
            is_told_apart: Format::from_name(format) == Some(Format::ClaudeCode),
        }
    }

    /// How often the id was met with this time, where it was met before.
    pub fn again(&mut self, id: &str) -> Option<u32> {
        if self.is_told_apart && !id.contains('/') {
            return None;
        }
        let hash = Hash::of(id.as_bytes()).0;
        let key = u64::from_le_bytes(*hash.first_chunk().expect("a hash has 32 bytes"));
        let times = self.times.entry(key).or_insert(0);
        *times += 1;
        (*times > 1).then_some(*times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_used_twice_is_told_apart_whoever_does_it() {
        let told = |format: Format| {
            let mut met = Met::of(format.as_str());
            let ids = ["a", "a/1", "b", "a/1", "a/1"];
            ids.map(|id| met.again(id))
        };
        assert_eq!(
            told(Format::ClaudeCode),
            [None, None, None, Some(2), Some(3)]
        );
        let mut met = Met::of(Format::Neutral.as_str());
        assert_eq!(
            ["a", "a", "a"].map(|id| met.again(id)),
            [None, Some(2), Some(3)]
        );
    }
}
