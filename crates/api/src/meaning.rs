//! Search by meaning: how it stands, what switching it on would send, and the choice.

use krake_domain::account::{Account, Provider};
use krake_domain::amount::Amount;
use krake_domain::id::AccountId;
use krake_runtime::meaning::{Doing, MeaningError, MeaningPreview, Standing};
use krake_store::MEANT_LETTERS;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::held_account::held;
use crate::tools::Nothing;
use crate::view::moment::Moment;
use crate::visible::visible_line;

/// Stands for the model of an account that has none of the kind.
const NO_MODEL: &str = "none";

/// Which model.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChooseMeaning {
    /// An account's id or name. Accounts at Anthropic and those of apps have no such call.
    pub account: String,
    /// The provider's name for a model that turns texts into numbers; the usual one when absent.
    pub model: Option<String>,
}

/// How the search by meaning stands.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct MeaningView {
    pub state: MeaningState,
    /// Absent where it is off.
    pub chosen: Option<ChosenMeaning>,
    /// Messages that are wanted: the newest, at most 100,000.
    pub messages: u64,
    /// Those that have their numbers.
    pub there: u64,
    /// Messages without words, and those that the model did not take.
    pub passed_over: u64,
    /// What is in the way.
    pub why: Option<String>,
    /// When it is tried again.
    pub until: Option<Moment>,
}

/// What it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum MeaningState {
    /// Nobody has chosen a model: words find alone, and nothing is sent.
    Off,
    /// Numbers are being made.
    Making,
    /// All messages that are wanted have theirs.
    Ready,
    /// A person wants no further texts to be sent for now; what is there finds.
    Paused,
    /// The provider asks for patience, or does not answer.
    Waiting,
    /// A person can do something about it.
    Stuck,
    /// Numbers are missing, and only the window or `krake serve` makes them.
    NotRunning,
}

/// The model that was chosen.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ChosenMeaning {
    pub account_id: AccountId,
    /// Absent: the account was removed.
    pub account: Option<String>,
    pub model: String,
    /// Whom the texts go to: scheme, host and port.
    pub place: String,
    /// Whether no text leaves this machine.
    pub stays_here: bool,
    /// How many numbers a text has.
    pub dimension: u32,
    pub chosen_at: Moment,
}

/// What switching it on would send, to whom, and at what price. Nothing has been sent.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct MeaningPreviewView {
    pub account_id: AccountId,
    pub account: String,
    pub model: String,
    /// Whom the texts go to: scheme, host and port.
    pub place: String,
    /// Whether no text leaves this machine.
    pub stays_here: bool,
    pub messages: u64,
    /// Of each message so many letters are sent, from its start.
    pub letters: u32,
    /// About so many, by the offline estimator.
    pub tokens: u64,
    /// What it will cost about, in USD; absent: the price is not known. Questions and new messages
    /// come on top.
    pub usd: Option<Amount>,
}

/// `meaning.show`
pub async fn show(ctx: Ctx, _: Nothing) -> Result<MeaningView, ApiError> {
    Ok(MeaningView::of(ctx.runtime()?.meaning().await?))
}

/// `meaning.preview`
pub async fn preview(ctx: Ctx, input: ChooseMeaning) -> Result<MeaningPreviewView, ApiError> {
    ctx.person()?;
    let (account, model) = meant(&ctx, input).await?;
    let preview = ctx.runtime()?.preview_meaning(account.id, &model).await?;
    let MeaningPreview {
        account,
        model,
        place,
        stays_here,
        messages,
        tokens,
        usd,
    } = preview;
    Ok(MeaningPreviewView {
        account_id: account.id,
        account: visible_line(&account.name),
        model,
        place,
        stays_here,
        messages,
        letters: MEANT_LETTERS,
        tokens,
        usd,
    })
}

/// `meaning.set`
pub async fn set(ctx: Ctx, input: ChooseMeaning) -> Result<MeaningView, ApiError> {
    ctx.person()?;
    let runtime = ctx.owner()?;
    let (account, model) = meant(&ctx, input).await?;
    runtime.choose_meaning(account.id, &model).await?;
    show(ctx, Nothing {}).await
}

/// `meaning.off`
pub async fn off(ctx: Ctx, _: Nothing) -> Result<MeaningView, ApiError> {
    ctx.person()?;
    ctx.owner()?.leave_meaning().await?;
    show(ctx, Nothing {}).await
}

/// `meaning.pause`
pub async fn pause(ctx: Ctx, _: Nothing) -> Result<MeaningView, ApiError> {
    ctx.person()?;
    ctx.owner()?.pause_meaning(true).await?;
    show(ctx, Nothing {}).await
}

/// `meaning.resume`
pub async fn resume(ctx: Ctx, _: Nothing) -> Result<MeaningView, ApiError> {
    ctx.person()?;
    ctx.owner()?.pause_meaning(false).await?;
    show(ctx, Nothing {}).await
}

/// The account and the model that are meant.
async fn meant(ctx: &Ctx, input: ChooseMeaning) -> Result<(Account, String), ApiError> {
    let account = held(ctx, "account", &input.account).await?;
    let usual = match account.provider {
        Provider::OpenAi => Some("text-embedding-3-small"),
        Provider::Gemini => Some("gemini-embedding-001"),
        Provider::Ollama => Some("nomic-embed-text"),
        // Those without such a call say so whatever the model.
        Provider::OpenAiCompatible => None,
        _ => Some(NO_MODEL),
    };
    let model = input.model.or_else(|| usual.map(str::to_owned));
    let model = model.filter(|model| !model.is_empty()).ok_or_else(|| {
        ApiError::new(
            Code::BadInput,
            "field `model`: expected the name of a model that turns texts into numbers",
        )
    })?;
    Ok((account, model))
}

impl MeaningView {
    fn of(standing: Option<Standing>) -> Self {
        let Some(standing) = standing else {
            return Self {
                state: MeaningState::Off,
                chosen: None,
                messages: 0,
                there: 0,
                passed_over: 0,
                why: None,
                until: None,
            };
        };
        let state = state(&standing);
        let Standing {
            model,
            account,
            stays_here,
            progress,
            doing,
            ..
        } = standing;
        let (why, until) = match doing {
            Doing::Waiting { until, why } => (Some(why), Some(Moment(until))),
            Doing::Stuck { why } => (Some(why), None),
            Doing::Resting | Doing::Working => (None, None),
        };
        let is_hindered = matches!(state, MeaningState::Waiting | MeaningState::Stuck);
        Self {
            state,
            chosen: Some(ChosenMeaning {
                account_id: model.account,
                account: account.map(|account| visible_line(&account.name)),
                model: visible_line(&model.model),
                place: model.place,
                stays_here,
                dimension: model.dimension,
                chosen_at: Moment(model.chosen_at),
            }),
            messages: progress.messages,
            there: progress.there,
            passed_over: progress.passed_over,
            why: why.filter(|_| is_hindered).map(|why| visible_line(&why)),
            until: until.filter(|_| is_hindered),
        }
    }
}

fn state(standing: &Standing) -> MeaningState {
    let progress = standing.progress;
    let is_whole = progress.there + progress.passed_over >= progress.messages;
    match &standing.doing {
        _ if standing.model.is_paused => MeaningState::Paused,
        Doing::Waiting { .. } => MeaningState::Waiting,
        Doing::Stuck { .. } => MeaningState::Stuck,
        _ if is_whole => MeaningState::Ready,
        Doing::Working => MeaningState::Making,
        Doing::Resting if standing.is_made_here => MeaningState::Making,
        Doing::Resting => MeaningState::NotRunning,
    }
}

impl From<MeaningError> for ApiError {
    fn from(error: MeaningError) -> Self {
        let said = visible_line(&error.to_string());
        match error {
            MeaningError::NoSuchCall(_) => {
                Self::new(Code::BadInput, format!("field `account`: {said}")).hint(
                    "accounts at OpenAI, Gemini, Ollama and whoever speaks as OpenAI does have one",
                )
            }
            MeaningError::NotThere { model, .. } => {
                Self::new(Code::NotFound, format!("field `model`: {said}")).hint(format!(
                    "`ollama pull {}` gets it; Krake never downloads a model",
                    visible_line(&model)
                ))
            }
            MeaningError::Off => {
                Self::new(Code::Conflict, said).hint("`krake meaning set` chooses one")
            }
            MeaningError::Account(error) => error.into(),
        }
    }
}
