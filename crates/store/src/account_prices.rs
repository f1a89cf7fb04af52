//! What the models of an account cost, as a person said it. What was said before stays, with its
//! moment; a second word within a day takes the place of the first.

use krake_domain::id::AccountId;
use krake_domain::own_price::OwnPrice;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::store::Store;

const DAY_MS: i64 = 24 * 3_600_000;

impl Store {
    /// Writes down what a model of an account costs from a moment on.
    pub async fn set_price(&self, id: AccountId, price: OwnPrice) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let mut prices = load(&mut transaction.connection, id).await?;
                let day = |price: &OwnPrice| price.since.0.div_euclid(DAY_MS);
                prices.retain(|known| known.model != price.model || day(known) != day(&price));
                prices.push(price);
                keep(&mut transaction.connection, id, &prices).await?;
                transaction.changed(Tag::Accounts);
                Ok(())
            })
        })
        .await
    }

    /// Forgets what a model costs, or what all cost that have no price of their own. `false`: nothing
    /// was known of it.
    pub async fn forget_price(
        &self,
        id: AccountId,
        model: Option<String>,
    ) -> Result<bool, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let mut prices = load(&mut transaction.connection, id).await?;
                let before = prices.len();
                prices.retain(|known| known.model != model);
                if prices.len() == before {
                    return Ok(false);
                }
                keep(&mut transaction.connection, id, &prices).await?;
                transaction.changed(Tag::Accounts);
                Ok(true)
            })
        })
        .await
    }
}

/// The prices of a row.
pub(crate) fn read(text: Option<String>) -> Result<Vec<OwnPrice>, StoreError> {
    let Some(text) = text else {
        return Ok(Vec::new());
    };
    serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(format!("prices: {error}")))
}

async fn load(
    connection: &mut SqliteConnection,
    id: AccountId,
) -> Result<Vec<OwnPrice>, StoreError> {
    let row: Option<Option<String>> =
        sqlx::query_scalar("select prices from accounts where id = $1")
            .bind(id.to_string())
            .fetch_optional(connection)
            .await?;
    read(row.ok_or_else(|| StoreError::NotFound(format!("account {id}")))?)
}

async fn keep(
    connection: &mut SqliteConnection,
    id: AccountId,
    prices: &[OwnPrice],
) -> Result<(), StoreError> {
    let text = serde_json::to_string(prices).expect("prices are plain data");
    sqlx::query("update accounts set prices = $2 where id = $1")
        .bind(id.to_string())
        .bind((!prices.is_empty()).then_some(text))
        .execute(connection)
        .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use krake_domain::account::Provider;
    use krake_domain::amount::Amount;
    use krake_domain::time::Timestamp;

    use super::*;
    use crate::fixture::account;

    #[tokio::test]
    async fn what_was_said_stays_with_its_moment_until_it_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let mut one = account("One", Provider::Ollama);
        store.add_account(one.clone()).await.unwrap();
        let price = |model: Option<&str>, since, input| OwnPrice {
            model: model.map(str::to_owned),
            since: Timestamp(since),
            input: Amount::whole(input),
            output: Amount::ZERO,
        };
        let said = [
            price(None, 1, 1),
            // Within a day the second word counts.
            price(None, 2, 2),
            price(Some("m"), 2, 3),
            price(None, DAY_MS + 1, 4),
        ];
        for one_price in said.clone() {
            store.set_price(one.id, one_price).await.unwrap();
        }
        let known = async || store.find_account(one.id).await.unwrap().unwrap().prices;
        assert_eq!(known().await, said[1..]);
        // A change of something else leaves them alone.
        one.name = "Two".to_owned();
        store.change_account(one.clone()).await.unwrap();
        assert_eq!(known().await, said[1..]);
        assert!(store.forget_price(one.id, None).await.unwrap());
        assert!(!store.forget_price(one.id, None).await.unwrap());
        assert_eq!(known().await, [said[2].clone()]);
        let nobody = store.set_price(
            AccountId::from_uuid(crate::fixture::uuid()),
            price(None, 1, 1),
        );
        assert!(matches!(nobody.await, Err(StoreError::NotFound(_))));
    }
}
