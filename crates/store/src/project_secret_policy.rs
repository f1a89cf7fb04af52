//! What a person wants done with the words of secrets in one project, where that is not what holds for
//! all.

use krake_domain::id::{ProjectId, SafeId, WorkspaceId};
use krake_domain::kept_secret::SecretPolicy;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::kept_secrets::leave_empty_safes;
use crate::store::Store;
use crate::words;

impl Store {
    /// Projects that have a policy of their own.
    pub async fn project_secret_policies(
        &self,
    ) -> Result<Vec<(ProjectId, SecretPolicy)>, StoreError> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "select project_id, policy from project_secret_policy order by project_id",
        )
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|(id, policy)| Ok((words::parse(id)?, words::read(policy)?)))
            .collect()
    }

    /// Says what a person wants for one project; without a policy it goes by what holds for all. From
    /// now on the key of this safe belongs to what is kept.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_project_secret_policy(
        &self,
        project: ProjectId,
        policy: Option<SecretPolicy>,
        safe: Option<SafeId>,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                sqlx::query("delete from project_secret_policy where project_id = $1")
                    .bind(project.to_string())
                    .execute(&mut *connection)
                    .await?;
                if let Some(policy) = policy {
                    let written = sqlx::query(
                        "insert into project_secret_policy (project_id, workspace_id, policy)
                         select id, workspace_id, $2 from projects where id = $1",
                    )
                    .bind(project.to_string())
                    .bind(policy.as_str())
                    .execute(&mut *connection)
                    .await?;
                    if written.rows_affected() == 0 {
                        return Err(StoreError::NotFound(format!("project {project}")));
                    }
                }
                if let Some(safe) = safe {
                    sqlx::query(
                        "update safes set state = 'kept' where id = $1 and state = 'adding'",
                    )
                    .bind(safe.to_string())
                    .execute(&mut *connection)
                    .await?;
                    sqlx::query(
                        "insert into secret_policy (workspace_id, policy, safe_id)
                         values ($1, 'drop', $2)
                         on conflict (workspace_id) do update set safe_id = excluded.safe_id",
                    )
                    .bind(WorkspaceId::PERSONAL.to_string())
                    .bind(safe.to_string())
                    .execute(&mut *connection)
                    .await?;
                }
                leave_empty_safes(connection).await?;
                transaction.changed(Tag::Secrets);
                transaction.changed(Tag::Projects);
                Ok(())
            })
        })
        .await
    }
}
