//! `knowledge.search`: entries of the knowledge base by their words.

use krake_domain::failure::Failure;
use krake_domain::knowledge::KnowledgeEntry;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_store::Store;
use krake_tools::define::{bad_input, define, to_output};
use krake_tools::tool::{Call, Pending, Tool, harmless, parse_args};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::from_store;

/// Entries that one search looks through to find those of a category.
const MOST_FOUND: u32 = 1_000;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Words that an entry must hold; the last may be a beginning.
    query: String,
    /// Only entries of this category.
    #[serde(default)]
    category: Option<String>,
    /// How many entries at most, best first.
    #[serde(default = "default_limit")]
    #[schemars(range(min = 1, max = 200))]
    limit: u32,
}

fn default_limit() -> u32 {
    20
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    entries: Vec<Entry>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    id: String,
    category: String,
    title: String,
    text: String,
    sources: Vec<String>,
    /// RFC 3339.
    created_at: String,
}

impl From<KnowledgeEntry> for Entry {
    fn from(entry: KnowledgeEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            category: entry.category,
            title: entry.title,
            text: entry.text,
            sources: entry.sources,
            created_at: entry.created_at.to_rfc3339(),
        }
    }
}

pub struct KnowledgeSearch {
    spec: ToolSpec,
    store: Store,
}

pub fn spec() -> ToolSpec {
    let description = "Find entries of the knowledge base.";
    ToolSpec {
        untrusted_output: true,
        ..define::<Args, Output>("knowledge.search", description, EffectClass::Read)
    }
}

impl KnowledgeSearch {
    pub fn new(store: Store) -> Self {
        Self {
            spec: spec(),
            store,
        }
    }
}

impl Tool for KnowledgeSearch {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            let summary = format!("search the knowledge base for “{}”", args.query);
            Ok(harmless(EffectClass::Read, args.query, summary))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            if args.limit == 0 {
                return Err(bad_input("`limit` begins at 1"));
            }
            let ask = if args.category.is_some() {
                MOST_FOUND
            } else {
                args.limit
            };
            let found = self
                .store
                .search_knowledge(&args.query, ask)
                .await
                .map_err(|error| from_store(&error))?;
            let entries = found
                .into_iter()
                .filter(|entry| {
                    args.category
                        .as_ref()
                        .is_none_or(|category| entry.category == *category)
                })
                .take(args.limit as usize)
                .map(Entry::from)
                .collect();
            to_output(&Output { entries })
        })
    }
}
