//! What the models of an account cost, said by a person: of a server of their own no table knows it.

use krake_domain::amount::Amount;
use krake_domain::id::AccountId;
use krake_domain::own_price::OwnPrice;
use krake_runtime::Runtime;
use serde::Deserialize;

use crate::account_text::optional;
use crate::accounts::view;
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::view::account::AccountView;
use crate::view::moment::now;

/// A price from now on, in USD for a million tokens; 0 where it costs nothing, as on hardware of one's
/// own.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetPrice {
    pub id: AccountId,
    /// The model as its server calls it; absent: every model that has no price of its own.
    pub model: Option<String>,
    /// What is read, from a cache or not.
    pub input: Amount,
    /// What is written.
    pub output: Amount,
}

/// A price that holds no longer: what is known without it holds again.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgetPrice {
    pub id: AccountId,
    /// Absent: the price of every model that has none of its own.
    pub model: Option<String>,
}

/// `accounts.set_price`
pub async fn set(ctx: Ctx, input: SetPrice) -> Result<AccountView, ApiError> {
    ctx.person()?;
    let runtime = called(&ctx, input.id).await?;
    let price = OwnPrice {
        model: optional("model", input.model.as_deref())?,
        since: now(),
        input: input.input,
        output: input.output,
    };
    runtime.store().set_price(input.id, price).await?;
    view(runtime, input.id).await
}

/// `accounts.forget_price`
pub async fn forget(ctx: Ctx, input: ForgetPrice) -> Result<AccountView, ApiError> {
    ctx.person()?;
    let runtime = called(&ctx, input.id).await?;
    let model = optional("model", input.model.as_deref())?;
    if !runtime.store().forget_price(input.id, model).await? {
        return Err(ApiError::new(
            Code::NotFound,
            "nobody said what this costs, so there is nothing to forget",
        ));
    }
    view(runtime, input.id).await
}

/// Only calls of Krake have a price each.
async fn called(ctx: &Ctx, id: AccountId) -> Result<&Runtime, ApiError> {
    let runtime = ctx.owner()?;
    let account = runtime.load_account(id).await?;
    if !account.provider.is_called() {
        return Err(ApiError::new(
            Code::BadInput,
            "field `id`: Krake does not call this account, so no call of it has a price",
        ));
    }
    Ok(runtime)
}
