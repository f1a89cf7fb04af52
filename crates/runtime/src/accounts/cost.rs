//! What calls of an account cost: what a person said, else by the table that ships with Krake where
//! its own provider is asked, nothing on this machine, and unknown everywhere else.

use krake_domain::account::{Account, Provider};
use krake_domain::own_price::own_price;
use krake_domain::time::Timestamp;
use krake_engine::accounts::{Cost, Price, Prices};

/// How a call of that model is priced.
#[must_use]
pub fn cost_of(account: &Account, model: &str, now: Timestamp) -> Cost {
    if let Some(own) = own_price(&account.prices, model, now) {
        return Cost::Priced(Price::flat(own.input, own.output));
    }
    let provider = match (account.provider, &account.base_url) {
        (Provider::Ollama, None) if !model.ends_with("-cloud") && !model.ends_with(":cloud") => {
            return Cost::Free;
        }
        (Provider::Anthropic | Provider::OpenAi | Provider::Gemini, None) => account.provider,
        // Whoever stands at another address sets prices of their own.
        _ => return Cost::Unknown,
    };
    match Prices::shipped().find(provider.as_str(), model, now) {
        Some(price) => Cost::Priced(price.clone()),
        None => Cost::Unknown,
    }
}
