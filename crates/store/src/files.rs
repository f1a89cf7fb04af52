//! The files that sessions were read from, kept in parts as they grow.
//!
//! **Invariant:** the parts of a file lie one behind the other without a gap, and together they are
//! what was read of it, but for secrets.

use krake_domain::blob::BlobRef;
use krake_domain::id::{ProjectId, WorkspaceId};
use krake_domain::time::Timestamp;
use serde::Deserialize;

use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// A file as far as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadFile {
    pub path: String,
    /// The format's word.
    pub format: String,
    /// What the file system knows it by; another one under the same path is another file.
    pub identity: Option<String>,
    pub modified: Option<Timestamp>,
    /// Read so far.
    pub bytes: u64,
    pub broken_lines: u32,
    pub read_at: Timestamp,
}

/// A file whose sessions are here and in projects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct SortedFile {
    pub path: String,
    /// As it was read.
    pub bytes: u64,
    pub modified: Option<Timestamp>,
    /// Of one of its sessions.
    pub project: ProjectId,
}

/// A stretch of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePart {
    /// Where it begins in the file.
    pub start: u64,
    /// The hash and the length of the stretch itself.
    pub source: BlobRef,
    /// What was kept of it: the same, or the same with secrets replaced.
    pub kept: BlobRef,
}

impl Store {
    /// How far a file was read.
    pub async fn find_file(
        &self,
        workspace: WorkspaceId,
        path: &str,
    ) -> Result<Option<ReadFile>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as("select * from files where workspace_id = $1 and path = $2")
                .bind(workspace.to_string())
                .bind(path.to_owned())
                .fetch_optional(self.readers())
                .await?;
        row.map(Row::parse).transpose()
    }

    /// The files whose sessions are here, and all of them in a project.
    pub async fn list_sorted_files(
        &self,
        workspace: WorkspaceId,
    ) -> Result<Vec<SortedFile>, StoreError> {
        // In one row, since each that comes back is a hop between threads and they may be thousands.
        let all: String = sqlx::query_scalar(
            "select json_group_array(json_object('path', path, 'bytes', bytes,
             'modified', modified, 'project', project))
             from (select files.path, files.bytes, modified, min(project_id) as project
             from files join sessions using (workspace_id, path) where workspace_id = $1
             group by file having count(*) = count(project_id))",
        )
        .bind(workspace.to_string())
        .fetch_one(self.readers())
        .await?;
        serde_json::from_str(&all).map_err(|error| StoreError::Corrupt(error.to_string()))
    }

    /// The parts that are kept of a file, in order.
    pub async fn list_file_parts(
        &self,
        workspace: WorkspaceId,
        path: &str,
    ) -> Result<Vec<FilePart>, StoreError> {
        let rows: Vec<(i64, i64, String, String, i64)> = sqlx::query_as(
            "select start, file_parts.bytes, hash, kept_hash, kept_bytes from file_parts join files using (file)
             where files.workspace_id = $1 and path = $2 order by start",
        )
        .bind(workspace.to_string())
        .bind(path.to_owned())
        .fetch_all(self.readers())
        .await?;
        rows.into_iter()
            .map(|(start, bytes, hash, kept_hash, kept_bytes)| {
                Ok(FilePart {
                    start: words::count(start)?,
                    source: BlobRef {
                        hash: words::parse(&hash)?,
                        bytes: words::count(bytes)?,
                    },
                    kept: BlobRef {
                        hash: words::parse(&kept_hash)?,
                        bytes: words::count(kept_bytes)?,
                    },
                })
            })
            .collect()
    }

    /// Notes how far a file was read and the parts that are new; parts from the first new one on
    /// are replaced.
    pub async fn keep_file(
        &self,
        workspace: WorkspaceId,
        file: ReadFile,
        parts: Vec<FilePart>,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                let workspace = workspace.to_string();
                let number: i64 = sqlx::query_scalar(
                    "insert into files (workspace_id, path, format, identity, modified, bytes,
                     broken_lines, read_at)
                     values ($1, $2, $3, $4, $5, $6, $7, $8)
                     on conflict (workspace_id, path) do update set format = excluded.format,
                     identity = excluded.identity, modified = excluded.modified,
                     bytes = excluded.bytes, broken_lines = excluded.broken_lines,
                     read_at = excluded.read_at
                     returning file",
                )
                .bind(workspace.clone())
                .bind(file.path)
                .bind(file.format)
                .bind(file.identity)
                .bind(file.modified.map(|at| at.0))
                .bind(words::number(file.bytes))
                .bind(file.broken_lines)
                .bind(file.read_at.0)
                .fetch_one(&mut *connection)
                .await?;
                let from = parts.first().map_or(file.bytes, |part| part.start);
                sqlx::query("delete from file_parts where file = $1 and start >= $2")
                    .bind(number)
                    .bind(words::number(from))
                    .execute(&mut *connection)
                    .await?;
                for part in parts {
                    sqlx::query(
                        "insert into file_parts (file, workspace_id, start, bytes, hash,
                         kept_hash, kept_bytes) values ($1, $2, $3, $4, $5, $6, $7)",
                    )
                    .bind(number)
                    .bind(workspace.clone())
                    .bind(words::number(part.start))
                    .bind(words::number(part.source.bytes))
                    .bind(part.source.hash.to_string())
                    .bind(part.kept.hash.to_string())
                    .bind(words::number(part.kept.bytes))
                    .execute(&mut *connection)
                    .await?;
                }
                Ok(())
            })
        })
        .await
    }
}

row! {
    struct Row {
        path: String,
        format: String,
        identity: Option<String>,
        modified: Option<i64>,
        bytes: i64,
        broken_lines: i64,
        read_at: i64,
    }
}

impl Row {
    fn parse(self) -> Result<ReadFile, StoreError> {
        Ok(ReadFile {
            path: self.path,
            format: self.format,
            identity: self.identity,
            modified: self.modified.map(Timestamp),
            bytes: words::count(self.bytes)?,
            broken_lines: words::count(self.broken_lines)?,
            read_at: Timestamp(self.read_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use krake_domain::hash::Hash;

    fn part(start: u64, text: &str) -> FilePart {
        let blob = BlobRef {
            hash: Hash::of(text.as_bytes()),
            bytes: text.len() as u64,
        };
        FilePart {
            start,
            source: blob,
            kept: blob,
        }
    }

    #[tokio::test]
    async fn files_are_sorted_once_all_their_sessions_are_in_projects() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let me = WorkspaceId::PERSONAL;
        let project = crate::fixture::project("app", "/work/app");
        store.add_project(project.clone()).await.unwrap();
        let file = |path: &str| ReadFile {
            path: path.to_owned(),
            format: "codex".to_owned(),
            identity: None,
            modified: Some(Timestamp(3)),
            bytes: 7,
            broken_lines: 0,
            read_at: Timestamp(4),
        };
        for path in ["/ours", "/both", "/other", "/no session"] {
            store.keep_file(me, file(path), Vec::new()).await.unwrap();
        }
        for (path, name, cwd) in [
            ("/ours", "s1", "/work/app"),
            ("/ours", "s2", "/work/app/deep"),
            ("/both", "s3", "/work/app"),
            ("/both", "s4", "/elsewhere"),
            ("/other", "s5", "/elsewhere"),
        ] {
            let session = crate::session_import::ImportedSession {
                path: path.to_owned(),
                ..crate::fixture::imported(name, cwd)
            };
            store.import_session(session).await.unwrap();
        }
        let sorted = SortedFile {
            path: "/ours".to_owned(),
            bytes: 7,
            modified: Some(Timestamp(3)),
            project: project.id,
        };
        assert_eq!(store.list_sorted_files(me).await.unwrap(), [sorted]);
    }

    #[tokio::test]
    async fn a_growing_file_gets_a_part_and_a_shorter_one_loses_them() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let me = WorkspaceId::PERSONAL;
        let file = |bytes| ReadFile {
            path: "/x/a.jsonl".to_owned(),
            format: "codex".to_owned(),
            identity: Some("1:2".to_owned()),
            modified: Some(Timestamp(3)),
            bytes,
            broken_lines: 1,
            read_at: Timestamp(4),
        };
        assert_eq!(store.find_file(me, "/x/a.jsonl").await.unwrap(), None);
        for (bytes, parts, expected) in [
            (3, vec![part(0, "one")], 1),
            (6, vec![part(3, "two")], 2),
            (6, vec![], 2),
            (2, vec![part(0, "on")], 1),
        ] {
            store.keep_file(me, file(bytes), parts).await.unwrap();
            let found = store.find_file(me, "/x/a.jsonl").await.unwrap();
            assert_eq!(found, Some(file(bytes)));
            let kept = store.list_file_parts(me, "/x/a.jsonl").await.unwrap();
            assert_eq!(kept.len(), expected);
            let mut end = 0;
            for part in kept {
                assert_eq!(part.start, end);
                end += part.source.bytes;
            }
            assert_eq!(end, bytes);
        }
    }
}
