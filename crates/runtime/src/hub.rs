//! Who is alive: the actors of this process, by execution.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use krake_domain::id::ExecutionId;

use crate::actor::Mailbox;

/// The living actors. The lock is held for one look or one change, never across an await.
#[derive(Debug, Clone, Default)]
pub(crate) struct Hub {
    living: Arc<Mutex<HashMap<ExecutionId, Mailbox>>>,
}

impl Hub {
    pub fn find(&self, id: ExecutionId) -> Option<Mailbox> {
        self.lock().get(&id).cloned()
    }

    /// Enters an actor unless one lives already, which is then returned.
    pub fn enter(&self, id: ExecutionId, mailbox: Mailbox) -> Result<(), Mailbox> {
        let mut living = self.lock();
        match living.get(&id) {
            Some(other) => Err(other.clone()),
            None => {
                living.insert(id, mailbox);
                Ok(())
            }
        }
    }

    pub fn leave(&self, id: ExecutionId) {
        self.lock().remove(&id);
    }

    pub fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ExecutionId, Mailbox>> {
        // A panic while the map is held leaves it whole: each change is one call.
        self.living.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
