//! Databases of other tools: copied, and only the copy is opened.
//!
//! The one place of the product that reads SQLite files that are not its own. Opening them where they
//! lie would make files beside them, or wait for their owner's lock; so they are copied, with their
//! log, into a folder of ours first.
//! **Invariant:** nothing is written beside a database of another tool, and none of its locks is held.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::error::StoreError;

/// The largest database that is copied.
const LARGEST: u64 = 2 << 30;

/// A copy of another tool's database, which goes when this does.
pub struct Foreign {
    connection: SqliteConnection,
    folder: PathBuf,
}

impl Foreign {
    /// Copies the database with its log to `spool` and opens the copy.
    ///
    /// # Errors
    /// It is not there, too large, or no sound database; a copy that was taken while the other tool
    /// wrote can be unsound, and the next one will not be.
    pub async fn copy(database: &Path, spool: &Path, name: &str) -> Result<Self, StoreError> {
        let (from, folder) = (database.to_owned(), spool.join(name));
        let to = folder.clone();
        tokio::task::spawn_blocking(move || copy_files(&from, &to))
            .await
            .map_err(|error| StoreError::Io(error.to_string()))??;
        let mut foreign = Self {
            connection: SqliteConnectOptions::new()
                .filename(folder.join("copy.db"))
                .connect()
                .await?,
            folder,
        };
        let sound: String = sqlx::query_scalar("pragma quick_check(1)")
            .fetch_one(&mut foreign.connection)
            .await?;
        if sound != "ok" {
            return Err(StoreError::Corrupt(sound));
        }
        Ok(foreign)
    }

    /// Ids and folders of Goose's sessions, with the moment of the last change as Goose writes it.
    ///
    /// # Errors
    /// The database has other tables than those of Goose.
    pub async fn goose_sessions(&mut self) -> Result<Vec<(String, String, String)>, StoreError> {
        Ok(sqlx::query_as(
            "select id, working_dir, cast(updated_at as text) from sessions
             where session_type not in ('hidden') order by updated_at desc",
        )
        .fetch_all(&mut self.connection)
        .await?)
    }

    /// One session of Goose in the form of its export.
    ///
    /// # Errors
    /// As [`Foreign::goose_sessions`].
    pub async fn goose_session(&mut self, id: &str) -> Result<Value, StoreError> {
        type About = (String, String, Option<i64>, Option<i64>);
        let (name, working_dir, input, output): About = sqlx::query_as(
            "select coalesce(name, ''), working_dir, accumulated_input_tokens,
                    accumulated_output_tokens
             from sessions where id = $1",
        )
        .bind(id.to_owned())
        .fetch_one(&mut self.connection)
        .await?;
        let rows: Vec<(i64, String, String, i64)> = sqlx::query_as(
            "select rowid, role, content_json, cast(created_timestamp as integer) from messages
             where session_id = $1 order by rowid",
        )
        .bind(id.to_owned())
        .fetch_all(&mut self.connection)
        .await?;
        let conversation: Vec<Value> = rows
            .into_iter()
            .map(|(row, role, content, created)| {
                let content: Value = serde_json::from_str(&content).unwrap_or(Value::String(content));
                json!({ "id": format!("row{row}"), "role": role, "created": created, "content": content })
            })
            .collect();
        Ok(json!({
            "id": id,
            "name": name,
            "working_dir": working_dir,
            "accumulated_input_tokens": input,
            "accumulated_output_tokens": output,
            "conversation": conversation,
        }))
    }
}

impl Drop for Foreign {
    fn drop(&mut self) {
        // On a system that keeps open files, what is left is cleared with the spool.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn copy_files(from: &Path, folder: &Path) -> Result<(), StoreError> {
    let bytes = std::fs::metadata(from)
        .map_err(|error| StoreError::file(from, &error))?
        .len();
    if bytes > LARGEST {
        return Err(StoreError::Io(format!(
            "{}: larger than {LARGEST} bytes",
            from.display()
        )));
    }
    crate::folder::make_private_folder(folder)?;
    for ending in ["", "-wal"] {
        let mut source = from.as_os_str().to_owned();
        source.push(ending);
        let target = folder.join(format!("copy.db{ending}"));
        drop(crate::folder::open_private(&target)?);
        match std::fs::copy(&source, &target) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && ending == "-wal" => {
                std::fs::remove_file(&target).map_err(|error| StoreError::file(&target, &error))?;
            }
            Err(error) => return Err(StoreError::file(from, &error)),
            Ok(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use sqlx::Executor as _;

    #[tokio::test]
    async fn a_database_that_is_being_written_is_read_and_left_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join("theirs/sessions.db");
        std::fs::create_dir_all(database.parent().unwrap()).unwrap();
        let mut theirs = SqliteConnectOptions::new()
            .filename(&database)
            .create_if_missing(true)
            .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal)
            .connect()
            .await
            .unwrap();
        theirs
            .execute(
                "create table sessions (id text primary key, name text, session_type text,
                   working_dir text, updated_at text, accumulated_input_tokens integer,
                   accumulated_output_tokens integer);
                 create table messages (session_id text, role text, content_json text,
                   created_timestamp integer);
                 insert into sessions values ('20260301_1', 'Fix', 'user', '/app',
                   '2026-03-01 10:00:00', 50, 9);
                 insert into messages values ('20260301_1', 'user',
                   '[{\"type\":\"text\",\"text\":\"go\"}]', 1772359200);",
            )
            .await
            .unwrap();
        let list = || {
            let mut names: Vec<_> = std::fs::read_dir(database.parent().unwrap())
                .unwrap()
                .map(|entry| entry.unwrap().file_name())
                .collect();
            names.sort();
            names
        };
        let before = list();
        let spool = dir.path().join("spool");
        std::fs::create_dir(&spool).unwrap();
        let mut foreign = Foreign::copy(&database, &spool, "goose").await.unwrap();
        let sessions = foreign.goose_sessions().await.unwrap();
        assert_eq!(sessions[0].1, "/app");
        let session = foreign.goose_session("20260301_1").await.unwrap();
        assert_eq!(session["conversation"][0]["content"][0]["text"], "go");
        drop(foreign);
        assert_eq!(list(), before);
        assert!(!spool.join("goose").exists());
        let rubbish = dir.path().join("rubbish.db");
        std::fs::write(&rubbish, "no database at all").unwrap();
        assert!(Foreign::copy(&rubbish, &spool, "again").await.is_err());
    }
}
