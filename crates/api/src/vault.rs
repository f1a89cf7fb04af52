//! Where keys rest: the keychain of the system, or the encrypted file that a person makes.

use krake_domain::account::Place;
use krake_domain::secret::Hidden;
use krake_edge::vault::{Standing, VaultError};
use krake_runtime::Runtime;
use krake_runtime::accounts::found::found_keys;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::ApiError;
use crate::tools::Nothing;
use crate::visible::visible_line;

/// How both places stand.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct VaultView {
    /// Where a new key goes.
    pub place: Place,
    pub keychain: PlaceView,
    pub file: PlaceView,
    /// Keys that lie in the environment of this process and could be kept.
    pub found: Vec<FoundKeyView>,
}

/// How one place stands.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PlaceView {
    pub state: PlaceState,
    /// Why it gives nothing.
    pub because: Option<String>,
    /// What can be done about that.
    pub next: Option<String>,
    /// What the system itself said.
    pub detail: Option<String>,
}

/// Whether keys can be kept and had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlaceState {
    Ready,
    Locked,
    Denied,
    /// No keychain runs here; of the file: nobody has made it.
    Missing,
    Broken,
}

/// A variable that holds a key; never the key.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FoundKeyView {
    pub variable: String,
    pub provider: krake_domain::account::Provider,
}

/// A passphrase.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Passphrase {
    /// At least eight letters where it is new. Whoever forgets it adds the keys anew.
    pub passphrase: Hidden,
}

/// `vault.show`: for persons only, because asking a keychain can open a window.
pub async fn show(ctx: Ctx, _: Nothing) -> Result<VaultView, ApiError> {
    Ok(view(ctx.runtime()?).await)
}

/// `vault.create`
pub async fn create(ctx: Ctx, input: Passphrase) -> Result<VaultView, ApiError> {
    ctx.person()?;
    let runtime = ctx.owner()?;
    runtime.make_vault(input.passphrase).await?;
    Ok(view(runtime).await)
}

/// `vault.unlock`
pub async fn unlock(ctx: Ctx, input: Passphrase) -> Result<VaultView, ApiError> {
    ctx.person()?;
    let runtime = ctx.owner()?;
    runtime.unlock_vault(input.passphrase).await?;
    Ok(view(runtime).await)
}

async fn view(runtime: &Runtime) -> VaultView {
    let (place, keychain, file) = runtime.vault_standing().await;
    let found = found_keys(|name| std::env::var(name).ok());
    VaultView {
        place,
        keychain: PlaceView::of(keychain),
        file: PlaceView::of(file),
        found: found
            .into_iter()
            .map(|key| FoundKeyView {
                variable: key.variable.to_owned(),
                provider: key.provider,
            })
            .collect(),
    }
}

impl PlaceView {
    fn of(standing: Standing) -> Self {
        let error = match standing {
            Standing::Ready => return Self::bare(PlaceState::Ready),
            Standing::NotMade => return Self::bare(PlaceState::Missing),
            Standing::Refused(error) => error,
        };
        Self {
            state: PlaceState::of(&error),
            because: Some(visible_line(&error.to_string())),
            next: error.way_out().map(str::to_owned),
            detail: error.detail().map(visible_line),
        }
    }

    fn bare(state: PlaceState) -> Self {
        Self {
            state,
            because: None,
            next: None,
            detail: None,
        }
    }
}

impl PlaceState {
    fn of(error: &VaultError) -> Self {
        match error {
            VaultError::Locked { .. } | VaultError::WrongPassphrase => Self::Locked,
            VaultError::Denied { .. } => Self::Denied,
            VaultError::Missing { .. } => Self::Missing,
            _ => Self::Broken,
        }
    }
}
