//! What was seen of the limits of accounts: every look is kept for a while, the newest counts.

use std::collections::BTreeMap;

use krake_domain::amount::Amount;
use krake_domain::id::{AccountId, WorkspaceId};
use krake_domain::limit::{LimitSeen, Span};
use krake_domain::time::Timestamp;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// Looks older than this tell no rate any more; the newest of each kind stays whatever its age.
const KEPT_MS: i64 = 35 * 24 * 3_600_000;

impl Store {
    /// Keeps what was seen; looking twice at one moment keeps one look.
    pub async fn keep_limits(
        &self,
        account: AccountId,
        seen: Vec<LimitSeen>,
    ) -> Result<(), StoreError> {
        if seen.is_empty() {
            return Ok(());
        }
        self.write(move |transaction| {
            Box::pin(async move {
                let id = account.to_string();
                for look in seen {
                    let (span, source) = (words::spell(&look.span), words::spell(&look.source));
                    sqlx::query(
                        "insert into limits (account_id, workspace_id, span, unit, source, seen_at,
                         most, remaining, resets_at)
                         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                         on conflict (account_id, span, unit, source, seen_at) do update set
                         most = excluded.most, remaining = excluded.remaining,
                         resets_at = excluded.resets_at",
                    )
                    .bind(id.clone())
                    .bind(WorkspaceId::PERSONAL.to_string())
                    .bind(span.clone())
                    .bind(look.unit.clone())
                    .bind(source.clone())
                    .bind(look.seen_at.0)
                    .bind(look.limit.map(Amount::micros))
                    .bind(look.remaining.map(Amount::micros))
                    .bind(look.resets_at.map(|at| at.0))
                    .execute(&mut transaction.connection)
                    .await?;
                    let at = look.seen_at.0;
                    // A minute's limit tells no rate, and of the others one look a minute does.
                    let kept = match look.span {
                        Span::Minute => at,
                        _ => at.saturating_sub(KEPT_MS),
                    };
                    sqlx::query(
                        "delete from limits where account_id = $1 and span = $2 and unit = $3
                         and source = $4 and seen_at < $6 and (seen_at < $5 or seen_at >= $7)",
                    )
                    .bind(id.clone())
                    .bind(span)
                    .bind(look.unit)
                    .bind(source)
                    .bind(kept)
                    .bind(at)
                    .bind(at - at.rem_euclid(60_000))
                    .execute(&mut transaction.connection)
                    .await?;
                }
                transaction.changed(Tag::Accounts);
                Ok(())
            })
        })
        .await
    }

    /// Every look at the limits of one account, oldest first.
    pub async fn list_limits(&self, account: AccountId) -> Result<Vec<LimitSeen>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from limits where account_id = $1 order by span, unit, seen_at, source",
        )
        .bind(account.to_string())
        .fetch_all(self.readers())
        .await?;
        rows.into_iter()
            .map(|row| row.parse().map(|(_, seen)| seen))
            .collect()
    }

    /// The newest look at each limit of each account, in one pass: cheap enough to be asked often.
    pub async fn newest_limits(&self) -> Result<BTreeMap<AccountId, Vec<LimitSeen>>, StoreError> {
        // The other columns are those of the row with the largest moment.
        let rows: Vec<Row> = sqlx::query_as(
            "select account_id, span, unit, source, max(seen_at) as seen_at, most, remaining, resets_at
             from limits group by account_id, span, unit order by account_id, span, unit",
        )
        .fetch_all(self.readers())
        .await?;
        let mut all: BTreeMap<AccountId, Vec<LimitSeen>> = BTreeMap::new();
        for row in rows {
            let (account, seen) = row.parse()?;
            all.entry(account).or_default().push(seen);
        }
        Ok(all)
    }

    /// The looks of all accounts since a moment, and the newest of each kind whatever its age;
    /// oldest first.
    pub async fn limits_since(
        &self,
        since: Timestamp,
    ) -> Result<BTreeMap<AccountId, Vec<LimitSeen>>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select * from limits where seen_at >= $1 or seen_at = (
                 select max(seen_at) from limits as newer
                 where newer.account_id = limits.account_id and newer.span = limits.span
                   and newer.unit = limits.unit
             ) order by account_id, span, unit, seen_at, source",
        )
        .bind(since.0)
        .fetch_all(self.readers())
        .await?;
        let mut all: BTreeMap<AccountId, Vec<LimitSeen>> = BTreeMap::new();
        for row in rows {
            let (account, seen) = row.parse()?;
            all.entry(account).or_default().push(seen);
        }
        Ok(all)
    }
}

row! {
    struct Row {
        account_id: String,
        span: String,
        unit: String,
        source: String,
        seen_at: i64,
        most: Option<i64>,
        remaining: Option<i64>,
        resets_at: Option<i64>,
    }
}

impl Row {
    fn parse(self) -> Result<(AccountId, LimitSeen), StoreError> {
        let seen = LimitSeen {
            span: words::read(&self.span)?,
            unit: self.unit,
            limit: self.most.map(Amount::from_micros),
            remaining: self.remaining.map(Amount::from_micros),
            resets_at: self.resets_at.map(Timestamp),
            seen_at: Timestamp(self.seen_at),
            source: words::read(&self.source)?,
        };
        Ok((words::parse(&self.account_id)?, seen))
    }
}

#[cfg(test)]
mod tests {
    use krake_domain::account::Provider;
    use krake_domain::limit::LimitSource;

    use super::*;
    use crate::fixture::account;

    fn look(at: i64, left: u64) -> LimitSeen {
        LimitSeen {
            span: Span::FiveHours,
            unit: "percent".to_owned(),
            limit: Some(Amount::whole(100)),
            remaining: Some(Amount::whole(left)),
            resets_at: Some(Timestamp(at + 1_000)),
            seen_at: Timestamp(at),
            source: LimitSource::ToolLog,
        }
    }

    #[tokio::test]
    async fn the_newest_look_stays_and_old_ones_are_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let (one, two) = (
            account("One", Provider::ClaudeApp).id,
            account("Two", Provider::ChatGptApp).id,
        );
        store
            .keep_limits(one, vec![look(1, 90), look(60_002, 80)])
            .await
            .unwrap();
        // The same moment, and the same minute: the later word counts.
        store
            .keep_limits(one, vec![look(60_002, 75), look(60_003, 70)])
            .await
            .unwrap();
        store.keep_limits(two, vec![look(3, 50)]).await.unwrap();
        let seen = store.list_limits(one).await.unwrap();
        assert_eq!(seen, [look(1, 90), look(60_003, 70)]);
        let newest = store.newest_limits().await.unwrap();
        assert_eq!(
            (&newest[&one], &newest[&two]),
            (&vec![look(60_003, 70)], &vec![look(3, 50)])
        );
        let since = store.limits_since(Timestamp(100_000)).await.unwrap();
        assert_eq!(since[&one], [look(60_003, 70)]);
        assert_eq!(since[&two], [look(3, 50)]);
        let later = KEPT_MS + 60_003;
        store.keep_limits(one, vec![look(later, 10)]).await.unwrap();
        assert_eq!(store.list_limits(one).await.unwrap().len(), 2);
        store.keep_limits(two, Vec::new()).await.unwrap();
        let minute = |at, left| LimitSeen {
            span: Span::Minute,
            ..look(at, left)
        };
        let looks = vec![minute(1, 9), minute(70_000, 8), minute(140_000, 7)];
        store.keep_limits(two, looks).await.unwrap();
        let seen = store.list_limits(two).await.unwrap();
        assert_eq!(seen, [look(3, 50), minute(140_000, 7)]);
    }
}
