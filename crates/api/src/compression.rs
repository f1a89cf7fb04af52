//! What a briefing always or never keeps.

use krake_domain::compression::{CompressionRule, Retention, Subject};
use krake_domain::id::{CompressionRuleId, WorkspaceId};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::projects::kept_as;
use crate::view::moment::{Moment, now};
use crate::view::page::Page;

/// Nothing to say.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListCompressionRules {}

/// A new rule.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddCompressionRule {
    /// For all projects when absent.
    pub project_id: Option<String>,
    pub effect: Retention,
    pub subject: Subject,
}

/// Names one rule.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CompressionRuleRef {
    pub id: CompressionRuleId,
}

/// A rule.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CompressionRuleView {
    pub id: CompressionRuleId,
    pub project_id: Option<String>,
    pub effect: Retention,
    pub subject: Subject,
    pub created_at: Moment,
}

/// `compression.list`
pub async fn list(
    ctx: Ctx,
    _: ListCompressionRules,
) -> Result<Page<CompressionRuleView>, ApiError> {
    let rules = ctx.store()?.list_compression_rules().await?;
    Ok(Page {
        items: rules.into_iter().map(CompressionRuleView::from).collect(),
        next: None,
    })
}

/// `compression.add`
pub async fn add(ctx: Ctx, input: AddCompressionRule) -> Result<CompressionRuleView, ApiError> {
    if let Subject::Pattern { text } | Subject::File { path: text } = &input.subject
        && text.trim().is_empty()
    {
        let told = "field `subject`: an empty text would speak of every line";
        return Err(ApiError::new(Code::BadInput, told));
    }
    let rule = CompressionRule {
        id: CompressionRuleId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        project: kept_as(&ctx, input.project_id.as_deref()).await?,
        effect: input.effect,
        subject: input.subject,
        created_at: now(),
    };
    let store = ctx.owner()?.store();
    store.add_compression_rule(rule.clone()).await?;
    Ok(CompressionRuleView::from(rule))
}

/// `compression.remove`
pub async fn remove(
    ctx: Ctx,
    input: CompressionRuleRef,
) -> Result<Page<CompressionRuleView>, ApiError> {
    let store = ctx.owner()?.store();
    if !store.remove_compression_rule(input.id).await? {
        return Err(ApiError::not_found("compression rule", input.id));
    }
    list(ctx, ListCompressionRules {}).await
}

impl From<CompressionRule> for CompressionRuleView {
    fn from(rule: CompressionRule) -> Self {
        Self {
            id: rule.id,
            project_id: rule.project,
            effect: rule.effect,
            subject: rule.subject,
            created_at: rule.created_at.into(),
        }
    }
}
