//! Standing rules: what a person allowed once and for all, and how to take it back. They are made by
//! approving, and in no other way.

use krake_domain::id::{ApprovalId, RuleId};
use krake_domain::principal::Principal;
use krake_domain::rule::Pattern;
use krake_store::RuleRow;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::ApiError;
use crate::view::moment::{Moment, now};
use crate::view::page::Page;
use crate::visible::visible_line;

/// Nothing to say.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListPolicies {}

/// Names one rule.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyRef {
    pub id: RuleId,
}

/// A rule, and whether it holds.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PolicyView {
    pub id: RuleId,
    pub tool: String,
    pub pattern: Pattern,
    pub in_force: bool,
    pub created_at: Moment,
    pub by: Principal,
    /// The approval whose answer made it.
    pub approval_id: ApprovalId,
    pub expires_at: Moment,
    pub revoked_at: Option<Moment>,
    pub revoked_by: Option<Principal>,
    /// Attempts that it allowed.
    pub times_used: u32,
    pub last_used_at: Option<Moment>,
}

/// `policies.list`
pub async fn list(ctx: Ctx, _: ListPolicies) -> Result<Page<PolicyView>, ApiError> {
    let rows = ctx.store()?.list_rules().await?;
    Ok(Page {
        items: rows.into_iter().map(PolicyView::from).collect(),
        next: None,
    })
}

/// `policies.revoke`
pub async fn revoke(ctx: Ctx, input: PolicyRef) -> Result<PolicyView, ApiError> {
    let person = ctx.person()?;
    let missing = || ApiError::not_found("rule", input.id);
    if ctx.store()?.find_rule(input.id).await?.is_none() {
        return Err(missing());
    }
    ctx.owner()?.revoke_rule(input.id, person).await?;
    let row = ctx.store()?.find_rule(input.id).await?;
    row.map(PolicyView::from).ok_or_else(missing)
}

impl From<RuleRow> for PolicyView {
    fn from(row: RuleRow) -> Self {
        let rule = row.rule;
        Self {
            id: rule.id,
            tool: rule.tool,
            pattern: shown(rule.pattern),
            in_force: row.revoked.is_none() && now() < rule.expires_at,
            created_at: rule.created_at.into(),
            by: rule.by,
            approval_id: rule.approval,
            expires_at: rule.expires_at.into(),
            revoked_at: row.revoked.as_ref().map(|revoked| revoked.at.into()),
            revoked_by: row.revoked.map(|revoked| revoked.by),
            times_used: row.times_used,
            last_used_at: row.last_used_at.map(Moment),
        }
    }
}

fn shown(pattern: Pattern) -> Pattern {
    match pattern {
        Pattern::Exact { target, folder } => Pattern::Exact {
            target: visible_line(&target),
            folder: folder.as_deref().map(visible_line),
        },
        Pattern::Folder { folder } => Pattern::Folder {
            folder: visible_line(&folder),
        },
    }
}
