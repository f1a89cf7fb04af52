//! What the names of an expression stand for.

use serde_json::Value;

use super::state::State;
use crate::expr::Scope;

impl State {
    /// What names stand for at this step.
    pub(super) fn at(&self, place: usize) -> At<'_> {
        At { state: self, place }
    }

    /// The item that an instance of a `for_each` step is for; none for any other step.
    #[must_use]
    pub fn item_of(&self, place: usize) -> Option<&Value> {
        let (whole, number) = self.graph.node(place).instance_of?;
        self.steps[whole].items.as_ref()?.get(number)
    }
}

/// The names of an expression at one step.
pub(super) struct At<'s> {
    state: &'s State,
    place: usize,
}

impl Scope for At<'_> {
    fn input(&self, name: &str) -> Option<&Value> {
        self.state.input(name)
    }

    fn output(&self, step: &str) -> Option<&Value> {
        self.state.output(step)
    }

    fn item(&self) -> Option<&Value> {
        self.state.item_of(self.place)
    }
}

impl Scope for State {
    fn input(&self, name: &str) -> Option<&Value> {
        self.inputs.get(name)
    }

    fn output(&self, step: &str) -> Option<&Value> {
        const NULL: &Value = &Value::Null;
        let step = &self.steps[self.graph.find(step)?];
        step.phase
            .is_ended()
            .then(|| step.output.as_deref().unwrap_or(NULL))
    }
}
