//! What the moments of a transcript count as. A clock that was wrong must not put a session before all
//! others for years, and importing twice must change nothing.

use krake_domain::id::SessionId;
use krake_domain::time::Timestamp;

/// The present of an import, as one session sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Present {
    pub now: Timestamp,
    /// When the session was first seen here.
    pub first_seen: Timestamp,
}

impl Present {
    /// Of a session that nobody has seen.
    pub fn new(now: Timestamp) -> Self {
        Self {
            now,
            first_seen: now,
        }
    }

    /// The same for a session that is here under this id, which was drawn when it was first seen.
    #[must_use]
    pub fn of(self, id: SessionId) -> Self {
        let drawn = id.drawn_at().unwrap_or(self.now);
        Self {
            first_seen: drawn.min(self.now),
            ..self
        }
    }

    /// The same for one that gets this id, drawn a moment ago: it will be known by that moment.
    #[must_use]
    pub fn of_new(self, id: SessionId) -> Self {
        let drawn = id.drawn_at().unwrap_or(self.now);
        Self {
            now: self.now.max(drawn),
            first_seen: drawn,
        }
    }

    /// A moment as it counts: what lies ahead was, for all that is known, when it was first seen.
    pub fn count(self, at: Timestamp) -> Timestamp {
        if at > self.now { self.first_seen } else { at }
    }
}

#[cfg(test)]
mod tests {
    use krake_domain::hash::Hash;

    use super::*;

    #[test]
    fn what_lies_ahead_counts_the_same_whenever_it_is_read() {
        let id = SessionId::from_parts(Timestamp(1_000), Hash::of(b"s"));
        for now in [1_000, 5_000] {
            let present = Present::new(Timestamp(now)).of(id);
            assert_eq!(present.count(Timestamp(9_000)), Timestamp(1_000));
            assert_eq!(present.count(Timestamp(900)), Timestamp(900));
        }
        let later = Present::new(Timestamp(9_000)).of(id);
        assert_eq!(
            later.count(Timestamp(9_000)),
            Timestamp(9_000),
            "it has come"
        );
        let new = Present::new(Timestamp(990)).of_new(id);
        assert_eq!(new.count(Timestamp(9_000)), Timestamp(1_000));
        // A clock that went back since.
        let before = Present::new(Timestamp(500)).of(id);
        assert_eq!(before.count(Timestamp(700)), Timestamp(500));
    }
}
