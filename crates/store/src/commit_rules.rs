//! What a person said about commits before a handoff, one for each project.

use krake_domain::commit_rule::CommitRule;
use krake_domain::id::ProjectId;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::store::Store;
use crate::words;

impl Store {
    /// The rule of a project; none where nobody was asked yet.
    pub async fn find_commit_rule(
        &self,
        project: ProjectId,
    ) -> Result<Option<CommitRule>, StoreError> {
        let row: Option<(String, String)> =
            sqlx::query_as("select rule, branch from commit_rules where project_id = $1")
                .bind(project.to_string())
                .fetch_optional(self.readers())
                .await?;
        row.map(|(when, branch)| {
            Ok(CommitRule {
                when: words::read(&when)?,
                branch,
            })
        })
        .transpose()
    }

    /// Puts this rule in place of the one before.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_commit_rule(
        &self,
        project: ProjectId,
        rule: CommitRule,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let written = sqlx::query(
                    "insert into commit_rules (project_id, workspace_id, rule, branch)
                     select id, workspace_id, $2, $3 from projects where id = $1
                     on conflict (project_id) do update set rule = excluded.rule,
                     branch = excluded.branch",
                )
                .bind(project.to_string())
                .bind(words::spell(&rule.when))
                .bind(rule.branch)
                .execute(&mut transaction.connection)
                .await?;
                if written.rows_affected() == 0 {
                    return Err(StoreError::NotFound(format!("project {project}")));
                }
                transaction.changed(Tag::Projects);
                Ok(())
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use krake_domain::commit_rule::CommitWhen;

    use super::*;
    use crate::fixture;

    #[tokio::test]
    async fn a_rule_is_asked_for_once_and_goes_with_its_project() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let project = fixture::project("shop", "/work/shop");
        store.add_project(project.clone()).await.unwrap();
        assert_eq!(store.find_commit_rule(project.id).await.unwrap(), None);
        for when in [CommitWhen::Ask, CommitWhen::Always] {
            let rule = CommitRule {
                when,
                branch: "krake/{date}".to_owned(),
            };
            store
                .set_commit_rule(project.id, rule.clone())
                .await
                .unwrap();
            assert_eq!(
                store.find_commit_rule(project.id).await.unwrap(),
                Some(rule)
            );
        }
        store.remove_project(project.id).await.unwrap();
        assert_eq!(store.find_commit_rule(project.id).await.unwrap(), None);
        let never = CommitRule {
            when: CommitWhen::Never,
            branch: String::new(),
        };
        let refused = store.set_commit_rule(project.id, never).await;
        assert!(matches!(refused, Err(StoreError::NotFound(_))));
    }
}
