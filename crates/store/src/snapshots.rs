//! Snapshots: frozen in one look, kept as they are, brought back without deleting anything.

use krake_domain::hash::Hash;
use krake_domain::id::{ProjectId, SnapshotId, WorkspaceId};
use krake_domain::snapshot::{FrozenEntry, FrozenSession, Snapshot};
use krake_domain::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::commit::Tag;
use crate::error::StoreError;
use crate::knowledge::KnowledgeFilter;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// What the column holds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Frozen {
    sessions: Vec<FrozenSession>,
    knowledge: Vec<FrozenEntry>,
}

/// What a restore changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Restored {
    /// Entries of the knowledge base that were gone.
    pub added: u64,
    /// Entries that are current, superseded or withdrawn again as they were.
    pub changed: u64,
    /// Entries that came later and were current.
    pub withdrawn: u64,
}

/// Which snapshots.
#[derive(Debug, Clone, Default)]
pub struct SnapshotFilter {
    /// Of this project, as it is kept with them.
    pub project: Option<String>,
    /// Only those made before this one.
    pub before: Option<SnapshotId>,
    pub limit: u32,
}

impl Store {
    /// The context as it is now, not yet kept: the sessions of the project and below the folder, or
    /// all, and the knowledge base. A project of another system is a label.
    pub async fn freeze(
        &self,
        id: SnapshotId,
        name: &str,
        project: Option<&str>,
        folder: Option<&str>,
        at: Timestamp,
    ) -> Result<Snapshot, StoreError> {
        let ours: Option<ProjectId> = project.and_then(|project| project.parse().ok());
        let mut rows = self.list_sessions(folder).await?;
        rows.retain(|row| ours.is_none() || row.project == ours);
        let mut sessions = Vec::new();
        for row in rows {
            let messages = self.load_messages(row.id).await?;
            let text = serde_json::to_vec(&messages).expect("messages are plain data");
            sessions.push(FrozenSession {
                id: row.id,
                title: row.title,
                messages: messages.len() as u64,
                hash: Hash::of(&text),
            });
        }
        let knowledge = self
            .list_knowledge(KnowledgeFilter {
                limit: u32::MAX - 1,
                ..KnowledgeFilter::default()
            })
            .await?
            .entries
            .into_iter()
            .map(|entry| FrozenEntry {
                id: entry.id,
                category: entry.category,
                title: entry.title,
                text: entry.text,
                sources: entry.sources,
                created_at: entry.created_at,
                superseded_by: entry.superseded_by,
                withdrawn_at: entry.withdrawn_at,
            })
            .collect();
        Ok(Snapshot {
            id,
            workspace: WorkspaceId::PERSONAL,
            project: project.map(str::to_owned),
            folder: folder.map(str::to_owned),
            name: name.to_owned(),
            occasion: None,
            created_at: at,
            sessions,
            knowledge,
        })
    }

    /// Keeps a snapshot.
    pub async fn add_snapshot(&self, snapshot: Snapshot) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let frozen = Frozen {
                    sessions: snapshot.sessions,
                    knowledge: snapshot.knowledge,
                };
                sqlx::query(
                    "insert into snapshots (id, workspace_id, project_id, folder, name, occasion,
                     created_at, frozen) values ($1, $2, $3, $4, $5, $6, $7, $8)",
                )
                .bind(snapshot.id.to_string())
                .bind(snapshot.workspace.to_string())
                .bind(snapshot.project)
                .bind(snapshot.folder)
                .bind(snapshot.name)
                .bind(snapshot.occasion.as_ref().map(words::spell))
                .bind(snapshot.created_at.0)
                .bind(serde_json::to_string(&frozen).expect("plain data"))
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Snapshots);
                Ok(())
            })
        })
        .await
    }

    /// Those that the filter wants, the newest first.
    pub async fn list_snapshots(
        &self,
        filter: SnapshotFilter,
    ) -> Result<Vec<Snapshot>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from snapshots where ($1 is null or project_id = $1)
             and ($2 is null or id < $2) order by id desc limit $3",
        )
        .bind(filter.project)
        .bind(filter.before.map(|id| id.to_string()))
        .bind(filter.limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// One snapshot, if there is one of that id.
    pub async fn find_snapshot(&self, id: SnapshotId) -> Result<Option<Snapshot>, StoreError> {
        let row: Option<Row> = sqlx::query_as("select * from snapshots where id = $1")
            .bind(id.to_string())
            .fetch_optional(self.readers())
            .await?;
        row.map(Row::parse).transpose()
    }

    /// Brings the knowledge base back to what a snapshot holds: entries that are gone return, each is
    /// current or not as it was, and what came later is withdrawn, so that what is current is exactly
    /// what was. Nothing is deleted. All of it happens, or nothing.
    pub async fn restore_snapshot(
        &self,
        snapshot: Snapshot,
        at: Timestamp,
    ) -> Result<Restored, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let mut restored = Restored::default();
                let workspace = snapshot.workspace.to_string();
                for entry in &snapshot.knowledge {
                    restored.added += sqlx::query(
                        "insert into knowledge (id, workspace_id, key, category, title, text,
                         sources, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
                         on conflict do nothing",
                    )
                    .bind(entry.id.to_string())
                    .bind(workspace.clone())
                    .bind(entry.id.to_string())
                    .bind(entry.category.clone())
                    .bind(entry.title.clone())
                    .bind(entry.text.clone())
                    .bind(serde_json::to_string(&entry.sources).expect("a list of texts"))
                    .bind(entry.created_at.0)
                    .execute(&mut transaction.connection)
                    .await?
                    .rows_affected();
                }
                for entry in &snapshot.knowledge {
                    restored.changed += sqlx::query(
                        "update knowledge set superseded_by = $2, withdrawn_at = $3
                         where id = $1
                           and (superseded_by is not $2 or withdrawn_at is not $3)",
                    )
                    .bind(entry.id.to_string())
                    .bind(entry.superseded_by.map(|id| id.to_string()))
                    .bind(entry.withdrawn_at.map(|at| at.0))
                    .execute(&mut transaction.connection)
                    .await?
                    .rows_affected();
                }
                let held: Vec<_> = snapshot.knowledge.iter().map(|entry| entry.id).collect();
                restored.withdrawn = sqlx::query(
                    "update knowledge set withdrawn_at = $3
                     where workspace_id = $1 and superseded_by is null and withdrawn_at is null
                       and id not in (select value from json_each($2))",
                )
                .bind(workspace)
                .bind(serde_json::to_string(&held).expect("a list of ids"))
                .bind(at.0)
                .execute(&mut transaction.connection)
                .await?
                .rows_affected();
                transaction.changed(Tag::Knowledge);
                Ok(restored)
            })
        })
        .await
    }
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        project_id: Option<String>,
        folder: Option<String>,
        name: String,
        occasion: Option<String>,
        created_at: i64,
        frozen: String,
    }
}

impl Row {
    fn parse(self) -> Result<Snapshot, StoreError> {
        let frozen: Frozen = serde_json::from_str(&self.frozen)
            .map_err(|error| StoreError::Corrupt(format!("a snapshot: {error}")))?;
        Ok(Snapshot {
            id: words::parse(&self.id)?,
            workspace: words::parse(&self.workspace_id)?,
            project: self.project_id,
            folder: self.folder,
            name: self.name,
            occasion: self.occasion.as_deref().map(words::read).transpose()?,
            created_at: Timestamp(self.created_at),
            sessions: frozen.sessions,
            knowledge: frozen.knowledge,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::uuid;
    use krake_domain::id::KnowledgeId;
    use krake_domain::knowledge::KnowledgeEntry;

    fn entry(title: &str) -> KnowledgeEntry {
        KnowledgeEntry {
            id: KnowledgeId::from_uuid(uuid()),
            workspace: WorkspaceId::PERSONAL,
            category: "practice".to_owned(),
            title: title.to_owned(),
            text: "text".to_owned(),
            sources: Vec::new(),
            created_at: Timestamp(1),
            superseded_by: None,
            withdrawn_at: None,
        }
    }

    #[tokio::test]
    async fn what_was_current_is_current_again_and_the_state_before_brings_the_rest_back() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let (old, new, apart) = (entry("old"), entry("new"), entry("apart"));
        store.add_knowledge(old.clone(), "a").await.unwrap();
        let freeze = async |name: &str| {
            let id = SnapshotId::from_uuid(uuid());
            let frozen = store.freeze(id, name, None, None, Timestamp(5)).await;
            store.add_snapshot(frozen.unwrap()).await.unwrap();
            store.find_snapshot(id).await.unwrap().unwrap()
        };
        let current = async |store: &Store| {
            let current = KnowledgeFilter {
                current: true,
                limit: 9,
                ..KnowledgeFilter::default()
            };
            let found = store.list_knowledge(current).await.unwrap().entries;
            let titles = found.into_iter().map(|entry| entry.title);
            titles.collect::<Vec<_>>()
        };
        let first = freeze("before").await;
        let replaced = store.supersede_knowledge(old.id, new.clone()).await;
        assert_eq!(replaced.unwrap(), None);
        store.add_knowledge(apart.clone(), "b").await.unwrap();
        let second = freeze("after").await;

        let back = store.restore_snapshot(first.clone(), Timestamp(7)).await;
        let did = |added, changed, withdrawn| Restored {
            added,
            changed,
            withdrawn,
        };
        assert_eq!(back.unwrap(), did(0, 1, 2));
        assert_eq!(current(&store).await, ["old"]);
        assert_eq!(store.search_knowledge("new", 9).await.unwrap(), []);
        let counted = store.knowledge_categories().await.unwrap();
        assert_eq!(counted, [("practice".to_owned(), 1)]);
        // Nothing is deleted, and a second time changes nothing.
        let (shown, _) = store.find_knowledge(new.id).await.unwrap().unwrap();
        assert_eq!(shown.withdrawn_at, Some(Timestamp(7)));
        let again = store.restore_snapshot(first.clone(), Timestamp(8)).await;
        assert_eq!(again.unwrap(), Restored::default());

        let undone = store.restore_snapshot(second.clone(), Timestamp(9)).await;
        assert_eq!(undone.unwrap(), did(0, 3, 0));
        assert_eq!(current(&store).await, ["apart", "new"]);
        assert_eq!(freeze("now").await.knowledge, second.knowledge);

        let elsewhere = tempfile::tempdir().unwrap();
        let empty = Store::open_owner(elsewhere.path()).await.unwrap();
        let there = empty.restore_snapshot(second, Timestamp(9)).await;
        assert_eq!(there.unwrap(), did(3, 1, 0));
        assert_eq!(current(&empty).await.len(), 2);
    }

    #[tokio::test]
    async fn names_that_krake_gave_become_what_was_frozen_before() {
        let dir = tempfile::tempdir().unwrap();
        let database = crate::folder::make_database(dir.path()).unwrap();
        let mut connection = crate::connection::open_writer(&database).await.unwrap();
        crate::schema::create_up_to(&mut connection, 67)
            .await
            .unwrap();
        sqlx::raw_sql(
            "insert into snapshots (id, workspace_id, name, created_at, frozen) values
             ('a', 'w', 'before a handoff', 1, ''), ('b', 'w', 'before a handoff', 2, ''),
             ('c', 'w', 'before the restore of `before`', 3, ''),
             ('d', 'w', 'before the restore of snp_1', 4, ''), ('e', 'w', 'mine', 5, '');
             insert into handoffs (id, workspace_id, state, briefing, snapshot_id, created_at)
             values ('h', 'w', 'pending', '', 'a', 1)",
        )
        .execute(&mut connection)
        .await
        .unwrap();
        crate::schema::migrate(dir.path(), &mut connection)
            .await
            .unwrap();
        let now: Vec<(String, Option<String>)> =
            sqlx::query_as("select name, occasion from snapshots order by id")
                .fetch_all(&mut connection)
                .await
                .unwrap();
        let named =
            |name: &str, occasion: Option<&str>| (name.to_owned(), occasion.map(str::to_owned));
        assert_eq!(
            now,
            [
                named("", Some("handoff")),
                // A person may call one so.
                named("before a handoff", None),
                named("before", Some("restore")),
                named("snp_1", Some("restore")),
                named("mine", None),
            ]
        );
    }

    #[tokio::test]
    async fn those_of_a_project_are_listed_newest_first() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        for (name, project) in [
            ("one", None),
            ("two", Some("shop")),
            ("three", Some("shop")),
        ] {
            let id = SnapshotId::from_uuid(uuid());
            let frozen = store.freeze(id, name, project, None, Timestamp(5)).await;
            store.add_snapshot(frozen.unwrap()).await.unwrap();
        }
        let names =
            |found: Vec<Snapshot>| found.into_iter().map(|one| one.name).collect::<Vec<_>>();
        let list = |project: Option<&str>, before, limit| {
            store.list_snapshots(SnapshotFilter {
                project: project.map(str::to_owned),
                before,
                limit,
            })
        };
        let of_shop = list(Some("shop"), None, 9).await.unwrap();
        assert_eq!(names(of_shop), ["three", "two"]);
        let newest = list(None, None, 2).await.unwrap();
        let last = newest.last().map(|one| one.id);
        assert_eq!(names(newest), ["three", "two"]);
        assert_eq!(names(list(None, last, 9).await.unwrap()), ["one"]);
        assert_eq!(list(None, None, 9).await.unwrap().len(), 3);
        assert_eq!(list(Some("no"), None, 9).await.unwrap(), []);
    }
}
