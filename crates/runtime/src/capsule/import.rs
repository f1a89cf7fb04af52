//! A capsule in: looked at, taken in, taken back.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use krake_domain::id::ImportId;
use krake_domain::time::Timestamp;
use krake_store::{CapsuleImport, Judgement, KeptBack, Piece, Store, StoreError, Undone};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::clean::for_store;
use super::manifest::Manifest;
use super::open::Capsule;
use super::playbooks;
use super::survey::{Here, Survey, survey};
use super::{CapsuleError, blocking};
use crate::clock::now;
use crate::playbooks::Playbooks;

/// Lines on their way to the store.
const AHEAD: usize = 64;

/// What an import would do.
#[derive(Debug, Clone)]
pub struct Preview {
    pub manifest: Manifest,
    pub judgement: Judgement,
    pub playbooks: Vec<PlaybookVerdict>,
}

/// What an import did.
#[derive(Debug, Clone)]
pub struct Taken {
    pub id: ImportId,
    pub preview: Preview,
}

/// What becomes of a playbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaybookVerdict {
    pub file: String,
    /// Another name, where its own is taken.
    pub kept_as: Option<String>,
    /// No playbook of this name and text was there.
    pub is_new: bool,
}

/// What an undo did.
#[derive(Debug, Clone)]
pub struct UndoneImport {
    pub id: ImportId,
    pub undone: Undone,
    pub kept_playbooks: Vec<KeptBack>,
}

/// Looks at a capsule and says what taking it in would do. Nothing is changed.
///
/// # Errors
/// [`CapsuleError::Refused`] says why it is none, or not a sound one.
pub async fn preview(
    store: &Store,
    own: &Playbooks,
    path: &Path,
    cancel: &CancellationToken,
) -> Result<Preview, CapsuleError> {
    let (capsule, survey) = look(store, path, cancel).await?;
    let (verdicts, _) = playbooks::judge(own, &survey.playbooks);
    let manifest = capsule.manifest.clone();
    let (receiver, giving) = give(capsule, survey, false);
    let judged = store.judge_capsule(receiver, for_store()).await;
    let judgement = settle(giving, judged).await?;
    Ok(Preview {
        manifest,
        judgement,
        playbooks: verdicts,
    })
}

/// Takes a capsule in: all of it, or nothing.
///
/// # Errors
/// As [`preview`], or the store cannot write.
pub async fn import(
    store: &Store,
    own: &Playbooks,
    path: &Path,
    cancel: &CancellationToken,
) -> Result<Taken, CapsuleError> {
    let (mut capsule, survey) = look(store, path, cancel).await?;
    // Named by their content, so they can lie there before anything refers to them.
    let _naming = store.blobs().naming();
    let survey = Arc::new(survey);
    for name in capsule.names("raw/") {
        if cancel.is_cancelled() {
            return Err(CapsuleError::Cancelled);
        }
        let known = survey.clone();
        let (back, bytes) = blocking(move || {
            let bytes = capsule.whole(&name)?;
            let kept = known.kept(name.trim_start_matches("raw/"), bytes);
            Ok((capsule, kept))
        })
        .await?;
        capsule = back;
        store.blobs().put(bytes).await?;
    }
    let survey = Arc::into_inner(survey).ok_or(CapsuleError::Cancelled)?;
    let (verdicts, brought) = playbooks::judge(own, &survey.playbooks);
    let manifest = capsule.manifest.clone();
    let name = path.file_name().unwrap_or_default();
    let import = CapsuleImport {
        id: ImportId::from_uuid(uuid::Uuid::now_v7()),
        file: name.to_string_lossy().into_owned(),
        content_hash: manifest.content_hash.clone(),
        made_at: Timestamp::from_rfc3339(&manifest.made_at),
        imported_at: now(),
        undone_at: None,
        brought: 0,
        playbooks: brought,
    };
    let id = import.id;
    let (receiver, giving) = give(capsule, survey, true);
    let taken = store.take_in(import, receiver, for_store()).await;
    let judgement = settle(giving, taken).await?;
    playbooks::settle(store).await?;
    Ok(Taken {
        id,
        preview: Preview {
            manifest,
            judgement,
            playbooks: verdicts,
        },
    })
}

/// Takes an import back; without an id the last one that was not taken back.
///
/// # Errors
/// There is none, or the store cannot write.
pub async fn undo(store: &Store, id: Option<ImportId>) -> Result<UndoneImport, CapsuleError> {
    let id = match id {
        Some(id) => id,
        None => store
            .list_capsule_imports()
            .await?
            .into_iter()
            .find(|import| import.undone_at.is_none())
            .map(|import| import.id)
            .ok_or_else(|| StoreError::NotFound("an import that could be taken back".to_owned()))?,
    };
    let undone = store.undo_capsule_import(id, now(), for_store()).await?;
    let kept_playbooks = playbooks::settle(store).await?;
    Ok(UndoneImport {
        id,
        undone,
        kept_playbooks,
    })
}

async fn look(
    store: &Store,
    path: &Path,
    cancel: &CancellationToken,
) -> Result<(Capsule, Survey), CapsuleError> {
    if cancel.is_cancelled() {
        return Err(CapsuleError::Cancelled);
    }
    let path = path.to_owned();
    let here = Here::new(store.session_lengths().await?);
    blocking(move || {
        let mut capsule = Capsule::open(&path)?;
        let survey = survey(&mut capsule, &here)?;
        Ok((capsule, survey))
    })
    .await
}

type Given = (
    mpsc::Receiver<Result<Piece, String>>,
    Arc<Mutex<Option<CapsuleError>>>,
);

/// Reads the capsule once more and hands its lines over as they are taken. What goes wrong is told to
/// the store, which gives up, and kept for the caller.
fn give(mut capsule: Capsule, survey: Survey, with_below: bool) -> Given {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let fault = Arc::new(Mutex::new(None));
    let kept = fault.clone();
    tokio::task::spawn_blocking(move || {
        let given = survey.give(&mut capsule, with_below, &mut |piece| {
            sender.blocking_send(Ok(piece)).is_ok()
        });
        if let Err(error) = given {
            let told = error.to_string();
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            let _ = sender.blocking_send(Err(told));
        }
    });
    (receiver, fault)
}

async fn settle<T>(
    fault: Arc<Mutex<Option<CapsuleError>>>,
    outcome: Result<T, StoreError>,
) -> Result<T, CapsuleError> {
    let fault = fault.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (outcome, fault) {
        (Ok(value), _) => Ok(value),
        // The store only heard that the source broke off.
        (Err(StoreError::Io(_)), Some(fault @ CapsuleError::Refused(_))) => Err(fault),
        (Err(error), _) => Err(error.into()),
    }
}
