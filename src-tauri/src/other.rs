//! Another process that owns the data folder: a second start of the app raises the first one's
//! window instead of opening a second one, and a headless owner can be asked to leave.

use std::path::Path;

use krake_edge::loopback::{Loopback, Method};
use krake_server::Token;
use krake_store::Owner;

/// Brings the window of the owner to the front; `false` where nobody owns the folder, or the owner
/// has no window.
pub async fn raise(home: &Path) -> bool {
    ask(home, "/api/owner/raise").await
}

/// Asks the owner to end; `false` where it is not one that leaves for another. It is gone only
/// when the folder can be opened.
pub async fn leave(home: &Path) -> bool {
    ask(home, "/api/owner/leave").await
}

async fn ask(home: &Path, path: &str) -> bool {
    let Some(port) = Owner::find(home).and_then(|owner| owner.port) else {
        return false;
    };
    let Ok(token) = Token::load(home) else {
        return false;
    };
    let owner = Loopback::new(port, token.reveal().to_owned());
    // The token goes only to a listener that has proved that it holds the same one.
    if owner.verify_owner().await.is_err() {
        return false;
    }
    match owner.request(Method::POST, path, None, &[]).await {
        Ok(answer) => answer.status < 300,
        Err(error) => {
            tracing::debug!(%error, "the owner did not do what was asked");
            false
        }
    }
}
