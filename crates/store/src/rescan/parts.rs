//! The bytes that sessions were read from. A part is written anew beside the old one, then the rows
//! name the new one, then the old one goes; a crash in between leaves one that no row names.

use std::collections::HashSet;

use krake_domain::blob::BlobRef;
use krake_domain::hash::Hash;
use krake_domain::id::SessionId;
use krake_domain::rescan::Findings;

use super::{RescanStep, mark};
use crate::commit::Tag;
use crate::error::StoreError;
use crate::kept_secrets::{self, SealedSecret};
use crate::store::Store;
use crate::words;

/// Parts that are listed at once.
const MOST: i64 = 64;

/// A part as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    pub file: i64,
    pub start: i64,
    /// The format of its file, by its word.
    pub format: String,
    pub kept: Hash,
    /// A session of its file.
    pub session: Option<SessionId>,
}

impl Store {
    /// The next parts after this one; none at the end.
    pub async fn parts_after(&self, file: i64, start: i64) -> Result<Vec<StoredPart>, StoreError> {
        let rows: Vec<(i64, i64, String, String, Option<String>)> = sqlx::query_as(
            "select file, start, format, kept_hash, (select sessions.id from sessions
                 where sessions.path = files.path order by sessions.id limit 1)
             from file_parts join files using (file)
             where (file, start) > ($1, $2) order by file, start limit $3",
        )
        .bind(file)
        .bind(start)
        .bind(MOST)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter()
            .map(|(file, start, format, kept, session)| {
                Ok(StoredPart {
                    file,
                    start,
                    format,
                    kept: words::parse(&kept)?,
                    session: session.as_deref().map(words::parse).transpose()?,
                })
            })
            .collect()
    }

    /// Puts a cleaned part in place of one, wherever that stands, and moves the mark; then the old one
    /// goes. `false` where somebody is about to name it: then it stays for now.
    pub async fn change_part(
        &self,
        mut step: RescanStep,
        part: StoredPart,
        clean: BlobRef,
        secrets: Vec<SealedSecret>,
    ) -> Result<(Findings, bool), StoreError> {
        let was = part.kept;
        let found = self
            .write(move |transaction| {
                Box::pin(async move {
                    let connection = &mut transaction.connection;
                    sqlx::query(
                        "update file_parts set kept_hash = $2, kept_bytes = $3
                         where kept_hash = $1",
                    )
                    .bind(was.to_string())
                    .bind(clean.hash.to_string())
                    .bind(words::number(clean.bytes))
                    .execute(&mut *connection)
                    .await?;
                    let kept = kept_secrets::keep(connection, None, part.session, &secrets);
                    step.found.kept += u64::from(kept.await?);
                    step.found.changed_parts += 1;
                    mark(connection, &step).await?;
                    transaction.changed(Tag::Secrets);
                    Ok(step.found)
                })
            })
            .await?;
        Ok((found, self.remove_unnamed_blob(was).await?))
    }

    /// Removes a blob that was replaced, where no row names it any more. `false`: somebody has just put
    /// it and is about to name it.
    pub async fn remove_unnamed_blob(&self, hash: Hash) -> Result<bool, StoreError> {
        // Whatever is put from here on is seen, so nothing can come between the look and the removal.
        let _watch = self.blobs().naming();
        if self.is_blob_named(hash).await? {
            return Ok(true);
        }
        self.blobs().remove(hash)
    }

    /// Blobs that no row names and that this process has not put: large results of steps, which events
    /// name, and what a crash has left. What it left unfinished is gone after this.
    pub async fn unnamed_blobs(&self) -> Result<Vec<Hash>, StoreError> {
        let blobs = self.blobs().clone();
        let look = move || {
            blobs
                .clear_unfinished()
                .and_then(|()| blobs.list_of_before())
        };
        let all = tokio::task::spawn_blocking(look)
            .await
            .map_err(|error| StoreError::Io(error.to_string()))??;
        let named: Vec<String> = sqlx::query_scalar(
            "select kept_hash from file_parts
             union select payload_blob from journal where payload_blob is not null",
        )
        .fetch_all(self.readers())
        .await?;
        let named: HashSet<String> = named.into_iter().collect();
        let is_named = |hash: &Hash| named.contains(&hash.to_string());
        Ok(all.into_iter().filter(|hash| !is_named(hash)).collect())
    }

    /// Whether an event speaks of it: then it is a result of a step.
    pub async fn is_blob_told(&self, hash: Hash) -> Result<bool, StoreError> {
        let told: bool = sqlx::query_scalar(
            "select exists (select 1 from journal where instr(payload, $1) > 0)
                 or exists (select 1 from archived_events where instr(event, $1) > 0)",
        )
        .bind(hash.to_string())
        .fetch_one(self.readers())
        .await?;
        if told {
            return Ok(true);
        }
        let large: Vec<String> =
            sqlx::query_scalar("select payload_blob from journal where payload_blob is not null")
                .fetch_all(self.readers())
                .await?;
        let name = hash.to_string();
        for payload in large {
            let bytes = self.blobs().get(words::parse(&payload)?).await?;
            let holds = bytes
                .windows(name.len())
                .any(|part| part == name.as_bytes());
            if holds {
                return Ok(true);
            }
        }
        Ok(false)
    }

    async fn is_blob_named(&self, hash: Hash) -> Result<bool, StoreError> {
        Ok(sqlx::query_scalar(
            "select exists (select 1 from file_parts where kept_hash = $1)
                 or exists (select 1 from journal where payload_blob = $1)",
        )
        .bind(hash.to_string())
        .fetch_one(self.readers())
        .await?)
    }
}
