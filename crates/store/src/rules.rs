//! Standing rules: made by the event that says so, in its transaction; revoked by a person.

use krake_domain::id::RuleId;
use krake_domain::principal::Principal;
use krake_domain::rule::Rule;
use krake_domain::time::Timestamp;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// A rule with what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRow {
    pub rule: Rule,
    pub revoked: Option<Revoked>,
    /// Attempts that it allowed.
    pub times_used: u32,
    pub last_used_at: Option<Timestamp>,
}

/// Who took a rule back, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    pub at: Timestamp,
    pub by: Principal,
}

impl Store {
    /// All rules, newest first, also those that do not hold any more.
    pub async fn list_rules(&self) -> Result<Vec<RuleRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as("select * from rules order by id desc")
            .fetch_all(self.readers())
            .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// The rules that nobody revoked and that hold at `now`, oldest first.
    pub async fn rules_in_force(&self, now: Timestamp) -> Result<Vec<Rule>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from rules where revoked_at is null and expires_at > $1 order by id",
        )
        .bind(now.0)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter()
            .map(|row| row.parse().map(|row| row.rule))
            .collect()
    }

    /// One rule, if there is one of that id.
    pub async fn find_rule(&self, id: RuleId) -> Result<Option<RuleRow>, StoreError> {
        let row: Option<Row> = sqlx::query_as("select * from rules where id = $1")
            .bind(id.to_string())
            .fetch_optional(self.readers())
            .await?;
        row.map(Row::parse).transpose()
    }

    /// Takes a rule back. The first revocation counts; a second one changes nothing.
    pub async fn revoke_rule(
        &self,
        id: RuleId,
        by: Principal,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let known = sqlx::query(
                    "update rules set revoked_at = coalesce(revoked_at, $2),
                            revoked_by = coalesce(revoked_by, $3)
                     where id = $1",
                )
                .bind(id.to_string())
                .bind(at.0)
                .bind(serde_json::to_string(&by).expect("a principal is plain data"))
                .execute(&mut transaction.connection)
                .await?;
                if known.rows_affected() == 0 {
                    return Err(StoreError::NotFound(format!("rule {id}")));
                }
                transaction.changed(Tag::Rules);
                Ok(())
            })
        })
        .await
    }
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        tool: String,
        definition: String,
        pattern: String,
        approval_id: String,
        created_at: i64,
        created_by: String,
        expires_at: i64,
        revoked_at: Option<i64>,
        revoked_by: Option<String>,
        times_used: i64,
        last_used_at: Option<i64>,
    }
}

impl Row {
    fn parse(self) -> Result<RuleRow, StoreError> {
        Ok(RuleRow {
            rule: Rule {
                id: words::parse(&self.id)?,
                workspace: words::parse(&self.workspace_id)?,
                tool: self.tool,
                definition: words::parse(&self.definition)?,
                pattern: json(&self.pattern)?,
                created_at: Timestamp(self.created_at),
                by: json(&self.created_by)?,
                approval: words::parse(&self.approval_id)?,
                expires_at: Timestamp(self.expires_at),
            },
            revoked: match (self.revoked_at, self.revoked_by) {
                (Some(at), Some(by)) => Some(Revoked {
                    at: Timestamp(at),
                    by: json(&by)?,
                }),
                _ => None,
            },
            times_used: words::count(self.times_used)?,
            last_used_at: self.last_used_at.map(Timestamp),
        })
    }
}

fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("a rule cannot be read: {error}")))
}

#[cfg(test)]
mod tests {
    use krake_domain::event::{AllowedBy, Event};
    use krake_domain::hash::Hash;
    use krake_domain::id::{ApprovalId, WorkspaceId};
    use krake_domain::rule::Pattern;
    use krake_domain::tool::EffectClass;

    use super::*;
    use crate::fixture;

    fn rule(name: &[u8], expires_at: i64) -> Rule {
        Rule {
            id: RuleId::from_parts(Timestamp(1), Hash::of(name)),
            workspace: WorkspaceId::PERSONAL,
            tool: "fs.write".to_owned(),
            definition: Hash::of(b"definition"),
            pattern: Pattern::Folder {
                folder: "/work".to_owned(),
            },
            created_at: Timestamp(1),
            by: Principal::owner(),
            approval: ApprovalId::from_parts(Timestamp(1), Hash::of(name)),
            expires_at: Timestamp(expires_at),
        }
    }

    fn used(rule: RuleId) -> Event {
        Event::AttemptStarted {
            step: fixture::step("write"),
            attempt: 1,
            epoch: 1,
            args_hash: Hash::ZERO,
            definition: Hash::ZERO,
            key: "key".to_owned(),
            class: EffectClass::Checkable,
            approval: None,
            allowed_by: Some(AllowedBy::Rule { rule }),
            target_state: None,
            wakes_at: None,
        }
    }

    #[tokio::test]
    async fn rules_follow_from_their_events_and_are_taken_back_once() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let execution = fixture::execution();
        let (short, long) = (rule(b"short", 10), rule(b"long", 1_000));
        let made = [&short, &long].map(|rule| Event::RuleMade {
            rule: Box::new(rule.clone()),
        });
        store.append(fixture::batch(execution, made)).await.unwrap();
        let uses = [used(long.id), used(long.id)];
        store.append(fixture::batch(execution, uses)).await.unwrap();

        let in_force = |at| {
            let store = store.clone();
            async move { store.rules_in_force(Timestamp(at)).await.unwrap() }
        };
        assert_eq!(in_force(9).await.len(), 2);
        assert_eq!(in_force(10).await, std::slice::from_ref(&long));
        let found = store.find_rule(long.id).await.unwrap().unwrap();
        assert_eq!((found.times_used, found.rule.clone()), (2, long.clone()));
        assert!(found.last_used_at.is_some() && found.revoked.is_none());

        let machine = Principal::Machine {
            name: "late".to_owned(),
        };
        for (by, at) in [(Principal::owner(), 20), (machine, 30)] {
            store.revoke_rule(long.id, by, Timestamp(at)).await.unwrap();
        }
        assert_eq!(in_force(25).await, []);
        let revoked = store.find_rule(long.id).await.unwrap().unwrap().revoked;
        let first = Revoked {
            at: Timestamp(20),
            by: Principal::owner(),
        };
        assert_eq!(revoked, Some(first));
        assert_eq!(store.list_rules().await.unwrap().len(), 2);
        let unknown = RuleId::from_parts(Timestamp(1), Hash::of(b"unknown"));
        let refused = store
            .revoke_rule(unknown, Principal::owner(), Timestamp(1))
            .await;
        assert!(matches!(refused, Err(StoreError::NotFound(_))));
        assert_eq!(store.verify_journal().await.unwrap().faults, []);
    }
}
