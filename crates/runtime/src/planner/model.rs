//! A plan by a model: asked once, and once more with the faults of what it wrote.
//!
//! **Invariant:** what comes back was checked like any plan file, carries the mark of its author,
//! and has run nothing.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use krake_domain::account::Account;
use krake_domain::plan::Plan;
use krake_domain::tool::Catalog;
use krake_edge::http::Client;
use krake_engine::accounts::{Ranked, Standing, Why};
use krake_engine::plan::{check, parse};
use krake_llm::{
    Answer, BadSetting, Caps, Message, Model, ModelError, Setting, StopReason, ToolCall,
    ToolResult, Usage,
};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::asked::{Asked, failed, need, purpose};
use super::narrow::narrow;
use super::offer::{DECLINE, MOST_STEPS, PROPOSE, question};
use crate::accounts::AccountError;
use crate::handle::Runtime;
use crate::playbooks::Playbooks;

/// From the request to the plan, both questions together.
const LONGEST: Duration = Duration::from_secs(180);
const MOST_BYTES: usize = 8 << 20;
const MOST_PLAN_BYTES: usize = 256 << 10;
/// So many faults are told back; a model that made more has not understood.
const MOST_FAULTS: usize = 30;

/// The model that plans are asked of, as the environment names it. Clones share it.
#[derive(Clone)]
pub struct Models {
    setting: Arc<Result<Option<Setting>, BadSetting>>,
    /// Made when it is first needed: it reads what this machine trusts.
    client: Arc<OnceLock<Client>>,
    /// Whose accounts are asked where the environment names no model.
    accounts: Option<Runtime>,
}

/// Which model wrote a plan, and what that cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ModelUsed {
    /// `anthropic`, `openai` or `ollama`.
    pub provider: String,
    pub model: String,
    /// Whom the request went to: scheme, host and port.
    pub place: String,
    /// Tokens of all questions together.
    pub usage: Usage,
    /// Questions: 2 where the first plan had faults.
    pub questions: u32,
}

impl ModelUsed {
    /// One question.
    pub(super) fn once(provider: &str, model: &str, place: &str, usage: Usage) -> Self {
        Self {
            provider: provider.to_owned(),
            model: model.to_owned(),
            place: place.to_owned(),
            usage,
            questions: 1,
        }
    }
}

/// Which model would be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ModelChosen {
    pub provider: String,
    pub model: String,
    pub place: String,
    /// The variable that led here.
    pub from: String,
}

/// A plan that passed the check.
#[derive(Debug)]
pub struct Drafted {
    /// The plan file, as JSON.
    pub text: String,
    pub plan: Plan,
    /// What the model wanted and did not get.
    pub notes: Vec<String>,
    pub used: ModelUsed,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// Planning by models is switched off.
    #[error("no model is asked: KRAKE_PLANNER is off")]
    Off,
    #[error(transparent)]
    Setting(#[from] BadSetting),
    /// No model can be chosen. Nothing of the request was sent.
    #[error("no model is there at {place}: {error}")]
    NoModel {
        place: String,
        /// Somebody named this place: that it does not answer is a fault and no usual thing.
        named: bool,
        error: ModelError,
    },
    #[error("{model} at {place}: {error}")]
    Model {
        model: String,
        place: String,
        error: ModelError,
    },
    /// There are accounts, and none of them can be asked.
    #[error(
        "no account can be asked for a plan: {why}; `krake accounts choose --called` says more"
    )]
    NoAccount { why: String },
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("{model} does not plan this: {reason}")]
    Declined { model: String, reason: String },
    #[error("the plan of {model} cannot be run: {}", .faults.first().map_or("", String::as_str))]
    Faults { model: String, faults: Vec<String> },
}

impl DraftError {
    /// Whether nobody expected a model to be there: nothing is set, and no Ollama answers where
    /// one usually is.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        matches!(self, Self::Off | Self::NoModel { named: false, .. })
    }
}

impl Models {
    /// The model that the environment of this process names.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::new(krake_llm::setting(&|name| std::env::var(name).ok()))
    }

    /// The model of that setting.
    #[must_use]
    pub fn new(setting: Result<Option<Setting>, BadSetting>) -> Self {
        Self {
            setting: Arc::new(setting),
            client: Arc::default(),
            accounts: None,
        }
    }

    /// The same, asking the accounts of that runtime where the environment names no model. Only an
    /// owner can: a call is reserved before it is made.
    #[must_use]
    pub fn or_accounts_of(&self, owner: Option<&Runtime>) -> Self {
        Self {
            accounts: owner.cloned(),
            ..self.clone()
        }
    }

    /// No model: playbooks only.
    #[must_use]
    pub fn off() -> Self {
        Self::new(Ok(None))
    }

    /// Which model would be asked now. Nobody is asked for that but an Ollama for its list.
    ///
    /// # Errors
    /// [`DraftError::Off`], [`DraftError::Setting`], [`DraftError::NoModel`].
    pub async fn chosen(&self) -> Result<ModelChosen, DraftError> {
        if let Some((runtime, account)) = self.account().await? {
            let setting = runtime.way_of(&account).await?;
            let cancel = CancellationToken::new();
            let found = Model::find(&setting, self.client(), &cancel).await;
            let model = found.map_err(|error| DraftError::NoModel {
                place: setting.place(),
                named: true,
                error,
            })?;
            return Ok(ModelChosen {
                provider: model.wire().as_str().to_owned(),
                model: model.name().to_owned(),
                place: model.place(),
                from: format!("the account {}", account.name),
            });
        }
        let (model, setting) = self.find(&CancellationToken::new()).await?;
        Ok(ModelChosen {
            provider: model.wire().as_str().to_owned(),
            model: model.name().to_owned(),
            place: model.place(),
            from: setting.from.to_owned(),
        })
    }

    /// Asks for a plan.
    ///
    /// # Errors
    /// See [`DraftError`]; nothing has run in any case.
    pub async fn draft(
        &self,
        query: &str,
        catalog: &Catalog,
        playbooks: &Playbooks,
        cancel: &CancellationToken,
    ) -> Result<Drafted, DraftError> {
        let mut asked = match self.account().await? {
            Some((runtime, _)) => Asked::Accounts {
                runtime,
                chosen: None,
                passed_over: Vec::new(),
            },
            None => Asked::Environment(self.find(cancel).await?.0),
        };
        let begun = Instant::now();
        let mut request = question(query, catalog, playbooks);
        let mut used: Option<ModelUsed> = None;
        loop {
            let caps = Caps {
                total_bytes: MOST_BYTES,
                total: LONGEST.saturating_sub(begun.elapsed()),
                ..Caps::default()
            };
            let (answer, once) = asked.ask(&request, caps, cancel).await?;
            let answer = whole(answer).map_err(|error| failed(&once.model, &once.place, error))?;
            let so_far = add(used.take(), once);
            let name = so_far.model.clone();
            let faults = match read(&answer, catalog) {
                Said::Plan {
                    text,
                    plan,
                    mut notes,
                } => {
                    notes.extend_from_slice(asked.passed_over());
                    return Ok(Drafted {
                        text,
                        plan: *plan,
                        notes,
                        used: so_far,
                    });
                }
                Said::Declined(reason) => {
                    return Err(DraftError::Declined {
                        model: name,
                        reason,
                    });
                }
                Said::Faults(faults) => faults,
            };
            if so_far.questions > 1 {
                return Err(DraftError::Faults {
                    model: name,
                    faults,
                });
            }
            used = Some(so_far);
            request.messages.extend(told_back(answer, &faults));
        }
    }

    /// The account that is asked first, where accounts are asked: planning by models is not
    /// switched off, and the environment names no model of its own.
    async fn account(&self) -> Result<Option<(&Runtime, Account)>, DraftError> {
        let Some(runtime) = &self.accounts else {
            return Ok(None);
        };
        if !matches!(self.setting.as_ref(), Ok(Some(setting)) if !setting.is_named()) {
            return Ok(None);
        }
        let (choice, candidates) = runtime.choose_account(&need()).await?;
        let first = choice.first();
        if first.is_none()
            && let Some(why) = choice.ranked.iter().find_map(refused)
        {
            runtime
                .keep_refusal(&choice, &candidates, &purpose())
                .await?;
            return Err(DraftError::NoAccount { why });
        }
        let found = candidates.into_iter().map(|candidate| candidate.account);
        let account = { found }.find(|account| Some(account.id) == first);
        Ok(account.map(|account| (runtime, account)))
    }

    fn client(&self) -> Client {
        self.client.get_or_init(Client::new).clone()
    }

    async fn find(&self, cancel: &CancellationToken) -> Result<(Model, &Setting), DraftError> {
        let setting = match self.setting.as_ref() {
            Ok(Some(setting)) => setting,
            Ok(None) => return Err(DraftError::Off),
            Err(fault) => return Err(fault.clone().into()),
        };
        let found = Model::find(setting, self.client(), cancel).await;
        let model = found.map_err(|error| DraftError::NoModel {
            place: setting.place(),
            named: setting.is_named(),
            error,
        })?;
        Ok((model, setting))
    }
}

/// Why an account that Krake could call is not asked.
fn refused(ranked: &Ranked) -> Option<String> {
    match &ranked.standing {
        Standing::Usable | Standing::Refused(Why::NotCalled) => None,
        Standing::Refused(Why::Budget(reason)) => Some(reason.clone()),
        Standing::Refused(Why::UsedUp { .. }) => Some("a limit is used up".to_owned()),
        Standing::Refused(Why::RanOut(_)) => Some("it ran out, as a log says".to_owned()),
        Standing::Refused(Why::Check(_)) => Some("the last check failed".to_owned()),
        Standing::Refused(Why::Paused | Why::Excluded | Why::Rule(_)) => {
            Some("it is paused, or a rule says never".to_owned())
        }
    }
}

enum Said {
    Plan {
        text: String,
        plan: Box<Plan>,
        notes: Vec<String>,
    },
    Declined(String),
    Faults(Vec<String>),
}

/// An answer that ended where the model wanted it to.
fn whole(answer: Answer) -> Result<Answer, ModelError> {
    match &answer.stop {
        Some(stop) if stop.is_whole() => Ok(answer),
        Some(StopReason::Length) => Err(ModelError::Incomplete {
            why: "the plan is longer than the answer may be".to_owned(),
        }),
        other => Err(ModelError::Incomplete {
            why: format!("it stopped for another reason ({other:?})"),
        }),
    }
}

/// What the model said, as far as it can be used.
fn read(answer: &Answer, catalog: &Catalog) -> Said {
    let fault = |text: &str| Said::Faults(vec![text.to_owned()]);
    let [call] = answer.calls.as_slice() else {
        return fault("expected exactly one call, of `propose_plan` or of `decline`");
    };
    let arguments = match &call.arguments {
        Ok(arguments) => arguments,
        Err(bad) => return Said::Faults(vec![format!("{}: {bad}", call.name)]),
    };
    match call.name.as_str() {
        PROPOSE => planned(arguments.clone(), catalog),
        DECLINE => {
            let reason = arguments.get("reason").and_then(Value::as_str);
            Said::Declined(reason.unwrap_or("without a reason").to_owned())
        }
        _ => fault("there are only `propose_plan` and `decline`"),
    }
}

fn planned(arguments: Map<String, Value>, catalog: &Catalog) -> Said {
    let steps = arguments.get("steps").and_then(Value::as_array);
    if let Some(count) = steps.map(Vec::len).filter(|count| *count > MOST_STEPS) {
        let fault = format!("the plan has {count} steps; expected at most {MOST_STEPS}");
        return Said::Faults(vec![fault]);
    }
    let (plan, notes) = narrow(arguments, catalog);
    let text = format!("{plan:#}\n");
    if text.len() > MOST_PLAN_BYTES {
        let fault = format!(
            "the plan has {} bytes; expected at most {MOST_PLAN_BYTES}",
            text.len()
        );
        return Said::Faults(vec![fault]);
    }
    let checked = parse(&text).and_then(|parsed| check(&parsed, catalog).map(|_| parsed.plan));
    match checked {
        Ok(plan) => Said::Plan {
            text,
            plan: Box::new(plan),
            notes,
        },
        Err(faults) => Said::Faults(
            faults
                .iter()
                .take(MOST_FAULTS)
                .map(ToString::to_string)
                .collect(),
        ),
    }
}

/// The faults as results of the calls that had them; where there was no call, as a word of ours.
fn told_back(answer: Answer, faults: &[String]) -> Vec<Message> {
    let text = format!(
        "This plan cannot be run. Propose it again without these faults:\n- {}",
        faults.join("\n- ")
    );
    let result = |call: &ToolCall| ToolResult {
        id: call.id.clone(),
        name: call.name.clone(),
        text: text.clone(),
        is_error: true,
    };
    let results: Vec<ToolResult> = answer.calls.iter().map(result).collect();
    // Nobody takes an empty turn.
    let said = if results.is_empty() && answer.text.is_empty() {
        "(nothing)".to_owned()
    } else {
        answer.text
    };
    let assistant = Message::Assistant {
        text: said,
        calls: answer.calls,
    };
    if results.is_empty() {
        vec![assistant, Message::User(text)]
    } else {
        vec![assistant, Message::Results(results)]
    }
}

fn add(before: Option<ModelUsed>, once: ModelUsed) -> ModelUsed {
    match before {
        Some(before) => ModelUsed {
            usage: before.usage.plus(once.usage),
            questions: before.questions + 1,
            ..once
        },
        None => once,
    }
}
