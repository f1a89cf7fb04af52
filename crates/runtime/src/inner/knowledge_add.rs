//! `knowledge.add`: one entry of the knowledge base, once for each idempotency key.

use krake_domain::failure::Failure;
use krake_domain::id::{KnowledgeId, WorkspaceId};
use krake_domain::knowledge::KnowledgeEntry;
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_engine::secrets::Cleaner;
use krake_store::Store;
use krake_tools::define::{bad_input, define, to_output};
use krake_tools::tool::{Call, Pending, Tool, harmless, parse_args};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::from_store;
use crate::accounts::known::KnownKeys;

/// Largest text of one entry.
const MOST_BYTES: usize = 1 << 20;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// `pattern`, `solution`, `practice`, `handoff` or a word of the user's own.
    category: String,
    /// One line that says what it is about.
    title: String,
    /// What was learned.
    text: String,
    /// Where it comes from: citations or paths.
    #[serde(default)]
    sources: Vec<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    id: String,
}

pub struct KnowledgeAdd {
    spec: ToolSpec,
    store: Store,
    known_keys: KnownKeys,
}

pub fn spec() -> ToolSpec {
    let description = "Keep an entry in the knowledge base.";
    define::<Args, Output>("knowledge.add", description, EffectClass::Keyed)
}

impl KnowledgeAdd {
    pub fn new(store: Store, known_keys: KnownKeys) -> Self {
        Self {
            spec: spec(),
            store,
            known_keys,
        }
    }

    /// Without secrets: nobody is there to write it again, and the entry goes into files and to other
    /// tools.
    async fn clean(&self, args: Args) -> Result<Args, Failure> {
        let known = self.known_keys.get().await;
        let known = known.map_err(|error| from_store(&error))?;
        let mut cleaner = Cleaner::new(&known);
        let mut clean = |text: &str| cleaner.text(text).into_owned();
        Ok(Args {
            category: clean(&args.category),
            title: clean(&args.title),
            text: clean(&args.text),
            sources: args.sources.iter().map(|source| clean(source)).collect(),
        })
    }
}

impl Tool for KnowledgeAdd {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args = check(parse_args(args)?)?;
            let summary = format!(
                "keep “{}” as {} in the knowledge base",
                args.title, args.category
            );
            Ok(harmless(EffectClass::Keyed, args.category, summary))
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args = self.clean(check(parse_args(&call.args)?)?).await?;
            let entry = KnowledgeEntry {
                id: KnowledgeId::from_uuid(uuid::Uuid::now_v7()),
                workspace: WorkspaceId::PERSONAL,
                category: args.category,
                title: args.title,
                text: args.text,
                sources: args.sources,
                created_at: crate::clock::now(),
                superseded_by: None,
                withdrawn_at: None,
            };
            let id = self
                .store
                .add_knowledge(entry, &call.key)
                .await
                .map_err(|error| from_store(&error))?;
            to_output(&Output { id: id.to_string() })
        })
    }
}

fn check(args: Args) -> Result<Args, Failure> {
    for (name, text) in [
        ("category", &args.category),
        ("title", &args.title),
        ("text", &args.text),
    ] {
        if text.trim().is_empty() {
            return Err(bad_input(format!("`{name}` is empty")));
        }
    }
    if args.text.len() > MOST_BYTES {
        return Err(bad_input(format!(
            "`text` has {} bytes, at most {MOST_BYTES}",
            args.text.len()
        )));
    }
    Ok(args)
}
