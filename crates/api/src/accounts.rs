//! Accounts: added with their key, shown without it, changed, tried and removed.

use std::collections::BTreeMap;

use krake_domain::account::{Account, AccountStatus, OpenAiFormat, Place, Provider};
use krake_domain::id::{AccountId, WorkspaceId};
use krake_domain::secret::Hidden;
use krake_domain::time::Timestamp;
use krake_edge::vault::VaultError;
use krake_engine::accounts::{forecast, ran_out};
use krake_runtime::accounts::tool_logs::{LearnOutcome, Learned, Tool};
use krake_runtime::{AccountChange, NewAccount, Runtime};
use serde::{Deserialize, Serialize};

use crate::account_text::{email, filled, optional, plain, tags};
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::tools::Nothing;
use crate::view::account::AccountView;
use crate::view::moment::now;
use crate::view::page::Page;

/// Looks older than this tell no rate.
const LOOKS_MS: i64 = 35 * 24 * 3_600_000;

/// Which accounts.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListAccounts {
    /// Words in the name, the e-mail, the provider, the specialization or the tags.
    pub text: Option<String>,
    /// At most 500; all when absent.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
}

/// Names one account.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountRef {
    pub id: AccountId,
}

/// A new account. The short names and the ones of the systems before mean the same.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddAccount {
    pub name: Option<String>,
    pub account_name: Option<String>,
    pub email: Option<String>,
    pub account_email: Option<String>,
    /// `anthropic`, `openai`, `gemini`, `openai_compatible`, `ollama`, `claude_app`, `chatgpt_app`,
    /// `gemini_app` or `other`.
    pub provider: Option<String>,
    pub platform: Option<String>,
    /// What was bought, for example `Pro`.
    pub plan: Option<String>,
    /// What it is best at.
    pub specialization: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    /// Another place than the provider's own.
    pub base_url: Option<String>,
    pub model: Option<String>,
    /// Which of OpenAI's formats is spoken: `responses` at OpenAI and `chat` elsewhere, when absent.
    pub format: Option<OpenAiFormat>,
    /// The key. It goes into the vault and comes back in no answer.
    pub key: Option<Hidden>,
}

/// What changes of an account; an empty text takes a value away.
#[derive(Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeAccount {
    pub id: AccountId,
    pub name: Option<String>,
    pub email: Option<String>,
    pub plan: Option<String>,
    pub specialization: Option<String>,
    pub tags: Option<Vec<String>>,
    pub status: Option<AccountStatus>,
    pub base_url: Option<String>,
    pub model: Option<String>,
    pub format: Option<OpenAiFormat>,
    /// Another key in place of the one that is kept.
    pub key: Option<Hidden>,
}

/// What became of a removal.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AccountRemoved {
    pub id: AccountId,
    /// Its key is still in the vault; it is taken out at a later start.
    pub key_left: bool,
    /// Why it still is.
    pub because: Option<String>,
    /// What takes it out.
    pub next: Option<String>,
}

/// What became of a look at all accounts.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AccountsTested {
    /// Accounts that were tried.
    pub tested: usize,
    /// What the logs of tools on this machine told about limits, in a sentence for each tool.
    pub learned: Vec<String>,
}

/// `accounts.list`
pub async fn list(ctx: Ctx, input: ListAccounts) -> Result<Page<AccountView>, ApiError> {
    let now = now();
    let store = ctx.store()?;
    let accounts = store.list_accounts(WorkspaceId::PERSONAL).await?;
    let mut looks = store.limits_since(Timestamp(now.0 - LOOKS_MS)).await?;
    let today = store.use_since(midnight(now)).await?;
    let ran_out = ran_out(&store.drafts_in_force().await?, now);
    let words = words(input.text.as_deref());
    let items = accounts
        .iter()
        .filter(|account| holds(account, &words))
        .map(|account| {
            let looks = looks.remove(&account.id).unwrap_or_default();
            let used = today.get(&account.id).copied().unwrap_or_default();
            let ran_out = ran_out.get(&account.id);
            AccountView::of(account, &forecast(&looks, now), ran_out, used, now)
        });
    let id = |account: &AccountView| account.id.to_string();
    Page::cut(items.collect(), id, input.cursor.as_deref(), input.limit)
}

/// `accounts.show`
pub async fn show(ctx: Ctx, input: AccountRef) -> Result<AccountView, ApiError> {
    view(ctx.runtime()?, input.id).await
}

/// `accounts.add`
pub async fn add(ctx: Ctx, input: AddAccount) -> Result<AccountView, ApiError> {
    ctx.person()?;
    let name = either("name", "account_name", input.name, input.account_name)?;
    let mail = either("email", "account_email", input.email, input.account_email)?;
    let provider = either("provider", "platform", input.provider, input.platform)?;
    let new = NewAccount {
        name: filled("name", &name.ok_or_else(|| missing("name"))?)?,
        email: email(mail.as_deref())?,
        provider: provider_of(&provider.ok_or_else(|| missing("provider"))?)?,
        plan: optional("plan", input.plan.as_deref())?,
        specialization: optional("specialization", input.specialization.as_deref())?,
        tags: tags(&input.tags)?,
        base_url: optional("base_url", input.base_url.as_deref())?,
        model: optional("model", input.model.as_deref())?,
        format: input.format,
        key: input.key.filter(|key| !key.is_empty()),
    };
    let runtime = ctx.owner()?;
    let added = runtime.add_account(new).await?;
    if !added.provider.is_called() {
        // Its tool may have told its limits, or run out, before it was added.
        runtime.learn_from_logs().await?;
        runtime.draft_what_ran_out().await?;
    }
    view(runtime, added.id).await
}

/// `accounts.change`
pub async fn change(ctx: Ctx, input: ChangeAccount) -> Result<AccountView, ApiError> {
    ctx.person()?;
    let words = |field: &str, text: &Option<String>| -> Result<Option<String>, ApiError> {
        text.as_deref().map(|text| plain(field, text)).transpose()
    };
    let change = AccountChange {
        name: input
            .name
            .as_deref()
            .map(|name| filled("name", name))
            .transpose()?,
        email: match input.email.as_deref() {
            Some(text) => Some(email(Some(text))?.unwrap_or_default()),
            None => None,
        },
        plan: words("plan", &input.plan)?,
        specialization: words("specialization", &input.specialization)?,
        tags: input.tags.as_deref().map(tags).transpose()?,
        status: input.status,
        base_url: words("base_url", &input.base_url)?,
        model: words("model", &input.model)?,
        format: input.format,
        key: input.key.filter(|key| !key.is_empty()),
    };
    let runtime = ctx.owner()?;
    let changed = runtime.change_account(input.id, change).await?;
    view(runtime, changed.id).await
}

/// `accounts.remove`
pub async fn remove(ctx: Ctx, input: AccountRef) -> Result<AccountRemoved, ApiError> {
    ctx.person()?;
    let still_there = ctx.owner()?.remove_account(input.id).await?;
    let error = still_there.as_ref();
    Ok(AccountRemoved {
        id: input.id,
        key_left: error.is_some(),
        because: error.map(|error| crate::visible::visible_line(&error.to_string())),
        next: error.map(|error| what_takes_it_out(error).to_owned()),
    })
}

/// When the key of an account that is gone leaves the vault.
fn what_takes_it_out(error: &VaultError) -> &'static str {
    match error {
        VaultError::Locked {
            place: Place::File, ..
        } => "`krake vault unlock` takes it out, or a later start that has the passphrase",
        VaultError::Locked {
            place: Place::Keychain,
            ..
        } => "it is taken out at a later start, once the keychain of your system is unlocked",
        _ => "it is taken out at a later start, once the vault gives access",
    }
}

/// `accounts.test`
pub async fn test(ctx: Ctx, input: AccountRef) -> Result<AccountView, ApiError> {
    let runtime = ctx.owner()?;
    runtime.check_account(input.id).await?;
    view(runtime, input.id).await
}

/// `accounts.works_again`
pub async fn works_again(ctx: Ctx, input: AccountRef) -> Result<AccountView, ApiError> {
    ctx.person()?;
    let runtime = ctx.owner()?;
    runtime.works_again(input.id).await?;
    view(runtime, input.id).await
}

/// `accounts.test_all`
pub async fn test_all(ctx: Ctx, _: Nothing) -> Result<AccountsTested, ApiError> {
    let runtime = ctx.owner()?;
    let tested = runtime.check_accounts().await?;
    let learned = runtime.learn_from_logs().await?;
    Ok(AccountsTested {
        tested,
        learned: learned.iter().map(said).collect(),
    })
}

fn said(learned: &Learned) -> String {
    let tool = match learned.tool {
        Tool::ClaudeCode => "Claude Code",
        Tool::Codex => "Codex",
    };
    match &learned.outcome {
        LearnOutcome::Kept { account, looks } => {
            let account = crate::visible::visible_line(account);
            format!("{tool}: {looks} looks at the limits of {account}")
        }
        LearnOutcome::Nothing => format!("{tool}: its logs say nothing about limits"),
        LearnOutcome::Unclear { accounts: 0 } => format!(
            "{tool}: its logs tell limits, and no active account is used in that app; add one"
        ),
        LearnOutcome::Unclear { accounts } => format!(
            "{tool}: its logs tell limits, and do not say of which of {accounts} accounts; pause the others, or write them down"
        ),
    }
}

/// Since midnight, UTC: the day that budgets count.
pub fn midnight(now: Timestamp) -> Timestamp {
    krake_domain::budget::Period::Day.began(now)
}

/// One account as it stands now.
pub async fn view(runtime: &Runtime, id: AccountId) -> Result<AccountView, ApiError> {
    let now = now();
    let account = runtime.load_account(id).await?;
    let forecasts = runtime.forecasts_of(&account, now).await?;
    let today = runtime.store().use_since(midnight(now)).await?;
    let used = today.get(&id).copied().unwrap_or_default();
    let ran_out = runtime.ran_out(now).await?;
    let ran_out = ran_out.get(&id);
    Ok(AccountView::of(&account, &forecasts, ran_out, used, now))
}

/// The names of some accounts, for what refers to them by id.
pub fn names(accounts: &[Account]) -> BTreeMap<AccountId, String> {
    accounts
        .iter()
        .map(|account| (account.id, crate::visible::visible_line(&account.name)))
        .collect()
}

fn words(text: Option<&str>) -> Vec<String> {
    let text = text.unwrap_or_default().to_lowercase();
    text.split_whitespace().map(str::to_owned).collect()
}

fn holds(account: &Account, words: &[String]) -> bool {
    let text = [
        Some(account.name.as_str()),
        account.email.as_deref(),
        Some(account.provider.as_str()),
        account.plan.as_deref(),
        account.specialization.as_deref(),
    ];
    let text = text
        .into_iter()
        .flatten()
        .chain(account.tags.iter().map(String::as_str))
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase();
    words.iter().all(|word| text.contains(word))
}

/// The word of the provider that is meant; what was typed is repeated by no message, because a key
/// may have been pasted here.
fn provider_of(text: &str) -> Result<Provider, ApiError> {
    Provider::meant(&plain("provider", text)?).ok_or_else(|| {
        let words: Vec<&str> = Provider::ALL.iter().map(|one| one.as_str()).collect();
        ApiError::new(
            Code::BadInput,
            format!("field `provider`: expected one of {}", words.join(", ")),
        )
    })
}

fn either<T>(
    name: &str,
    other: &str,
    first: Option<T>,
    second: Option<T>,
) -> Result<Option<T>, ApiError> {
    match (first, second) {
        (Some(_), Some(_)) => Err(ApiError::new(
            Code::BadInput,
            format!("fields `{name}` and `{other}` mean the same; give one of them"),
        )),
        (first, second) => Ok(first.or(second)),
    }
}

fn missing(field: &str) -> ApiError {
    ApiError::new(Code::BadInput, format!("field `{field}` is missing"))
}
