//! How much there is: numbers for the overview.

use std::collections::BTreeMap;

use krake_domain::execution::ExecutionStatus;

use crate::error::StoreError;
use crate::store::Store;
use crate::words;

/// Numbers of one data folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// By status; a status that none has is absent.
    pub executions: Vec<(ExecutionStatus, u64)>,
    pub sessions: u64,
    /// Projects that are active, and all.
    pub projects: u64,
    pub all_projects: u64,
    /// Entries that were not superseded.
    pub knowledge: u64,
}

impl Store {
    /// Counts everything once.
    pub async fn counts(&self) -> Result<Counts, StoreError> {
        let statuses: BTreeMap<String, i64> = sqlx::query_as::<_, (String, i64)>(
            "select status, count(*) from executions group by status order by status",
        )
        .fetch_all(self.readers())
        .await?
        .into_iter()
        .collect();
        let (sessions, projects, all_projects, knowledge): (i64, i64, i64, i64) = sqlx::query_as(
            "select (select count(*) from sessions),
                    (select count(*) from projects where status = 'active'),
                    (select count(*) from projects),
                    (select count(*) from knowledge
                     where superseded_by is null and withdrawn_at is null)",
        )
        .fetch_one(self.readers())
        .await?;
        let executions = statuses
            .iter()
            .map(|(status, count)| Ok((words::read(status)?, words::count(*count)?)));
        Ok(Counts {
            executions: executions.collect::<Result<_, StoreError>>()?,
            sessions: words::count(sessions)?,
            projects: words::count(projects)?,
            all_projects: words::count(all_projects)?,
            knowledge: words::count(knowledge)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_empty_folder_counts_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        assert_eq!(store.counts().await.unwrap(), Counts::default());
    }
}
