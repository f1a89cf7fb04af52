use std::cell::RefCell;
use std::collections::BTreeSet;

thread_local! {
    static CROSSED: RefCell<BTreeSet<(&'static str, &'static str, &'static str)>> = const { RefCell::new(BTreeSet::new()) };
}

pub(super) fn crossed(arrow: (&'static str, &'static str, &'static str)) {
    CROSSED.with_borrow_mut(|all| {
        all.insert(arrow);
    });
}

/// The arrows of the table that nothing in this thread has crossed.
pub(super) fn uncrossed() -> Vec<String> {
    CROSSED.with_borrow(|all| {
        super::ARROWS
            .iter()
            .filter(|arrow| !all.contains(*arrow))
            .map(|arrow| format!("{arrow:?}"))
            .collect()
    })
}
