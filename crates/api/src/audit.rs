//! The journal as evidence: its head, its chain, and an export.

use krake_domain::hash::Hash;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::Ctx;
use crate::error::ApiError;
use crate::tools::Nothing;
use crate::view::moment::Moment;
use crate::view::page::limit;

/// The last event and its hash. A copy kept elsewhere is the anchor that proves a later cut.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HeadView {
    pub seq: u64,
    pub hash: Hash,
}

/// What the check of the whole chain found.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AuditView {
    /// Whether no fault was found.
    pub intact: bool,
    pub events: u64,
    pub head: HeadView,
    pub faults: Vec<FaultView>,
    /// What such a check cannot find.
    pub limits: String,
}

/// One fault.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct FaultView {
    pub seq: u64,
    pub what: String,
}

/// Which events, in their order.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportAudit {
    /// Events after this sequence number; 0 when absent.
    pub after: Option<u64>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
}

/// Events as they lie in the journal.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AuditPage {
    pub items: Vec<AuditEvent>,
    /// Give it back as `after`; absent at the end.
    pub next: Option<u64>,
    pub head: HeadView,
}

/// One event, whole.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AuditEvent {
    pub seq: u64,
    pub at: Moment,
    pub workspace_id: krake_domain::id::WorkspaceId,
    pub execution_id: krake_domain::id::ExecutionId,
    pub kind: String,
    /// The stored event.
    pub event: Value,
}

/// `audit.head`
pub async fn head(ctx: Ctx, _: Nothing) -> Result<HeadView, ApiError> {
    let head = ctx.store()?.head().await?;
    Ok(HeadView {
        seq: head.seq,
        hash: head.hash,
    })
}

/// `audit.verify`
pub async fn verify(ctx: Ctx, _: Nothing) -> Result<AuditView, ApiError> {
    let audit = ctx.store()?.verify_journal().await?;
    let faults: Vec<FaultView> = audit
        .faults
        .into_iter()
        .map(|fault| FaultView {
            seq: fault.seq,
            what: fault.what,
        })
        .collect();
    Ok(AuditView {
        intact: faults.is_empty(),
        events: audit.events,
        head: HeadView { seq: audit.head.seq, hash: audit.head.hash },
        faults,
        limits: "Edits and gaps are found. A tail that was cut off together with its head is found only \
                 by comparing with a head that was kept elsewhere."
            .to_owned(),
    })
}

/// `audit.export`
pub async fn export(ctx: Ctx, input: ExportAudit) -> Result<AuditPage, ApiError> {
    let most = limit(input.limit);
    let records = ctx
        .store()?
        .events_after(input.after.unwrap_or(0), None, most)
        .await?;
    let head = head(ctx, Nothing {}).await?;
    let last = records.last().map(|record| record.seq);
    Ok(AuditPage {
        next: last.filter(|last| *last < head.seq && records.len() == most as usize),
        items: records
            .into_iter()
            .map(|record| AuditEvent {
                seq: record.seq,
                at: record.at.into(),
                workspace_id: record.workspace,
                execution_id: record.execution,
                kind: record.event.kind().to_owned(),
                event: serde_json::to_value(&record.event).unwrap_or_default(),
            })
            .collect(),
        head,
    })
}
