//! The SQLite that is linked in.

use crate::error::StoreError;
use crate::store::Store;

impl Store {
    /// Its version, as it says itself.
    pub async fn sqlite_version(&self) -> Result<String, StoreError> {
        Ok(sqlx::query_scalar("select sqlite_version()")
            .fetch_one(self.readers())
            .await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn it_is_the_bundled_one() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        assert!(store.sqlite_version().await.unwrap().starts_with("3."));
    }
}
