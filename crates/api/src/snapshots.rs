//! Snapshots: freeze the context, list, compare, bring back.

use krake_domain::id::SnapshotId;
use krake_domain::snapshot::{FrozenSession, Occasion, Snapshot, SnapshotDiff};
use krake_engine::context::difference;
use krake_store::SnapshotFilter;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::projects::kept_as;
use crate::view::moment::{Moment, now};
use crate::view::page::{Page, cursor, limit, next_of};
use crate::visible::visible_line;

/// A snapshot in a list.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SnapshotView {
    pub id: SnapshotId,
    /// What a person called it; before a restore, what is restored is called.
    pub name: String,
    /// Why Krake froze it by itself; absent: a person did.
    pub occasion: Option<Occasion>,
    pub project_id: Option<String>,
    pub folder: Option<String>,
    pub created_at: Moment,
    pub sessions: u64,
    pub messages: u64,
    /// Entries of the knowledge base.
    pub knowledge: u64,
}

/// A snapshot with the sessions that it holds.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SnapshotDetail {
    #[serde(flatten)]
    pub snapshot: SnapshotView,
    pub frozen_sessions: Vec<FrozenSession>,
}

/// What to freeze.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateSnapshot {
    #[serde(default)]
    pub name: String,
    pub project_id: Option<String>,
    /// Sessions of this folder and below; all when absent.
    pub folder: Option<String>,
}

/// Which and how many, newest first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSnapshots {
    /// Those of this project, by its id or its name.
    pub project_id: Option<String>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Names one snapshot.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotRef {
    pub id: SnapshotId,
}

/// What is compared.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DiffSnapshots {
    pub id: SnapshotId,
    /// A later snapshot; the present when absent.
    pub other: Option<SnapshotId>,
}

/// What a restore did.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct RestoredView {
    /// Entries that were gone and are back.
    pub added: u64,
    /// Entries that are current, superseded or withdrawn again as they were.
    pub changed: u64,
    /// Entries that came later and count no more; the state before brings them back.
    pub withdrawn: u64,
    /// The state before, to take the restore back.
    pub before: SnapshotId,
    /// Sessions that do not hold any more what was frozen; an import brings them back.
    pub missing_sessions: Vec<FrozenSession>,
}

/// `snapshots.list`
pub async fn list(ctx: Ctx, input: ListSnapshots) -> Result<Page<SnapshotView>, ApiError> {
    let (before, most) = (cursor(input.cursor.as_deref())?, limit(input.limit));
    let filter = SnapshotFilter {
        project: kept_as(&ctx, input.project_id.as_deref()).await?,
        before,
        limit: most + 1,
    };
    let mut found = ctx.store()?.list_snapshots(filter).await?;
    let next = next_of(&mut found, most, |snapshot| snapshot.id.to_string());
    Ok(Page {
        items: found.iter().map(SnapshotView::from).collect(),
        next,
    })
}

/// `snapshots.show`
pub async fn show(ctx: Ctx, input: SnapshotRef) -> Result<SnapshotDetail, ApiError> {
    let found = load(&ctx, input.id).await?;
    Ok(SnapshotDetail {
        snapshot: SnapshotView::from(&found),
        frozen_sessions: found.sessions,
    })
}

/// `snapshots.create`
pub async fn create(ctx: Ctx, input: CreateSnapshot) -> Result<SnapshotView, ApiError> {
    let store = ctx.owner()?.store();
    let name = input.name.trim();
    if name.chars().count() > MOST_NAME {
        let told = format!("field `name`: at most {MOST_NAME} characters");
        return Err(ApiError::new(Code::BadInput, told));
    }
    let id = SnapshotId::from_uuid(uuid::Uuid::now_v7());
    let project = kept_as(&ctx, input.project_id.as_deref()).await?;
    let folder = input.folder.as_deref();
    let frozen = store
        .freeze(id, name, project.as_deref(), folder, now())
        .await?;
    store.add_snapshot(frozen.clone()).await?;
    Ok(SnapshotView::from(&frozen))
}

/// `snapshots.diff`
pub async fn diff(ctx: Ctx, input: DiffSnapshots) -> Result<SnapshotDiff, ApiError> {
    let before = load(&ctx, input.id).await?;
    let after = match input.other {
        Some(other) => load(&ctx, other).await?,
        None => present(&ctx, &before).await?,
    };
    Ok(difference(&before, &after))
}

/// `snapshots.restore`
pub async fn restore(ctx: Ctx, input: SnapshotRef) -> Result<RestoredView, ApiError> {
    let store = ctx.owner()?.store();
    let frozen = load(&ctx, input.id).await?;
    let mut before = present(&ctx, &frozen).await?;
    before.name = name_before(&frozen);
    before.occasion = Some(Occasion::Restore);
    store.add_snapshot(before.clone()).await?;
    let missing_sessions = frozen
        .sessions
        .iter()
        .filter(|session| {
            let now = before.sessions.iter().find(|now| now.id == session.id);
            now.is_none_or(|now| now.messages < session.messages)
        })
        .cloned()
        .collect();
    let restored = store.restore_snapshot(frozen, now()).await?;
    Ok(RestoredView {
        added: restored.added,
        changed: restored.changed,
        withdrawn: restored.withdrawn,
        before: before.id,
        missing_sessions,
    })
}

/// Characters of a name.
const MOST_NAME: usize = 200;

/// What the state before a restore is called: as what is restored. One that no person named goes by
/// its id, so that those of restores that are taken back in turn are told apart.
fn name_before(frozen: &Snapshot) -> String {
    match frozen.occasion {
        None if !frozen.name.is_empty() => frozen.name.clone(),
        _ => frozen.id.to_string(),
    }
}

async fn load(ctx: &Ctx, id: SnapshotId) -> Result<Snapshot, ApiError> {
    let found = ctx.store()?.find_snapshot(id).await?;
    found.ok_or_else(|| ApiError::not_found("snapshot", id))
}

/// What the same look finds now.
async fn present(ctx: &Ctx, like: &Snapshot) -> Result<Snapshot, ApiError> {
    let id = SnapshotId::from_uuid(uuid::Uuid::now_v7());
    let (project, folder) = (like.project.as_deref(), like.folder.as_deref());
    let now = ctx
        .store()?
        .freeze(id, "now", project, folder, now())
        .await?;
    Ok(now)
}

impl From<&Snapshot> for SnapshotView {
    fn from(snapshot: &Snapshot) -> Self {
        let shown = |text: &Option<String>| text.as_deref().map(visible_line);
        Self {
            id: snapshot.id,
            name: visible_line(&snapshot.name),
            occasion: snapshot.occasion,
            project_id: shown(&snapshot.project),
            folder: shown(&snapshot.folder),
            created_at: snapshot.created_at.into(),
            sessions: snapshot.sessions.len() as u64,
            messages: snapshot
                .sessions
                .iter()
                .map(|session| session.messages)
                .sum(),
            knowledge: snapshot.knowledge.len() as u64,
        }
    }
}
