//! What may run: tools as the engine sees them, without the hands that do it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::hash::Hash;

/// What a crash between intent and result means for a tool; see the step protocol.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EffectClass {
    /// Computes from its arguments alone: run again.
    Pure,
    /// Looks at the world and changes nothing: run again.
    Read,
    /// The receiver deduplicates by the idempotency key: send again with the same key.
    Keyed,
    /// The world can be asked whether it happened: look first, then decide.
    Checkable,
    /// Never again by itself: a person decides.
    Unsafe,
}

impl EffectClass {
    /// Whether the step changes nothing, so that it needs neither a durable intent nor a person.
    #[must_use]
    pub fn is_harmless(self) -> bool {
        self <= Self::Read
    }
}

/// The definition of a tool: what the planner, the checks, the policy and the person see.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ToolSpec {
    /// `area.verb`, for example `fs.write`.
    pub name: String,
    /// One sentence in the imperative.
    pub description: String,
    /// JSON Schema of the arguments (an object; unknown fields refused).
    pub args_schema: Value,
    /// JSON Schema of the output.
    pub output_schema: Value,
    /// The class, or the worst class where it depends on the arguments.
    pub class: EffectClass,
    /// Asks a person by default, whatever the arguments.
    pub asks: bool,
    /// The output holds text that others wrote (files, transcripts, web pages).
    pub untrusted_output: bool,
    /// Time limit of one attempt where the step sets none, in milliseconds.
    pub timeout_ms: u64,
}

impl ToolSpec {
    /// What an approval is bound to, beside the arguments: any change of the definition changes it.
    #[must_use]
    pub fn definition_hash(&self) -> Hash {
        let value = serde_json::to_value(self).expect("a spec is plain data");
        Hash::of(crate::canonical_json(&value).as_bytes())
    }
}

/// A spec with its hash, computed once.
#[derive(Debug, Clone)]
pub struct CatalogEntry {
    pub spec: ToolSpec,
    pub definition: Hash,
}

/// Every tool that this build can run, and the names that are known but not built.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    entries: BTreeMap<String, Arc<CatalogEntry>>,
    planned: Vec<&'static str>,
}

impl Catalog {
    /// A catalogue of these tools; `planned` are names of the contract that this version lacks.
    #[must_use]
    pub fn new(specs: impl IntoIterator<Item = ToolSpec>, planned: &[&'static str]) -> Self {
        let entries = specs
            .into_iter()
            .map(|spec| {
                let definition = spec.definition_hash();
                (
                    spec.name.clone(),
                    Arc::new(CatalogEntry { spec, definition }),
                )
            })
            .collect();
        Self {
            entries,
            planned: planned.to_vec(),
        }
    }

    /// The tool of that name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Arc<CatalogEntry>> {
        self.entries.get(name)
    }

    /// Whether the name is one of the contract that this version does not build yet.
    #[must_use]
    pub fn is_planned(&self, name: &str) -> bool {
        self.planned.contains(&name) && !self.entries.contains_key(name)
    }

    /// All tools, by name.
    pub fn iter(&self) -> impl Iterator<Item = &CatalogEntry> {
        self.entries.values().map(AsRef::as_ref)
    }
}

/// What a tool says about one call before it runs, without doing it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Assessment {
    /// The class of this call.
    pub class: EffectClass,
    /// What will be touched, in the words of the tool's field: a path, a branch, a URL.
    pub target: String,
    /// One sentence that says what will happen, written by the tool's code, never by a model.
    pub summary: String,
    /// Whether a person can take it back.
    pub reversible: bool,
    /// Folder that the call writes into, canonical; absent where it writes to no folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writes_under: Option<String>,
    /// Origin on the network that the call speaks to; absent where it speaks to nobody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaches: Option<String>,
    /// State of the target now; the effect is refused when it has changed in between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target_state: Option<Hash>,
    /// A unified diff against now, where the target is text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
}

/// What looking at the world after a crash found out about a `checkable` effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "finding")]
pub enum Finding {
    /// It happened; this is its output.
    Happened { output: Value },
    /// It did not happen and can be done.
    NotHappened,
    /// Neither can be said; a person decides.
    Unclear { because: String },
}
