//! Backups: what there is, when they are made, one more, one put back.

use krake_runtime::backup::want_restore;
use krake_store::{Backup, BackupSchedule, Store, restore_waits};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::tools::Nothing;
use crate::view::moment::Moment;
use crate::visible::visible_line;

/// Backups, and how they are made.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BackupsView {
    /// Newest first.
    pub items: Vec<BackupView>,
    /// Hours from one to the next that is made by itself; 0: never.
    pub hours: u32,
    /// How many of those are kept.
    pub keep: u32,
    /// The folder that they lie in.
    pub folder: String,
    pub is_making: bool,
    /// Why the last one was not made as it should.
    pub trouble: Option<String>,
    /// The backup that is put back when Krake starts next.
    pub restoring: Option<String>,
    /// Why a backup was not put back; everything is as it was.
    pub restore_failed: Option<String>,
}

/// One backup.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BackupView {
    pub name: String,
    pub made_at: Moment,
    /// `schedule`, `hand`, or `restore` for the state before a backup was put back.
    pub why: String,
    pub bytes: u64,
    /// A damaged database that was set aside; it cannot be put back.
    pub is_damaged: bool,
}

/// Which backup.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackupRef {
    pub name: String,
}

/// When backups are made by themselves.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleBackups {
    /// From one to the next, at most 8760; 0: never.
    pub hours: u32,
    /// How many are kept, 1 to 1000; as before when absent.
    pub keep: Option<u32>,
}

/// `backups.list`
pub async fn list(ctx: Ctx, _: Nothing) -> Result<BackupsView, ApiError> {
    let (store, runtime) = (ctx.store()?.clone(), ctx.runtime()?);
    let schedule = store.backup_schedule().await?;
    let state = runtime.backing_up();
    let folder = store.dir().join("backups");
    let waits = restore_waits(store.dir());
    let failed = waits
        .as_ref()
        .and_then(|wish| wish.failed().map(visible_line));
    let items = tokio::task::spawn_blocking(move || store.list_backups())
        .await
        .map_err(|error| ApiError::new(Code::Internal, error.to_string()))?;
    Ok(BackupsView {
        items: items.into_iter().map(BackupView::from).collect(),
        hours: schedule.hours,
        keep: schedule.keep,
        folder: visible_line(&folder.display().to_string()),
        is_making: state.is_making,
        trouble: state.trouble.as_deref().map(visible_line),
        restoring: waits
            .filter(|_| failed.is_none())
            .map(|wish| visible_line(&wish.backup)),
        restore_failed: failed,
    })
}

/// `backups.make`
pub async fn make(ctx: Ctx, _: Nothing) -> Result<BackupView, ApiError> {
    ctx.person()?;
    Ok(ctx.owner()?.back_up().await?.into())
}

/// `backups.schedule`
pub async fn schedule(ctx: Ctx, input: ScheduleBackups) -> Result<BackupsView, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    let before = store.backup_schedule().await?;
    let wanted = BackupSchedule {
        hours: input.hours,
        keep: input.keep.unwrap_or(before.keep),
    };
    if wanted.hours > 8_760 || !(1..=1_000).contains(&wanted.keep) {
        return Err(ApiError::new(
            Code::BadInput,
            "expected `hours` from 0 to 8760 and `keep` from 1 to 1000",
        ));
    }
    store.set_backup_schedule(wanted).await?;
    list(ctx, Nothing {}).await
}

/// `backups.remove`
pub async fn remove(ctx: Ctx, input: BackupRef) -> Result<BackupsView, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    if restore_waits(store.dir()).is_some_and(|wish| wish.backup == input.name) {
        return Err(ApiError::new(
            Code::Conflict,
            "this backup is to be put back when Krake starts next",
        )
        .hint("take that back first"));
    }
    store.remove_backup(&input.name).await?;
    list(ctx, Nothing {}).await
}

/// `backups.restore`
pub async fn restore(ctx: Ctx, input: BackupRef) -> Result<BackupsView, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    want_restore(store.dir(), &input.name).await?;
    list(ctx, Nothing {}).await
}

/// `backups.forget_restore`
pub async fn forget_restore(ctx: Ctx, _: Nothing) -> Result<BackupsView, ApiError> {
    ctx.person()?;
    Store::forget_restore(ctx.owner()?.store().dir())?;
    list(ctx, Nothing {}).await
}

impl From<Backup> for BackupView {
    fn from(backup: Backup) -> Self {
        Self {
            name: visible_line(&backup.name),
            made_at: Moment(backup.made_at),
            why: visible_line(&backup.why),
            bytes: backup.bytes,
            is_damaged: backup.is_damaged,
        }
    }
}
