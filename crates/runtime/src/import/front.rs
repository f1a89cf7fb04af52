//! How far the lines of a large file were looked through, for whoever keeps its bytes behind that.
//!
//! **Invariant:** bytes are given free only once it is known which of their lines are withheld. Where
//! the reading breaks off, the rest never is.

use std::collections::HashSet;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Lines with a secret in a form that cannot be cut out, as far as they are known.
#[derive(Debug)]
pub struct Front {
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct State {
    withheld: HashSet<u64>,
    /// Lines that begin before this place were looked through.
    to: u64,
    /// Somebody waits for this place.
    wanted: u64,
    is_over: bool,
}

impl Front {
    /// All lines were looked through: those that begin at these places are withheld.
    #[must_use]
    pub fn passed(withheld: HashSet<u64>) -> Arc<Self> {
        Self::of(State {
            withheld,
            to: u64::MAX,
            ..State::default()
        })
    }

    /// No line was looked through yet; and who looks through them.
    #[must_use]
    pub fn ahead() -> (Arc<Self>, Scout) {
        let front = Self::of(State::default());
        (Arc::clone(&front), Scout(front))
    }

    fn of(state: State) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(state),
            moved: Condvar::new(),
        })
    }

    /// Waits until all lines that begin before `end` were looked through.
    ///
    /// # Errors
    /// They never will be.
    pub fn wait_for(&self, end: u64) -> io::Result<()> {
        let mut state = self.state();
        state.wanted = end;
        while state.to < end {
            if state.is_over {
                return Err(io::Error::other("its lines were not read to the end"));
            }
            state = self
                .moved
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    /// Whether the line that begins there is withheld.
    pub fn is_withheld(&self, at: u64) -> bool {
        self.state().withheld.contains(&at)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever looks lines through, in their order.
#[derive(Debug)]
pub struct Scout(Arc<Front>);

impl Scout {
    /// All lines before the one that begins there were looked through.
    pub fn is_at(&self, place: u64) {
        let mut state = self.0.state();
        state.to = place;
        if place >= state.wanted {
            self.0.moved.notify_all();
        }
    }

    /// The line that begins there is withheld.
    pub fn withhold(&self, at: u64) {
        self.0.state().withheld.insert(at);
    }

    /// All lines were looked through.
    pub fn passed(self) {
        self.is_at(u64::MAX);
    }
}

impl Drop for Scout {
    fn drop(&mut self) {
        self.0.state().is_over = true;
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_free_once_their_lines_were_looked_through_and_never_where_that_broke_off() {
        let (front, scout) = Front::ahead();
        let behind = Arc::clone(&front);
        let (sender, told) = std::sync::mpsc::channel();
        let waiting = std::thread::spawn(move || {
            for end in [10, 20, 30] {
                let is_free = behind.wait_for(end).is_ok();
                sender.send((is_free, behind.is_withheld(15))).unwrap();
            }
        });
        assert!(told.try_recv().is_err());
        scout.is_at(12);
        assert_eq!(told.recv(), Ok((true, false)));
        scout.withhold(15);
        scout.is_at(20);
        assert_eq!(told.recv(), Ok((true, true)));
        drop(scout);
        assert_eq!(told.recv(), Ok((false, true)));
        waiting.join().unwrap();

        let (front, scout) = Front::ahead();
        scout.passed();
        assert!(front.wait_for(u64::MAX).is_ok());
        let all = Front::passed(HashSet::from([3]));
        assert!(all.wait_for(9).is_ok() && all.is_withheld(3) && !all.is_withheld(4));
    }
}
