//! Which columns of the database hold text of people.

use std::collections::BTreeSet;

use super::records;
use crate::store::Store;

/// Text columns in which no person, no tool and no model writes sentences, or which are looked at in
/// another way; why is in the decision 0053.
const NOT_LOOKED_AT: &[(&str, &[&str])] = &[
    (
        "accounts",
        &[
            "name",
            "email",
            "provider",
            "plan",
            "tags",
            "status",
            "prices",
            "base_url",
            "model",
            "format",
            "credential_id",
            "check_outcome",
        ],
    ),
    ("approvals", &["execution_id", "status"]),
    ("answers", &["session_id", "model", "import_id"]),
    ("archived_events", &["execution_id"]),
    ("archived_executions", &["name", "source", "status"]),
    ("budgets", &["over", "period", "unit"]),
    ("capsule_imports", &["file", "content_hash"]),
    (
        "capsule_items",
        &["import_id", "noun", "incoming", "digest"],
    ),
    ("commit_rules", &["project_id", "rule", "branch"]),
    ("compression_rules", &["project_id", "effect"]),
    ("credentials", &["account_id", "place", "state"]),
    ("draft_sessions", &["draft_id", "session_id"]),
    (
        "drafts",
        &[
            "project_id",
            "session_id",
            "account_id",
            "source",
            "who",
            "state",
            "handoff_id",
            "resets_zone",
        ],
    ),
    ("executions", &["name", "source", "status"]),
    ("file_parts", &["hash", "kept_hash"]),
    ("files", &["path", "format", "identity"]),
    (
        "handoffs",
        &[
            "project_id",
            "folder",
            "from_account",
            "to_account",
            "state",
            "snapshot_id",
            "claimed_by",
        ],
    ),
    (
        "journal",
        &["execution_id", "kind", "payload", "payload_blob"],
    ),
    (
        "kept_secrets",
        &["safe_id", "kind", "token", "digest", "session_id"],
    ),
    ("knowledge", &["key", "category", "superseded_by"]),
    ("limits", &["account_id", "span", "unit", "source"]),
    ("meaning_model", &["account_id", "model", "place"]),
    (
        "messages",
        &["session_id", "key", "role", "kind", "tool", "message"],
    ),
    (
        "model_calls",
        &[
            "account_id",
            "project_id",
            "run_id",
            "purpose",
            "model",
            "state",
            "outcome",
        ],
    ),
    ("names", &["text"]),
    ("project_secret_policy", &["project_id", "policy"]),
    ("projects", &["name", "status", "folder"]),
    ("recommendation_marks", &["recommendation"]),
    (
        "refused_calls",
        &[
            "budget_id",
            "account_id",
            "project_id",
            "run_id",
            "purpose",
            "model",
            "reason",
            "unit",
        ],
    ),
    ("replies", &["key", "command"]),
    ("rescanned_sessions", &["session_id"]),
    (
        "rescans",
        &["asked_by", "stage", "place", "found", "trouble"],
    ),
    ("routing", &["rule"]),
    (
        "rules",
        &[
            "tool",
            "definition",
            "pattern",
            "approval_id",
            "created_by",
            "revoked_by",
        ],
    ),
    ("safes", &["place", "state"]),
    ("secret_policy", &["policy", "safe_id"]),
    (
        "sessions",
        &[
            "source",
            "native_id",
            "path",
            "cwd",
            "usage",
            "raw_hash",
            "project_id",
            "place",
            "account_id",
            "session_type",
            "git_commit",
            "model",
            "forked_from",
            "redactions",
        ],
    ),
    ("snapshots", &["project_id", "folder", "occasion"]),
    ("usage", &["session_id", "model"]),
];

#[tokio::test]
async fn every_column_with_text_is_looked_at_or_named_as_one_that_is_not() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open_owner(dir.path()).await.unwrap();
    let columns: Vec<(String, String)> = sqlx::query_as(
        "select tables.name, columns.name from pragma_table_list as tables
         join pragma_table_xinfo(tables.name) as columns
         where tables.schema = 'main' and tables.type = 'table' and columns.type = 'TEXT'
           and tables.name not like '\\_sqlx%' escape '\\' and tables.name not like 'sqlite%'
           and columns.name not in ('id', 'workspace_id')",
    )
    .fetch_all(store.readers())
    .await
    .unwrap();
    let all: BTreeSet<(&str, &str)> = columns
        .iter()
        .map(|(table, column)| (table.as_str(), column.as_str()))
        .collect();
    let looked: BTreeSet<_> = records::columns().into_iter().collect();
    let passed = NOT_LOOKED_AT
        .iter()
        .flat_map(|(table, columns)| columns.iter().map(move |column| (*table, *column)));
    let passed: BTreeSet<_> = passed.collect();
    assert_eq!(looked.intersection(&passed).next(), None);
    let named: BTreeSet<_> = looked.union(&passed).copied().collect();
    let unnamed: Vec<_> = all.difference(&named).collect();
    assert!(
        unnamed.is_empty(),
        "is text of people in these? {unnamed:?}"
    );
    let gone: Vec<_> = named.difference(&all).collect();
    assert!(gone.is_empty(), "there are no such columns: {gone:?}");
}
