//! The knowledge base: entries kept once per key, found by their words, superseded and never deleted.

use krake_domain::id::KnowledgeId;
use krake_domain::knowledge::KnowledgeEntry;
use krake_domain::time::Timestamp;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

impl Store {
    /// Keeps an entry. A second call with the same key (in the same workspace) keeps nothing and
    /// returns the id of the first, so a step that is repeated adds one entry.
    pub async fn add_knowledge(
        &self,
        entry: KnowledgeEntry,
        key: &str,
    ) -> Result<KnowledgeId, StoreError> {
        let key = key.to_owned();
        self.write(move |transaction| {
            Box::pin(async move {
                let workspace = entry.workspace.to_string();
                let sources = serde_json::to_string(&entry.sources).expect("a list of texts");
                let added = sqlx::query(
                    "insert into knowledge (id, workspace_id, key, category, title, text, sources,
                     created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)
                     on conflict (workspace_id, key) do nothing",
                )
                .bind(entry.id.to_string())
                .bind(workspace.clone())
                .bind(key.clone())
                .bind(entry.category)
                .bind(entry.title)
                .bind(entry.text)
                .bind(sources)
                .bind(entry.created_at.0)
                .execute(&mut transaction.connection)
                .await?;
                if added.rows_affected() == 1 {
                    transaction.changed(Tag::Knowledge);
                    return Ok(entry.id);
                }
                let id: String = sqlx::query_scalar(
                    "select id from knowledge where workspace_id = $1 and key = $2",
                )
                .bind(workspace)
                .bind(key)
                .fetch_one(&mut transaction.connection)
                .await?;
                words::parse(&id)
            })
        })
        .await
    }

    /// The newest entries, of one category or of all, with those that were superseded.
    pub async fn list_knowledge(
        &self,
        category: Option<&str>,
        limit: u32,
    ) -> Result<Vec<KnowledgeEntry>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from knowledge where $1 is null or category = $1 order by entry desc limit $2",
        )
        .bind(category.map(str::to_owned))
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// Entries that hold every word of the query (the last may be a beginning), best first, without
    /// those that were superseded. A query without words finds nothing.
    pub async fn search_knowledge(
        &self,
        query: &str,
        limit: u32,
    ) -> Result<Vec<KnowledgeEntry>, StoreError> {
        let Some(terms) = quoted(query) else {
            return Ok(Vec::new());
        };
        let rows: Vec<Row> = sqlx::query_as(
            "select knowledge.* from knowledge_words
             join knowledge on knowledge.entry = knowledge_words.rowid
             where knowledge_words match $1 and superseded_by is null
             order by bm25(knowledge_words, 4.0, 1.0), entry desc limit $2",
        )
        .bind(terms)
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// Says that `by` replaces `old`; both stay readable.
    pub async fn supersede_knowledge(
        &self,
        old: KnowledgeId,
        by: KnowledgeId,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let changed = sqlx::query(
                    "update knowledge set superseded_by = $2 where id = $1 and id <> $2
                     and exists (select 1 from knowledge where id = $2)",
                )
                .bind(old.to_string())
                .bind(by.to_string())
                .execute(&mut transaction.connection)
                .await?;
                if changed.rows_affected() == 0 {
                    return Err(StoreError::NotFound(format!("knowledge {old} or {by}")));
                }
                transaction.changed(Tag::Knowledge);
                Ok(())
            })
        })
        .await
    }
}

/// Each word in quotes, so that nothing in it is read as an operator of the search language; the last
/// one matches as a beginning.
fn quoted(query: &str) -> Option<String> {
    let terms: Vec<String> = query
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!("\"{word}\""))
        .collect();
    (!terms.is_empty()).then(|| terms.join(" ") + "*")
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        category: String,
        title: String,
        text: String,
        sources: String,
        created_at: i64,
        superseded_by: Option<String>,
    }
}

impl Row {
    fn parse(self) -> Result<KnowledgeEntry, StoreError> {
        Ok(KnowledgeEntry {
            id: words::parse(&self.id)?,
            workspace: words::parse(&self.workspace_id)?,
            category: self.category,
            title: self.title,
            text: self.text,
            sources: serde_json::from_str(&self.sources)
                .map_err(|error| StoreError::Corrupt(format!("sources: {error}")))?,
            created_at: Timestamp(self.created_at),
            superseded_by: self.superseded_by.map(|id| words::parse(&id)).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::uuid;
    use krake_domain::id::WorkspaceId;

    fn entry(title: &str, text: &str) -> KnowledgeEntry {
        KnowledgeEntry {
            id: KnowledgeId::from_uuid(uuid()),
            workspace: WorkspaceId::PERSONAL,
            category: "solution".to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            sources: vec!["[#12]".to_owned()],
            created_at: Timestamp(1),
            superseded_by: None,
        }
    }

    #[tokio::test]
    async fn entries_are_kept_once_found_by_words_and_superseded() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let mut commits = store.commits();
        let first = entry("Café crashes", "restart the \"proxy\" AND wait");
        let id = store.add_knowledge(first.clone(), "k1").await.unwrap();
        assert_eq!(id, first.id);
        assert_eq!(commits.recv().await.unwrap().tags, [Tag::Knowledge]);
        assert_eq!(
            store.add_knowledge(entry("x", "y"), "k1").await.unwrap(),
            id
        );
        assert_eq!(commits.recv().await.unwrap().tags, []);

        for found in ["cafe", "PROXY", "\"proxy\" OR", "cafe rest", "crash"] {
            let entries = store.search_knowledge(found, 10).await.unwrap();
            let expected = usize::from(found != "\"proxy\" OR");
            assert_eq!(entries.len(), expected, "{found}");
        }
        for odd in ["", "***", "\"", "NEAR(", "title:", "-", "a\" b"] {
            store.search_knowledge(odd, 10).await.unwrap();
        }
        let second = entry("Cafe fixed", "use port 8080");
        store.add_knowledge(second.clone(), "k2").await.unwrap();
        store
            .supersede_knowledge(first.id, second.id)
            .await
            .unwrap();
        let found = store.search_knowledge("cafe", 10).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&second));
        let all = store.list_knowledge(Some("solution"), 10).await.unwrap();
        assert_eq!(all.len(), 2);
        assert_eq!(all[1].superseded_by, Some(second.id));
        assert_eq!(store.list_knowledge(Some("x"), 9).await.unwrap(), []);
        assert!(matches!(
            store.supersede_knowledge(second.id, second.id).await,
            Err(StoreError::NotFound(_))
        ));
    }
}
