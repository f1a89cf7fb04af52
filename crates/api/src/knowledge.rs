//! The knowledge base: add, list, search, correct, and hand on to other tools.

use krake_domain::id::{KnowledgeId, WorkspaceId};
use krake_domain::knowledge::KnowledgeEntry;
use krake_edge::EdgeError;
use krake_engine::context::{KNOWLEDGE, knowledge_block};
use krake_runtime::{BlockError, write_block};
use krake_store::{KnowledgeFilter, StoreError};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::screen::Replaced;
use crate::tools::Nothing;
use crate::view::moment::{Moment, now};
use crate::view::page::{MOST_LIMIT, Page, limit};
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
    /// When a restore took it out of what is current, because it came later.
    pub withdrawn_at: Option<Moment>,
    /// Secrets in the text of this call that tokens stand for now, by kind.
    #[serde(default, skip_serializing_if = "Replaced::is_empty")]
    pub redactions: Replaced,
}

/// Which entries, newest first.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListKnowledge {
    pub category: Option<String>,
    /// Without entries that were superseded or withdrawn; with them when absent.
    pub current: Option<bool>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// One entry by its id.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KnowledgeRef {
    pub id: KnowledgeId,
}

/// One entry with what it replaced.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct KnowledgeLine {
    pub entry: KnowledgeView,
    /// What stood there before, the newest first.
    pub older: Vec<KnowledgeView>,
}

/// A category in use.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CategoryView {
    pub category: String,
    /// Entries; only those that are current are counted.
    pub count: u64,
}

/// All categories in use.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Categories {
    pub items: Vec<CategoryView>,
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
    let before = input.cursor.map(|text| {
        text.parse()
            .map_err(|_| ApiError::new(Code::BadInput, "field `cursor`: expected `next` of a page"))
    });
    let filter = KnowledgeFilter {
        category: input.category,
        current: input.current.unwrap_or(false),
        before: before.transpose()?,
        limit: limit(input.limit),
    };
    let found = ctx.store()?.list_knowledge(filter).await?;
    Ok(Page {
        next: found.next.map(|cursor| cursor.to_string()),
        ..page(found.entries)
    })
}

/// `knowledge.categories`
pub async fn categories(ctx: Ctx, _: Nothing) -> Result<Categories, ApiError> {
    let counted = ctx.store()?.knowledge_categories().await?.into_iter();
    Ok(Categories {
        items: counted
            .map(|(category, count)| CategoryView {
                category: visible(&category).into_owned(),
                count,
            })
            .collect(),
    })
}

/// `knowledge.show`
pub async fn show(ctx: Ctx, input: KnowledgeRef) -> Result<KnowledgeLine, ApiError> {
    let found = ctx.store()?.find_knowledge(input.id).await?;
    let (entry, older) = found.ok_or_else(|| missing(input.id))?;
    Ok(KnowledgeLine {
        entry: entry.into(),
        older: older.into_iter().map(KnowledgeView::from).collect(),
    })
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
        withdrawn_at: None,
    };
    entry.id = store
        .add_knowledge(entry.clone(), &entry.id.to_string())
        .await?;
    Ok(kept(&ctx, entry))
}

/// `knowledge.supersede`
pub async fn supersede(ctx: Ctx, input: SupersedeKnowledge) -> Result<KnowledgeView, ApiError> {
    for (field, text) in [
        ("category", &input.category),
        ("title", &input.title),
        ("text", &input.text),
    ] {
        text.as_ref().map_or(Ok(()), |text| filled(field, text))?;
    }
    let store = ctx.owner()?.store();
    let found = store.find_knowledge(input.id).await?;
    let (old, _) = found.ok_or_else(|| missing(input.id))?;
    let entry = KnowledgeEntry {
        id: KnowledgeId::from_uuid(uuid::Uuid::now_v7()),
        category: input.category.unwrap_or(old.category),
        title: input.title.unwrap_or(old.title),
        text: input.text.unwrap_or(old.text),
        sources: input.sources.unwrap_or(old.sources),
        created_at: now(),
        superseded_by: None,
        withdrawn_at: None,
        workspace: old.workspace,
    };
    match store.supersede_knowledge(input.id, entry.clone()).await {
        Ok(None) => Ok(kept(&ctx, entry)),
        Ok(Some(by)) => Err(ApiError::new(
            Code::Conflict,
            format!("this entry was replaced already, by `{by}`"),
        )
        .hint("correct the newer one")),
        Err(StoreError::NotFound(_)) => Err(missing(input.id)),
        Err(error) => Err(error.into()),
    }
}

/// `knowledge.write`
pub async fn write(ctx: Ctx, input: WriteKnowledge) -> Result<KnowledgeWritten, ApiError> {
    filled("path", &input.path)?;
    absolute(&input.path)?;
    let store = ctx.store()?;
    let mut filter = KnowledgeFilter {
        category: input.category,
        current: true,
        before: None,
        limit: MOST_LIMIT,
    };
    let mut entries = Vec::new();
    loop {
        let found = store.list_knowledge(filter.clone()).await?;
        entries.extend(found.entries);
        match found.next {
            Some(next) => filter.before = Some(next),
            None => break,
        }
    }
    // The oldest first: a new entry is added below the others.
    entries.reverse();
    let body = knowledge_block(&entries);
    let path = input.path;
    let written = tokio::task::spawn_blocking(move || write_block(&path, KNOWLEDGE, &body))
        .await
        .map_err(|error| ApiError::new(Code::Internal, error.to_string()))?
        .map_err(not_written)?;
    Ok(KnowledgeWritten {
        path: visible(&written.path.to_string_lossy()).into_owned(),
        entries: entries.len(),
        changed: written.changed,
    })
}

/// Whether a path means the same wherever this process was started.
pub fn absolute(path: &str) -> Result<(), ApiError> {
    if path.starts_with('~') || std::path::Path::new(path).is_absolute() {
        return Ok(());
    }
    Err(ApiError::new(
        Code::BadInput,
        "field `path`: expected an absolute path, or one that begins with `~/`",
    ))
}

/// Why a block was not written, as the door says it.
pub fn not_written(error: BlockError) -> ApiError {
    let code = match &error {
        BlockError::Edge(EdgeError::NoAccess { .. }) => Code::NoAccess,
        BlockError::Edge(EdgeError::Changed { .. }) => Code::Conflict,
        BlockError::Edge(EdgeError::DiskFull { .. }) => Code::DiskFull,
        _ => Code::BadInput,
    };
    ApiError::new(code, format!("field `path`: {error}"))
}

fn missing(id: KnowledgeId) -> ApiError {
    ApiError::not_found("knowledge entry", id)
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
            withdrawn_at: entry.withdrawn_at.map(Moment),
            redactions: Replaced::new(),
        }
    }
}

/// An entry that was just kept, with what was replaced in it.
fn kept(ctx: &Ctx, entry: KnowledgeEntry) -> KnowledgeView {
    KnowledgeView {
        redactions: ctx.replaced(),
        ..entry.into()
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

/// What stands in place of an entry; what is absent stays as it was.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SupersedeKnowledge {
    pub id: KnowledgeId,
    pub category: Option<String>,
    pub title: Option<String>,
    pub text: Option<String>,
    pub sources: Option<Vec<String>>,
}

/// A file that other tools read, such as `AGENTS.md`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteKnowledge {
    /// An absolute path, or one from the home folder (`~/…`).
    pub path: String,
    /// Only entries of this category; all when absent.
    pub category: Option<String>,
}

/// What became of the file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct KnowledgeWritten {
    pub path: String,
    /// Entries in the block; without any, the block is taken out.
    pub entries: usize,
    /// Whether the file is another one now.
    pub changed: bool,
}

fn usual_category() -> String {
    "practice".to_owned()
}
