//! A standing permission: what a person allowed beyond one call, within bounds.

use serde::{Deserialize, Serialize};

use crate::hash::Hash;
use crate::id::{ApprovalId, RuleId, WorkspaceId};
use crate::principal::Principal;
use crate::time::Timestamp;
use crate::tool::Assessment;

/// How far a yes reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// The same tool on the same target, for the rest of this execution.
    Execution,
    /// The same tool on the same target, until the rule expires or is revoked.
    Always,
    /// The same tool on everything in the target's folder.
    AlwaysUnder,
}

/// What a rule covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Pattern {
    /// This target alone, written into this folder or into none.
    Exact {
        target: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        folder: Option<String>,
    },
    /// What is written into this folder or below it; a canonical path.
    Folder { folder: String },
}

/// One rule. It allows what its tool asks about; it never forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    pub id: RuleId,
    pub workspace: WorkspaceId,
    pub tool: String,
    /// Another definition of the tool is another tool.
    pub definition: Hash,
    pub pattern: Pattern,
    pub created_at: Timestamp,
    pub by: Principal,
    /// The approval whose answer made it.
    pub approval: ApprovalId,
    pub expires_at: Timestamp,
}

impl Pattern {
    /// The pattern of that scope for a call; none where the call has no folder, or one that holds
    /// nearly everything.
    #[must_use]
    pub fn of(scope: Scope, call: &Assessment) -> Option<Self> {
        match scope {
            Scope::Execution | Scope::Always => Some(Self::Exact {
                target: call.target.clone(),
                folder: call.writes_under.clone(),
            }),
            Scope::AlwaysUnder => {
                let folder = call.writes_under.as_ref()?;
                is_narrow(folder).then(|| Self::Folder {
                    folder: folder.clone(),
                })
            }
        }
    }

    /// Whether a call lies within it.
    #[must_use]
    pub fn covers(&self, call: &Assessment) -> bool {
        match self {
            Self::Exact { target, folder } => {
                call.target == *target && call.writes_under == *folder
            }
            Self::Folder { folder } => call
                .writes_under
                .as_deref()
                .is_some_and(|written| is_inside(written, folder)),
        }
    }
}

/// Whether `folder` is `root` or lies in it; both are canonical paths.
#[must_use]
pub fn is_inside(folder: &str, root: &str) -> bool {
    let root = root.trim_end_matches(['/', '\\']);
    folder
        .strip_prefix(root)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '\\']))
}

/// A root of the file system, or a folder right below it, is no bound.
fn is_narrow(folder: &str) -> bool {
    folder
        .split(['/', '\\'])
        .filter(|part| !part.is_empty())
        .count()
        > 1
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::EffectClass;

    fn call(target: &str, folder: Option<&str>) -> Assessment {
        Assessment {
            class: EffectClass::Checkable,
            target: target.to_owned(),
            summary: String::new(),
            reversible: true,
            writes_under: folder.map(str::to_owned),
            reaches: None,
            target_state: None,
            diff: None,
        }
    }

    #[test]
    fn nothing_outside_the_pattern_is_covered() {
        let written = call("/a/b/x.txt", Some("/a/b"));
        for (scope, made_by, asked, covered) in [
            (
                Scope::Always,
                &written,
                call("/a/b/x.txt", Some("/a/b")),
                true,
            ),
            (
                Scope::Always,
                &written,
                call("/a/b/y.txt", Some("/a/b")),
                false,
            ),
            (Scope::Always, &written, call("/a/b/x.txt", None), false),
            (
                Scope::AlwaysUnder,
                &written,
                call("/a/b/c/y", Some("/a/b/c")),
                true,
            ),
            (
                Scope::AlwaysUnder,
                &written,
                call("/a/bc/y", Some("/a/bc")),
                false,
            ),
            (
                Scope::AlwaysUnder,
                &written,
                call("/a/x", Some("/a")),
                false,
            ),
        ] {
            let pattern = Pattern::of(scope, made_by).unwrap();
            assert_eq!(pattern.covers(&asked), covered, "{pattern:?} {asked:?}");
        }
        for wide in [
            call("main", None),
            call("https://x.org/one", None),
            call("/x", Some("/")),
            call("/etc/x", Some("/etc")),
        ] {
            assert_eq!(Pattern::of(Scope::AlwaysUnder, &wide), None, "{wide:?}");
        }
    }
}
