//! The knowledge base: entries kept once per key, found by their words, superseded and never deleted.

use krake_domain::id::KnowledgeId;
use krake_domain::knowledge::KnowledgeEntry;
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Which entries of the list.
#[derive(Debug, Clone, Default)]
pub struct KnowledgeFilter {
    pub category: Option<String>,
    /// Without those that were superseded or withdrawn.
    pub current: bool,
    /// The cursor of a page.
    pub before: Option<i64>,
    pub limit: u32,
}

/// Entries, newest first, and where the next page begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnowledgePage {
    pub entries: Vec<KnowledgeEntry>,
    pub next: Option<i64>,
}

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
                if insert(&mut transaction.connection, &entry, &key).await? {
                    transaction.changed(Tag::Knowledge);
                    return Ok(entry.id);
                }
                let id: String = sqlx::query_scalar(
                    "select id from knowledge where workspace_id = $1 and key = $2",
                )
                .bind(entry.workspace.to_string())
                .bind(key)
                .fetch_one(&mut transaction.connection)
                .await?;
                words::parse(&id)
            })
        })
        .await
    }

    /// The newest entries that the filter lets through.
    pub async fn list_knowledge(
        &self,
        filter: KnowledgeFilter,
    ) -> Result<KnowledgePage, StoreError> {
        let mut rows: Vec<Row> = sqlx::query_as(
            "select * from knowledge
             where ($1 is null or category = $1) and (not $2 or (superseded_by is null and withdrawn_at is null))
               and ($3 is null or entry < $3)
             order by entry desc limit $4",
        )
        .bind(filter.category)
        .bind(filter.current)
        .bind(filter.before)
        .bind(i64::from(filter.limit) + 1)
        .fetch_all(self.readers())
        .await?;
        let more = rows.len() > filter.limit as usize;
        rows.truncate(filter.limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.entry);
        let entries = rows.into_iter().map(Row::parse).collect::<Result<_, _>>()?;
        Ok(KnowledgePage { entries, next })
    }

    /// How many entries each category has; only those that are current are counted.
    pub async fn knowledge_categories(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as(
            "select category, count(*) from knowledge
             where superseded_by is null and withdrawn_at is null
             group by category order by category",
        )
        .fetch_all(self.readers())
        .await?;
        let counted = rows.into_iter();
        Ok(counted
            .map(|(category, count)| (category, count.unsigned_abs()))
            .collect())
    }

    /// An entry with all that it replaced, the newest first.
    pub async fn find_knowledge(
        &self,
        id: KnowledgeId,
    ) -> Result<Option<(KnowledgeEntry, Vec<KnowledgeEntry>)>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "with recursive line (entry) as (
                 select entry from knowledge where id = $1
                 union
                 select older.entry from knowledge older
                 join knowledge newer on older.superseded_by = newer.id
                 join line on line.entry = newer.entry
             )
             select knowledge.* from line join knowledge using (entry) order by id = $1 desc, entry desc",
        )
        .bind(id.to_string())
        .fetch_all(self.readers())
        .await?;
        let mut entries = rows.into_iter().map(Row::parse);
        let Some(entry) = entries.next().transpose()? else {
            return Ok(None);
        };
        Ok(Some((entry, entries.collect::<Result<_, _>>()?)))
    }

    /// Entries that hold every word of the query (the last may be a beginning), best first, of
    /// those that are current. A query without words finds nothing.
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
               and withdrawn_at is null
             order by bm25(knowledge_words, 4.0, 1.0), entry desc limit $2",
        )
        .bind(terms)
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// Keeps `entry` in place of `old`, which stays readable. Gives what had replaced `old` before,
    /// if something had; then nothing is kept.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for `old`.
    pub async fn supersede_knowledge(
        &self,
        old: KnowledgeId,
        entry: KnowledgeEntry,
    ) -> Result<Option<KnowledgeId>, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                let replaced: Option<Option<String>> =
                    sqlx::query_scalar("select superseded_by from knowledge where id = $1")
                        .bind(old.to_string())
                        .fetch_optional(&mut *connection)
                        .await?;
                match replaced {
                    None => return Err(StoreError::NotFound(format!("knowledge {old}"))),
                    Some(Some(by)) => return words::parse(&by).map(Some),
                    Some(None) => {}
                }
                insert(connection, &entry, &entry.id.to_string()).await?;
                sqlx::query("update knowledge set superseded_by = $2 where id = $1")
                    .bind(old.to_string())
                    .bind(entry.id.to_string())
                    .execute(connection)
                    .await?;
                transaction.changed(Tag::Knowledge);
                Ok(None)
            })
        })
        .await
    }
}

/// Whether it was new under this key.
async fn insert(
    connection: &mut SqliteConnection,
    entry: &KnowledgeEntry,
    key: &str,
) -> Result<bool, StoreError> {
    let sources = serde_json::to_string(&entry.sources).expect("a list of texts");
    let added = sqlx::query(
        "insert into knowledge (id, workspace_id, key, category, title, text, sources, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)
         on conflict (workspace_id, key) do nothing",
    )
    .bind(entry.id.to_string())
    .bind(entry.workspace.to_string())
    .bind(key.to_owned())
    .bind(entry.category.clone())
    .bind(entry.title.clone())
    .bind(entry.text.clone())
    .bind(sources)
    .bind(entry.created_at.0)
    .execute(connection)
    .await?;
    Ok(added.rows_affected() == 1)
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
        entry: i64,
        id: String,
        workspace_id: String,
        category: String,
        title: String,
        text: String,
        sources: String,
        created_at: i64,
        superseded_by: Option<String>,
        withdrawn_at: Option<i64>,
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
            withdrawn_at: self.withdrawn_at.map(Timestamp),
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
            withdrawn_at: None,
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
        let replaced = store.supersede_knowledge(first.id, second.clone()).await;
        assert_eq!(replaced.unwrap(), None);
        let found = store.search_knowledge("cafe", 10).await.unwrap();
        assert_eq!(found, std::slice::from_ref(&second));
        let third = entry("Cafe", "another");
        let late = store.supersede_knowledge(first.id, third.clone()).await;
        assert_eq!(
            late.unwrap(),
            Some(second.id),
            "a correction is not corrected twice"
        );
        assert_eq!(store.find_knowledge(third.id).await.unwrap(), None);
        let (shown, older) = store.find_knowledge(second.id).await.unwrap().unwrap();
        assert_eq!(shown, second);
        assert_eq!(older[0].superseded_by, Some(second.id));
        let counts = store.knowledge_categories().await.unwrap();
        assert_eq!(counts, [("solution".to_owned(), 1)]);

        let page = |category: &str, current, before| KnowledgeFilter {
            category: Some(category.to_owned()),
            current,
            before,
            limit: 1,
        };
        let newest = store
            .list_knowledge(page("solution", false, None))
            .await
            .unwrap();
        assert_eq!(newest.entries, [second]);
        let older = store
            .list_knowledge(page("solution", false, newest.next))
            .await
            .unwrap();
        assert_eq!((older.entries[0].id, older.next), (first.id, None));
        let current = store
            .list_knowledge(page("solution", true, None))
            .await
            .unwrap();
        assert_eq!(current.next, None);
        assert_eq!(
            store
                .list_knowledge(page("x", false, None))
                .await
                .unwrap()
                .entries,
            []
        );
        let unknown = KnowledgeId::from_uuid(uuid());
        assert!(matches!(
            store.supersede_knowledge(unknown, entry("a", "b")).await,
            Err(StoreError::NotFound(_))
        ));
    }
}
