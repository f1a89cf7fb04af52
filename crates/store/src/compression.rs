//! What a briefing always or never keeps: added and taken away by a person.

use krake_domain::compression::CompressionRule;
use krake_domain::id::CompressionRuleId;
use krake_domain::time::Timestamp;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

impl Store {
    /// Keeps a rule.
    pub async fn add_compression_rule(&self, rule: CompressionRule) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                sqlx::query(
                    "insert into compression_rules (id, workspace_id, project_id, effect, subject,
                     created_at) values ($1, $2, $3, $4, $5, $6)",
                )
                .bind(rule.id.to_string())
                .bind(rule.workspace.to_string())
                .bind(rule.project)
                .bind(words::spell(&rule.effect))
                .bind(serde_json::to_string(&rule.subject).expect("plain data"))
                .bind(rule.created_at.0)
                .execute(&mut transaction.connection)
                .await?;
                transaction.changed(Tag::CompressionRules);
                Ok(())
            })
        })
        .await
    }

    /// All rules, oldest first.
    pub async fn list_compression_rules(&self) -> Result<Vec<CompressionRule>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("select * from compression_rules order by id")
            .fetch_all(self.readers())
            .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// The rules that hold for a project: its own, and those for all.
    pub async fn compression_rules_for(
        &self,
        project: Option<&str>,
    ) -> Result<Vec<CompressionRule>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from compression_rules where project_id is null or project_id = $1 order by id",
        )
        .bind(project.map(str::to_owned))
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// Takes a rule away. `false`: there was none of that id.
    pub async fn remove_compression_rule(&self, id: CompressionRuleId) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let removed = sqlx::query("delete from compression_rules where id = $1")
                    .bind(id.to_string())
                    .execute(&mut transaction.connection)
                    .await?
                    .rows_affected();
                transaction.changed(Tag::CompressionRules);
                Ok(removed == 1)
            })
        })
        .await
    }
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        project_id: Option<String>,
        effect: String,
        subject: String,
        created_at: i64,
    }
}

impl Row {
    fn parse(self) -> Result<CompressionRule, StoreError> {
        Ok(CompressionRule {
            id: words::parse(&self.id)?,
            workspace: words::parse(&self.workspace_id)?,
            project: self.project_id,
            effect: words::read(&self.effect)?,
            subject: serde_json::from_str(&self.subject)
                .map_err(|error| StoreError::Corrupt(format!("a rule: {error}")))?,
            created_at: Timestamp(self.created_at),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::uuid;
    use krake_domain::compression::{Retention, Subject};
    use krake_domain::id::WorkspaceId;

    #[tokio::test]
    async fn a_rule_holds_for_its_project_or_for_all_until_it_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let rule = |project: Option<&str>, path: &str| CompressionRule {
            id: CompressionRuleId::from_uuid(uuid()),
            workspace: WorkspaceId::PERSONAL,
            project: project.map(str::to_owned),
            effect: Retention::NeverKeep,
            subject: Subject::File {
                path: path.to_owned(),
            },
            created_at: Timestamp(1),
        };
        let (all, shop) = (rule(None, "secret"), rule(Some("shop"), "old"));
        for one in [&all, &shop] {
            store.add_compression_rule(one.clone()).await.unwrap();
        }
        let of = async |project| store.compression_rules_for(project).await.unwrap().len();
        assert_eq!(
            [of(None).await, of(Some("shop")).await, of(Some("x")).await],
            [1, 2, 1]
        );
        assert!(store.remove_compression_rule(all.id).await.unwrap());
        assert!(!store.remove_compression_rule(all.id).await.unwrap());
        assert_eq!(store.list_compression_rules().await.unwrap(), [shop]);
    }
}
