//! Imports of capsules: what was taken in when, so that it can be taken back.

use krake_domain::id::{ImportId, WorkspaceId};
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// One import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CapsuleImport {
    pub id: ImportId,
    /// The name of the capsule's file, for people.
    pub file: String,
    pub content_hash: String,
    /// When the capsule says that it was made.
    pub made_at: Option<Timestamp>,
    pub imported_at: Timestamp,
    pub undone_at: Option<Timestamp>,
    /// Rows that it brought, what lies below them not counted.
    pub brought: u64,
    /// Playbooks that it brought; their texts as long as they are not all in their folder.
    pub playbooks: Vec<BroughtPlaybook>,
}

/// A playbook that came in.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct BroughtPlaybook {
    /// The name of its file in `playbooks/`.
    pub file: String,
    pub text: String,
    /// It lies in its folder.
    pub written: bool,
}

impl CapsuleImport {
    pub(super) async fn insert(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        sqlx::query(
            "insert into capsule_imports (id, workspace_id, file, content_hash, made_at,
             imported_at, brought, playbooks) values ($1, $2, $3, $4, $5, $6, 0, $7)",
        )
        .bind(self.id.to_string())
        .bind(WorkspaceId::PERSONAL.to_string())
        .bind(self.file.clone())
        .bind(self.content_hash.clone())
        .bind(self.made_at.map(|at| at.0))
        .bind(self.imported_at.0)
        .bind(serde_json::to_string(&self.playbooks).expect("plain data"))
        .execute(connection)
        .await?;
        Ok(())
    }
}

impl Store {
    /// Imports, newest first.
    pub async fn list_capsule_imports(&self) -> Result<Vec<CapsuleImport>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("select * from capsule_imports order by id desc")
            .fetch_all(self.readers())
            .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// Notes that the playbooks of an import lie in their folder.
    pub async fn playbooks_written(&self, mut import: CapsuleImport) -> Result<(), StoreError> {
        for playbook in &mut import.playbooks {
            playbook.written = true;
        }
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query("update capsule_imports set playbooks = $2 where id = $1")
                    .bind(import.id.to_string())
                    .bind(serde_json::to_string(&import.playbooks).expect("plain data"))
                    .execute(&mut transaction.connection)
                    .await?;
                transaction.changed(Tag::Capsules);
                Ok(())
            })
        })
        .await
    }
}

row! {
    struct Row {
        id: String,
        file: String,
        content_hash: String,
        made_at: Option<i64>,
        imported_at: i64,
        undone_at: Option<i64>,
        brought: i64,
        playbooks: String,
    }
}

impl Row {
    fn parse(self) -> Result<CapsuleImport, StoreError> {
        Ok(CapsuleImport {
            id: words::parse(&self.id)?,
            file: self.file,
            content_hash: self.content_hash,
            made_at: self.made_at.map(Timestamp),
            imported_at: Timestamp(self.imported_at),
            undone_at: self.undone_at.map(Timestamp),
            brought: words::count(self.brought)?,
            playbooks: serde_json::from_str(&self.playbooks)
                .map_err(|error| StoreError::Corrupt(format!("an import: {error}")))?,
        })
    }
}
