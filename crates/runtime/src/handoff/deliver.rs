//! A handoff goes out: committed where a person asked for it, frozen, written into the file that the
//! receiver reads, and then let into the queue. Whoever asked for a commit wants the next account to
//! begin with it: where that is refused, nothing else happens and the handoff is not sent. A file that
//! cannot be written is said, and the briefing waits in the queue all the same.

use krake_domain::delivery::{Delivery, Part, PartDone, PlannedCommit};
use krake_domain::handoff::{Handoff, HandoffState};
use krake_domain::id::{HandoffId, SnapshotId};
use krake_domain::snapshot::Occasion;
use krake_engine::context::BRIEFING;
use krake_store::{HandoffFilter, StoreError};
use krake_tools::{Keep, git_keep};
use uuid::Uuid;

use crate::block::{Beside, beside_block, take_block_out, write_block};
use crate::clock;
use crate::handle::Runtime;

/// Earlier handoffs of a project that are looked at for who made a file.
const EARLIER: u32 = 100;

/// What a person wants to happen with a handoff beside its entry in the queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    pub draft: Option<krake_domain::id::DraftId>,
    pub freeze: bool,
    pub commit: Option<PlannedCommit>,
    pub file: Option<String>,
}

/// Why a handoff did not go out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DeliverError {
    #[error("the draft was answered already, or its account went on by itself")]
    Answered,
    /// It stands as not sent, and what was said stands with it.
    #[error("the commit failed, so nothing was handed over: {said}")]
    NotCommitted { said: String },
    /// It is written down, and the next start goes on with it.
    #[error("Krake is stopping; the handoff goes out at the next start")]
    Stopping,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Runtime {
    /// Writes the handoff down, makes its parts and lets it into the queue. It goes on where the one
    /// who asked goes away.
    ///
    /// # Errors
    /// [`DeliverError`]. What a part said stands in the handoff.
    pub async fn send_handoff(
        &self,
        mut handoff: Handoff,
        parts: Parts,
    ) -> Result<Handoff, DeliverError> {
        handoff.state = HandoffState::Preparing;
        let makes_file = match &parts.file {
            Some(file) => self.is_made_here(file, handoff.project.as_deref()).await?,
            None => false,
        };
        handoff.delivery = Delivery {
            draft: parts.draft,
            snapshot: parts.freeze.then(|| SnapshotId::from_uuid(Uuid::now_v7())),
            commit: parts.commit.map(|commit| marked(commit, handoff.id)),
            file: parts.file,
            makes_file,
            done: Vec::new(),
        };
        let id = handoff.id;
        if !self.store().add_handoff(handoff).await? {
            return Err(DeliverError::Answered);
        }
        let (reply, answer) = tokio::sync::oneshot::channel();
        let runtime = self.clone();
        self.deps().tasks.effect(async move {
            let delivered = runtime.deliver(id).await;
            if let Err(error) = &delivered {
                tracing::warn!(handoff = %id, %error, "the next start goes on with this handoff");
            }
            // Whoever asked may be gone.
            let _ = reply.send(delivered);
        });
        let delivered = answer.await.map_err(|_| DeliverError::Stopping)??;
        match delivered.delivery.not_committed() {
            Some(said) => Err(DeliverError::NotCommitted {
                said: said.to_owned(),
            }),
            None => Ok(delivered),
        }
    }

    /// Takes back what nobody has claimed: out of the queue, and out of the file where it still stands
    /// there. A commit stays. `None`: somebody has it, or it is over.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn withdraw_handoff(&self, id: HandoffId) -> Result<Option<Handoff>, StoreError> {
        if !self.store().withdraw_handoff(id, clock::now()).await? {
            return Ok(None);
        }
        let handoff = self.load(id).await?;
        self.take_briefing_out(&handoff).await;
        Ok(Some(handoff))
    }

    /// Takes the briefing out of the file that it was written into, where it still stands there as it
    /// was; the file goes as well where it was made for it. Whether a file changed.
    pub async fn take_briefing_out(&self, handoff: &Handoff) -> bool {
        let delivery = &handoff.delivery;
        let is_written = |done: &PartDone| done.part == Part::File && done.ok;
        let Some(path) = delivery.file.clone() else {
            return false;
        };
        if !delivery.done.iter().any(is_written) {
            return false;
        }
        let (body, made) = (handoff.briefing.text.clone(), delivery.makes_file);
        let taken =
            tokio::task::spawn_blocking(move || take_block_out(&path, BRIEFING, &body, made));
        match taken.await {
            Ok(Ok(written)) => written.changed,
            Ok(Err(error)) => {
                tracing::warn!(handoff = %handoff.id, %error, "its briefing still stands in a file");
                false
            }
            Err(_) => false,
        }
    }

    /// Whether the file is there for the briefing alone: there is none yet, or it holds nothing but the
    /// block for which an earlier handoff of the project made it.
    async fn is_made_here(&self, file: &str, project: Option<&str>) -> Result<bool, StoreError> {
        let path = file.to_owned();
        let beside = tokio::task::spawn_blocking(move || beside_block(&path, BRIEFING)).await;
        match beside {
            Ok(Ok(Beside::Absent)) => Ok(true),
            Ok(Ok(Beside::Nothing)) => {
                let Some(project) = project else {
                    return Ok(false);
                };
                let of_project = HandoffFilter {
                    project: Some(project.to_owned()),
                    limit: EARLIER,
                    ..HandoffFilter::default()
                };
                let earlier = self.store().list_handoffs(of_project).await?;
                let made = |earlier: &Handoff| {
                    earlier.delivery.makes_file && earlier.delivery.file.as_deref() == Some(file)
                };
                Ok(earlier.iter().any(made))
            }
            // What is wrong with it is said when it is written.
            _ => Ok(false),
        }
    }

    /// Makes the parts that are left, each once, and lets the handoff into the queue, or says that it is
    /// not sent.
    async fn deliver(&self, id: HandoffId) -> Result<Handoff, StoreError> {
        let handoff = self.load(id).await?;
        let delivery = &handoff.delivery;
        let mut refused = delivery.not_committed().is_some();
        if delivery.is_left(Part::Commit)
            && let Some(commit) = &delivery.commit
        {
            let made = self.commit(commit).await;
            point(Part::Commit);
            refused = made.is_err();
            self.store()
                .note_part(id, done(Part::Commit, made), None)
                .await?;
        }
        if refused {
            self.store().refuse_handoff(id, clock::now()).await?;
            return self.load(id).await;
        }
        if delivery.is_left(Part::Snapshot)
            && let Some(snapshot) = delivery.snapshot
        {
            self.freeze_for(&handoff, snapshot).await?;
            point(Part::Snapshot);
            let part = done(Part::Snapshot, Ok(snapshot.to_string()));
            self.store().note_part(id, part, Some(snapshot)).await?;
        }
        if delivery.is_left(Part::File)
            && let Some(path) = delivery.file.clone()
        {
            let body = handoff.briefing.text.clone();
            let written = tokio::task::spawn_blocking(move || write_block(&path, BRIEFING, &body));
            let said = match written.await {
                Ok(Ok(written)) => Ok(written.path.to_string_lossy().into_owned()),
                Ok(Err(error)) => Err(error.to_string()),
                Err(error) => Err(error.to_string()),
            };
            point(Part::File);
            self.store()
                .note_part(id, done(Part::File, said), None)
                .await?;
        }
        self.store().release_handoff(id).await?;
        self.load(id).await
    }

    async fn freeze_for(&self, handoff: &Handoff, id: SnapshotId) -> Result<(), StoreError> {
        let store = self.store();
        if store.find_snapshot(id).await?.is_some() {
            return Ok(());
        }
        let (project, folder) = (handoff.project.as_deref(), handoff.folder.as_deref());
        let mut frozen = store.freeze(id, "", project, folder, clock::now()).await?;
        frozen.occasion = Some(Occasion::Handoff);
        store.add_snapshot(frozen).await
    }

    async fn commit(&self, commit: &PlannedCommit) -> Result<String, String> {
        let keep = Keep {
            folder: &commit.folder,
            branch: commit.branch.as_deref(),
            message: &commit.message,
            paths: &commit.paths,
        };
        // A commit is not cut off in the middle: it ends by itself, or by its own limit.
        let cancel = tokio_util::sync::CancellationToken::new();
        match git_keep(keep, &cancel).await {
            Ok(kept) => Ok(match kept.branch {
                Some(branch) => format!("{} on {branch}", kept.short),
                None => kept.short,
            }),
            Err(failure) => Err(failure.message),
        }
    }

    async fn load(&self, id: HandoffId) -> Result<Handoff, StoreError> {
        let found = self.store().find_handoff(id).await?;
        found.ok_or_else(|| StoreError::NotFound(format!("handoff {id}")))
    }
}

/// Goes on with what a process before this one left in the middle.
pub(crate) async fn finish_all(runtime: Runtime, unfinished: Vec<HandoffId>) {
    for id in unfinished {
        if let Err(error) = runtime.deliver(id).await {
            tracing::warn!(handoff = %id, %error, "this handoff could not be gone on with");
        }
    }
}

/// The message with a last line of its own, by which the commit is found again.
fn marked(commit: PlannedCommit, id: HandoffId) -> PlannedCommit {
    PlannedCommit {
        message: format!("{}\n\nKrake-Handoff: {id}\n", commit.message.trim_end()),
        ..commit
    }
}

fn done(part: Part, came_of_it: Result<String, String>) -> PartDone {
    let ok = came_of_it.is_ok();
    PartDone {
        part,
        at: clock::now(),
        ok,
        said: came_of_it.unwrap_or_else(|why| why),
    }
}

/// A named point for whoever kills processes to see what survives.
fn point(part: Part) {
    let point = match part {
        Part::Snapshot => "handoff_snapshot",
        Part::Commit => "handoff_commit",
        Part::File => "handoff_file",
    };
    tracing::trace!(target: "krake::point", when = "before", point);
}
