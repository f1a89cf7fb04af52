//! The list of executions, read without folding their journals.

use krake_domain::execution::ExecutionStatus;
use krake_domain::id::{ExecutionId, WorkspaceId};
use krake_domain::time::Timestamp;

use crate::batch::Summary;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Which executions are wanted, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecutionFilter {
    pub status: Option<ExecutionStatus>,
    /// Found anywhere in name, title or source, whatever the case of ASCII letters.
    pub text: Option<String>,
    pub limit: u32,
    /// The `next` of the page before.
    pub before: Option<ExecutionId>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    pub rows: Vec<T>,
    /// Where the next part starts; absent at the end.
    pub next: Option<ExecutionId>,
}

/// An execution in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExecutionRow {
    pub id: ExecutionId,
    pub workspace: WorkspaceId,
    pub summary: Summary,
}

impl Store {
    /// Executions that live on after a start: neither ended nor only proposed, oldest first. One
    /// that a limit stopped lives, and waits.
    pub async fn unfinished(&self) -> Result<Vec<ExecutionId>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(
            "select id from executions
             where status in ('running', 'waiting', 'paused', 'cancelling')
                or (status = 'stopped' and ended_at is null)
             order by id",
        )
        .fetch_all(self.readers())
        .await?;
        ids.iter().map(|id| words::parse(id)).collect()
    }

    /// One page of executions.
    pub async fn list_executions(
        &self,
        filter: ExecutionFilter,
    ) -> Result<Page<ExecutionRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from executions
             where ($1 is null or status = $1)
               and ($2 is null
                    or instr(lower(name || char(10) || title || char(10) || source), lower($2)))
               and ($3 is null or id < $3)
             order by id desc limit $4",
        )
        .bind(filter.status.map(ExecutionStatus::as_str))
        .bind(filter.text)
        .bind(filter.before.map(|id| id.to_string()))
        .bind(i64::from(filter.limit) + 1)
        .fetch_all(self.readers())
        .await?;
        let limit = usize::try_from(filter.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        let rows = rows
            .into_iter()
            .take(limit)
            .map(Row::parse)
            .collect::<Result<Vec<_>, _>>()?;
        let next = rows.last().filter(|_| more).map(|row| row.id);
        Ok(Page { rows, next })
    }

    /// One execution, if there is one of that id.
    pub async fn find_execution(
        &self,
        id: ExecutionId,
    ) -> Result<Option<ExecutionRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as("select * from executions where id = $1")
            .bind(id.to_string())
            .fetch_optional(self.readers())
            .await?;
        row.map(Row::parse).transpose()
    }
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        name: String,
        title: String,
        source: String,
        status: String,
        created_at: i64,
        started_at: Option<i64>,
        ended_at: Option<i64>,
        steps_total: i64,
        steps_done: i64,
        steps_failed: i64,
        waiting: i64,
    }
}

impl Row {
    fn parse(self) -> Result<ExecutionRow, StoreError> {
        Ok(ExecutionRow {
            id: words::parse(&self.id)?,
            workspace: words::parse(&self.workspace_id)?,
            summary: Summary {
                name: self.name,
                title: self.title,
                source: self.source,
                status: words::read(&self.status)?,
                created_at: Timestamp(self.created_at),
                started_at: self.started_at.map(Timestamp),
                ended_at: self.ended_at.map(Timestamp),
                steps_total: words::count(self.steps_total)?,
                steps_done: words::count(self.steps_done)?,
                steps_failed: words::count(self.steps_failed)?,
                waiting: words::count(self.waiting)?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;

    async fn keep(store: &Store, id: ExecutionId, status: ExecutionStatus, title: &str) {
        let mut batch = fixture::batch(id, []);
        batch.summary = Some(Summary {
            title: title.to_owned(),
            ..fixture::summary(status, 2)
        });
        assert_eq!(store.append(batch).await.unwrap(), []);
    }

    #[tokio::test]
    async fn lists_are_filtered_paged_and_newest_first() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let ids: Vec<ExecutionId> = (0..7).map(|_| fixture::execution()).collect();
        for id in &ids {
            keep(&store, *id, ExecutionStatus::Running, "100% Sure_thing").await;
        }
        keep(&store, ids[2], ExecutionStatus::Done, "other").await;
        keep(&store, ids[3], ExecutionStatus::Proposed, "x").await;

        let mut filter = ExecutionFilter {
            limit: 3,
            ..ExecutionFilter::default()
        };
        let mut seen = Vec::new();
        loop {
            let page = store.list_executions(filter.clone()).await.unwrap();
            seen.extend(page.rows.iter().map(|row| row.id));
            match page.next {
                Some(next) => filter.before = Some(next),
                None => break,
            }
        }
        assert_eq!(seen, ids.iter().rev().copied().collect::<Vec<_>>());

        let count = |status, text: &str| {
            let filter = ExecutionFilter {
                status,
                text: Some(text.to_owned()),
                limit: 100,
                before: None,
            };
            let store = store.clone();
            async move { store.list_executions(filter).await.unwrap().rows.len() }
        };
        assert_eq!(count(None, "0% sure_").await, 5);
        assert_eq!(count(Some(ExecutionStatus::Done), "UNEVEN").await, 1);
        assert_eq!(count(Some(ExecutionStatus::Failed), "").await, 0);

        // In a journal of the first version `stopped` was an end.
        let mut old = fixture::batch(ids[1], []);
        let summary = fixture::summary(ExecutionStatus::Stopped, 2);
        old.summary = Some(Summary {
            ended_at: Some(Timestamp(9)),
            ..summary.clone()
        });
        store.append(old).await.unwrap();
        let mut stopped = fixture::batch(ids[4], []);
        stopped.summary = Some(summary);
        store.append(stopped).await.unwrap();
        let expected: Vec<ExecutionId> = [0, 4, 5, 6].map(|place| ids[place]).to_vec();
        assert_eq!(store.unfinished().await.unwrap(), expected);
        let row = store.find_execution(ids[2]).await.unwrap().unwrap();
        assert_eq!(row.summary.status, ExecutionStatus::Done);
        assert_eq!(row.summary.steps_done, 2);
        let absent = store.find_execution(fixture::execution()).await.unwrap();
        assert_eq!(absent, None);
    }
}
