//! Tools that need the product itself.

use std::sync::Arc;

use krake_store::Store;
use krake_tools::tool::Tool;

/// What the inner tools are, for checks that need no store.
#[must_use]
pub fn specs() -> Vec<krake_domain::tool::ToolSpec> {
    Vec::new()
}

/// The inner tools over one store.
#[must_use]
pub fn inner_tools(store: Store) -> Vec<Arc<dyn Tool>> {
    let _ = store;
    Vec::new()
}
