//! What a command gets beside its input: who asks, and the core that is asked.

use std::path::Path;
use std::sync::Arc;

use krake_domain::event::Record;
use krake_domain::id::ExecutionId;
use krake_domain::principal::Principal;
use krake_domain::tool::Catalog;
use krake_engine::execution::State;
use krake_runtime::planner::model::Models;
use krake_runtime::{Life, Playbooks, Runtime, builtin_catalog};
use krake_store::{ExecutionRow, Store};
use tokio_util::sync::CancellationToken;

use crate::access::only_a_person;
use crate::error::{ApiError, Code};
use crate::screen::Replaced;
use crate::view::execution::ExecutionSummary;

/// The core behind the door.
#[derive(Clone)]
pub enum Core {
    /// This process owns the data folder: everything can be asked.
    Owner(Runtime),
    /// The folder is open for reading: queries only, and nothing happens live.
    Reader(Runtime),
    /// No data folder: what this build can do, and what a plan would do.
    Bare(Arc<Bare>),
}

/// What can be asked without a data folder.
pub struct Bare {
    catalog: Catalog,
    playbooks: Playbooks,
    models: Models,
}

impl Core {
    /// A core without data; the user's own playbooks are found if the folder is there.
    #[must_use]
    pub fn bare(home: &Path) -> Self {
        Self::Bare(Arc::new(Bare {
            catalog: builtin_catalog(),
            playbooks: Playbooks::new(home),
            models: Models::from_environment(),
        }))
    }
}

/// Makes the proof that this process holds the owner's token, for one challenge.
pub type Prove = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// One call's surroundings. Cheap to clone.
#[derive(Clone)]
pub struct Ctx {
    core: Core,
    principal: Option<Principal>,
    prove: Option<Prove>,
    replaced: Replaced,
}

impl Ctx {
    /// A call by `principal`; `None` is a caller without a token, who sees public commands only.
    #[must_use]
    pub fn new(core: Core, principal: Option<Principal>) -> Self {
        Self {
            core,
            principal,
            prove: None,
            replaced: Replaced::new(),
        }
    }

    /// The same, able to prove that this process is the owner.
    #[must_use]
    pub fn with_proof(mut self, prove: Prove) -> Self {
        self.prove = Some(prove);
        self
    }

    /// The same call by a machine of that name: whoever it was, it answers for no person any more.
    #[must_use]
    pub fn for_machine(mut self, name: &str) -> Self {
        self.principal = self.principal.map(|_| Principal::machine(name));
        self
    }

    /// The same, told what the door replaced in the input.
    #[must_use]
    pub(crate) fn with_replaced(mut self, replaced: Replaced) -> Self {
        self.replaced = replaced;
        self
    }

    /// Secrets that the door replaced in the input of this call, by kind.
    #[must_use]
    pub(crate) fn replaced(&self) -> Replaced {
        self.replaced.clone()
    }

    /// What is asked.
    #[must_use]
    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    /// The proof for a challenge, where there is a token to prove.
    #[must_use]
    pub fn prove(&self, challenge: &str) -> Option<String> {
        self.prove.as_ref().map(|prove| prove(challenge))
    }

    /// Who asks, if anybody is known.
    #[must_use]
    pub fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }

    /// The principal who asks, person or machine.
    ///
    /// # Errors
    /// [`Code::NoToken`] for a caller without one.
    pub fn known(&self) -> Result<Principal, ApiError> {
        self.principal
            .clone()
            .ok_or_else(|| ApiError::new(Code::NoToken, "this call needs the owner's token"))
    }

    /// The person who asks.
    ///
    /// # Errors
    /// [`Code::NoAccess`] for a machine.
    pub fn person(&self) -> Result<Principal, ApiError> {
        self.principal
            .clone()
            .filter(Principal::is_person)
            .ok_or_else(only_a_person)
    }

    /// The core, with all its hands.
    ///
    /// # Errors
    /// [`Code::ReadOnly`] where this process does not own the folder.
    pub fn owner(&self) -> Result<&Runtime, ApiError> {
        match &self.core {
            Core::Owner(runtime) => Ok(runtime),
            Core::Reader(_) | Core::Bare(_) => Err(ApiError::new(
                Code::ReadOnly,
                "this process does not own the data folder",
            )
            .hint("start the app or `krake serve`")),
        }
    }

    /// The core, for queries.
    ///
    /// # Errors
    /// [`Code::ReadOnly`] without a data folder.
    pub fn runtime(&self) -> Result<&Runtime, ApiError> {
        match &self.core {
            Core::Owner(runtime) | Core::Reader(runtime) => Ok(runtime),
            Core::Bare(_) => Err(ApiError::new(Code::ReadOnly, "there is no data folder yet")
                .hint("`krake run` or `krake serve` makes one")),
        }
    }

    /// The store, for queries.
    ///
    /// # Errors
    /// As [`Ctx::runtime`].
    pub fn store(&self) -> Result<&Store, ApiError> {
        self.runtime().map(Runtime::store)
    }

    /// The tools that can run.
    #[must_use]
    pub fn catalog(&self) -> &Catalog {
        match &self.core {
            Core::Owner(runtime) | Core::Reader(runtime) => runtime.catalog(),
            Core::Bare(bare) => &bare.catalog,
        }
    }

    /// Plans kept for reuse.
    #[must_use]
    pub fn playbooks(&self) -> &Playbooks {
        match &self.core {
            Core::Owner(runtime) | Core::Reader(runtime) => runtime.playbooks(),
            Core::Bare(bare) => &bare.playbooks,
        }
    }

    /// The model that plans are asked of where no playbook fits.
    #[must_use]
    pub fn models(&self) -> &Models {
        match &self.core {
            Core::Owner(runtime) | Core::Reader(runtime) => runtime.models(),
            Core::Bare(bare) => &bare.models,
        }
    }

    /// Fires when the process that plans stops; without data, only its end does.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        match &self.core {
            Core::Owner(runtime) | Core::Reader(runtime) => runtime.stopping(),
            Core::Bare(_) => CancellationToken::new(),
        }
    }

    /// The line of the list for an execution.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn row(&self, id: ExecutionId) -> Result<ExecutionRow, ApiError> {
        let row = self.store()?.find_execution(id).await?;
        row.ok_or_else(|| ApiError::not_found("execution", id))
    }

    /// Where an execution lives, if it does.
    #[must_use]
    pub fn life(&self, id: ExecutionId) -> Life {
        self.runtime()
            .map_or(Life::Nowhere, |runtime| runtime.life(id))
    }

    /// The line of the list, with how far it is now.
    #[must_use]
    pub fn summary(&self, row: &ExecutionRow) -> ExecutionSummary {
        ExecutionSummary::of(row, self.life(row.id))
    }

    /// Where an execution stands, as of its last commit.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn state(&self, id: ExecutionId) -> Result<Arc<State>, ApiError> {
        // The row first: it tells what does not exist from what cannot be read.
        self.row(id).await?;
        Ok(self.runtime()?.state(id).await?)
    }

    /// The events of an execution, in their order.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn records(&self, id: ExecutionId) -> Result<Vec<Record>, ApiError> {
        self.row(id).await?;
        Ok(self.store()?.load_execution(id).await?)
    }
}
