//! The knowledge base: add, list, search.

use krake_domain::id::{KnowledgeId, WorkspaceId};
use krake_domain::knowledge::KnowledgeEntry;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::view::moment::{Moment, now};
use crate::view::page::{Page, limit};
use crate::visible::visible;

/// One entry.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct KnowledgeView {
    pub id: KnowledgeId,
    pub category: String,
    pub title: String,
    pub text: String,
    /// Citations (`[#12]`, `[a1b2c3d]`, `[src/x.rs:12]`) or paths.
    pub sources: Vec<String>,
    pub created_at: Moment,
    /// The entry that replaced this one.
    pub superseded_by: Option<KnowledgeId>,
}

/// Which entries, newest first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListKnowledge {
    pub category: Option<String>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
}

/// Words to look for.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchKnowledge {
    pub query: String,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
}

/// A new entry.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddKnowledge {
    /// `pattern`, `solution`, `practice`, or a word of your own.
    #[serde(default = "usual_category")]
    pub category: String,
    pub title: String,
    pub text: String,
    #[serde(default)]
    pub sources: Vec<String>,
}

/// `knowledge.list`
pub async fn list(ctx: Ctx, input: ListKnowledge) -> Result<Page<KnowledgeView>, ApiError> {
    let entries = ctx
        .store()?
        .list_knowledge(input.category.as_deref(), limit(input.limit))
        .await?;
    Ok(page(entries))
}

/// `knowledge.search`
pub async fn search(ctx: Ctx, input: SearchKnowledge) -> Result<Page<KnowledgeView>, ApiError> {
    filled("query", &input.query)?;
    let entries = ctx
        .store()?
        .search_knowledge(&input.query, limit(input.limit))
        .await?;
    Ok(page(entries))
}

/// `knowledge.add`
pub async fn add(ctx: Ctx, input: AddKnowledge) -> Result<KnowledgeView, ApiError> {
    filled("category", &input.category)?;
    filled("title", &input.title)?;
    filled("text", &input.text)?;
    let store = ctx.owner()?.store();
    let mut entry = KnowledgeEntry {
        id: KnowledgeId::from_uuid(uuid::Uuid::now_v7()),
        workspace: WorkspaceId::PERSONAL,
        category: input.category,
        title: input.title,
        text: input.text,
        sources: input.sources,
        created_at: now(),
        superseded_by: None,
    };
    entry.id = store
        .add_knowledge(entry.clone(), &entry.id.to_string())
        .await?;
    Ok(KnowledgeView::from(entry))
}

impl From<KnowledgeEntry> for KnowledgeView {
    fn from(entry: KnowledgeEntry) -> Self {
        let shown = |text: &str| visible(text).into_owned();
        Self {
            id: entry.id,
            category: shown(&entry.category),
            title: shown(&entry.title),
            text: shown(&entry.text),
            sources: entry.sources.iter().map(|source| shown(source)).collect(),
            created_at: entry.created_at.into(),
            superseded_by: entry.superseded_by,
        }
    }
}

fn page(entries: Vec<KnowledgeEntry>) -> Page<KnowledgeView> {
    Page {
        items: entries.into_iter().map(KnowledgeView::from).collect(),
        next: None,
    }
}

fn filled(field: &str, text: &str) -> Result<(), ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::new(
            Code::BadInput,
            format!("field `{field}`: expected some text"),
        ));
    }
    Ok(())
}

fn usual_category() -> String {
    "practice".to_owned()
}
