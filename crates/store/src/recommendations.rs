//! What a person said to recommendations: never again, or not before a moment.

use std::collections::BTreeMap;

use krake_domain::id::WorkspaceId;
use krake_domain::time::Timestamp;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::store::Store;

/// What was said to one recommendation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecommendationMark {
    /// Not before this moment; absent: never again.
    pub until: Option<Timestamp>,
    pub at: Timestamp,
}

impl Store {
    /// Keeps what was said to a recommendation, in place of what was said before; nothing takes it back.
    pub async fn mark_recommendation(
        &self,
        recommendation: String,
        mark: Option<RecommendationMark>,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let workspace = WorkspaceId::PERSONAL.to_string();
                match mark {
                    Some(mark) => sqlx::query(
                        "insert into recommendation_marks (workspace_id, recommendation, until, at)
                         values ($1, $2, $3, $4)
                         on conflict (workspace_id, recommendation)
                         do update set until = excluded.until, at = excluded.at",
                    )
                    .bind(workspace)
                    .bind(recommendation)
                    .bind(mark.until.map(|at| at.0))
                    .bind(mark.at.0),
                    None => sqlx::query(
                        "delete from recommendation_marks
                         where workspace_id = $1 and recommendation = $2",
                    )
                    .bind(workspace)
                    .bind(recommendation),
                }
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::Recommendations);
                Ok(())
            })
        })
        .await
    }

    /// Everything that was said to recommendations.
    pub async fn recommendation_marks(
        &self,
    ) -> Result<BTreeMap<String, RecommendationMark>, StoreError> {
        let rows: Vec<(String, Option<i64>, i64)> =
            sqlx::query_as("select recommendation, until, at from recommendation_marks")
                .fetch_all(self.readers())
                .await?;
        let marks = rows.into_iter().map(|(recommendation, until, at)| {
            let mark = RecommendationMark {
                until: until.map(Timestamp),
                at: Timestamp(at),
            };
            (recommendation, mark)
        });
        Ok(marks.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_last_word_counts_and_can_be_taken_back() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let snoozed = RecommendationMark {
            until: Some(Timestamp(9)),
            at: Timestamp(1),
        };
        let dismissed = RecommendationMark {
            until: None,
            at: Timestamp(2),
        };
        for mark in [snoozed, dismissed] {
            store
                .mark_recommendation("a".to_owned(), Some(mark))
                .await
                .unwrap();
            let kept = store.recommendation_marks().await.unwrap();
            assert_eq!(kept, BTreeMap::from([("a".to_owned(), mark)]));
        }
        let mut commits = store.commits();
        store
            .mark_recommendation("a".to_owned(), None)
            .await
            .unwrap();
        assert_eq!(commits.recv().await.unwrap().tags, [Tag::Recommendations]);
        assert!(store.recommendation_marks().await.unwrap().is_empty());
    }
}
