//! A briefing with prose by a model: what would be asked of whom, and the asking.
//!
//! What it deliberately does not do: it believes no answer. The engine holds each line against the
//! messages that it cites and measures the result; where that is no better, or where nobody answers,
//! the briefing is the one made without a model, and that is said.
//! **Invariant:** a model is asked only where the caller named an account or `auto`, and nothing but
//! the material of the preview leaves this machine.

use std::time::Duration;

use krake_domain::account::Account;
use krake_domain::amount::Amount;
use krake_domain::briefing::Briefing;
use krake_domain::compression::CompressionRule;
use krake_domain::failure::Failure;
use krake_domain::id::AccountId;
use krake_domain::rewriting::Rewriting;
use krake_engine::accounts::{Need, Tokens};
use krake_engine::context::{Material, SHARE, material, rewritten, tokens};
pub use krake_llm::Usage;
use krake_llm::{Answer, Caps, Message, Model, ModelError, Request, StopReason, ToolChoice};
use krake_store::SessionRow;
use krake_tools::define::blocking;
use tokio_util::sync::CancellationToken;

use super::{Material as Subject, Read, Wish, brief_request, load, nothing, within};
use crate::accounts::AccountError;
use crate::accounts::call::{Answered, Purpose};
use crate::accounts::cost::cost_of;
use crate::clock;
use crate::handle::Runtime;

const PURPOSE: &str = "briefing";
/// The page that a model is told.
const PAGE: &str = include_str!("../../prompts/brief.md");
/// Tokens of an answer beside its lines: some models think in them.
const TO_THINK: u64 = 2_048;
const MOST_ANSWER: u64 = 16_384;
/// An answer of more bytes is none to such a question.
pub const MOST_ANSWER_BYTES: usize = 256 << 10;
const LONGEST: Duration = Duration::from_secs(180);

/// Whose model writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum With {
    /// The account that comes first by the person's rules and by what is known.
    Auto,
    Account(AccountId),
}

/// What would be sent, to whom, and at what price.
#[derive(Debug, Clone)]
pub struct Preview {
    pub account: Account,
    pub provider: &'static str,
    pub model: String,
    pub place: String,
    /// The page with the rules, which is the same each time.
    pub page: &'static str,
    pub material: Material,
    /// Tokens of both, by the offline estimator.
    pub sent_tokens: u64,
    pub most_answer_tokens: u64,
    /// What it will cost about, and at most; absent: the price is not known.
    pub usd: Option<Amount>,
    pub most_usd: Option<Amount>,
}

/// A briefing after a model was asked.
#[derive(Debug)]
pub struct Prose {
    pub briefing: Briefing,
    pub sessions: Vec<SessionRow>,
    /// Tokens of everything that was read for it, by the offline estimator.
    pub history_tokens: u64,
    /// Who wrote, and what became of it; or why nobody did.
    pub outcome: Result<ByModel, AccountError>,
}

/// What a model wrote.
#[derive(Debug)]
pub struct ByModel {
    pub account: Account,
    pub provider: &'static str,
    pub model: String,
    pub place: String,
    pub usage: Usage,
    pub usd: Option<Amount>,
    /// Accounts that were asked before, and why they gave no answer.
    pub tried: Vec<(Account, String)>,
    pub answer: String,
    pub rewriting: Rewriting,
}

/// Why there is no briefing at all.
#[derive(Debug, thiserror::Error)]
pub enum ProseError {
    #[error("{}", .0.message)]
    Failed(Failure),
    #[error(transparent)]
    Account(#[from] AccountError),
    /// There is no account that Krake can call.
    #[error("no account can be asked: {0}")]
    Nobody(String),
}

impl From<Failure> for ProseError {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl Runtime {
    /// What would be asked. Nothing is sent, and no key is opened.
    ///
    /// # Errors
    /// There is nothing to brief, or nobody to ask.
    pub async fn preview_prose(
        &self,
        subject: Subject,
        wish: Wish,
        rules: Vec<CompressionRule>,
        with: With,
    ) -> Result<Preview, ProseError> {
        within(&wish)?;
        let account = self.writer(with).await?;
        let (read, _) = load(self.store(), subject).await?;
        let question = question(read, wish, rules).await?;
        let setting =
            crate::accounts::way(&account)?.ok_or(AccountError::NotCalled(account.provider))?;
        let cancel = CancellationToken::new();
        let model = Model::find(&setting, self.client().clone(), &cancel)
            .await
            .map_err(AccountError::from)?;
        let cost = cost_of(&account, model.name(), clock::now());
        let sent_tokens = tokens(PAGE) + question.material.tokens;
        let most = u64::from(question.request.max_tokens);
        let expected = Tokens {
            input: Some(sent_tokens),
            output: Some(question.wanted),
            ..Tokens::default()
        };
        Ok(Preview {
            provider: model.wire().as_str(),
            model: model.name().to_owned(),
            place: model.place(),
            page: PAGE,
            sent_tokens,
            most_answer_tokens: most,
            usd: cost.of(expected),
            most_usd: cost.most(model.bytes_of(&question.request).div_ceil(2) as u64, most),
            material: question.material,
            account,
        })
    }

    /// Asks, and makes the briefing of what came back.
    ///
    /// # Errors
    /// There is nothing to brief, or nobody to ask. That a model failed is in [`Prose::outcome`].
    pub async fn brief_with(
        &self,
        subject: Subject,
        wish: Wish,
        rules: Vec<CompressionRule>,
        with: With,
        project: Option<String>,
    ) -> Result<Prose, ProseError> {
        within(&wish)?;
        let account = self.writer(with).await?;
        let (read, sessions) = load(self.store(), subject).await?;
        let question = question(read.clone(), wish.clone(), rules.clone()).await?;
        let purpose = Purpose {
            word: PURPOSE.to_owned(),
            project,
            run: None,
        };
        let caps = Caps {
            total_bytes: MOST_ANSWER_BYTES * 16,
            total: LONGEST,
            ..Caps::default()
        };
        let stopping = self.stopping().child_token();
        let _gone = stopping.clone().drop_guard();
        let asked = match with {
            With::Account(_) => self
                .ask_account(&account, &purpose, &question.request, caps, &stopping)
                .await
                .map(Some),
            With::Auto => {
                self.ask_accounts(need(), &purpose, &question.request, caps, &stopping)
                    .await
            }
        };
        let answered = match asked {
            Ok(answered) => answered.ok_or(AccountError::NotFound).and_then(whole),
            Err(error) => Err(error),
        };
        let text = answered
            .as_ref()
            .map_or("", |answered| &answered.answer.text);
        let history_tokens = super::history(&read);
        let (briefing, rewriting) = accept(read, wish, rules, text.to_owned()).await?;
        Ok(Prose {
            briefing: super::citing(briefing, &sessions),
            sessions,
            history_tokens,
            outcome: answered.map(|answered| by_model(answered, rewriting)),
        })
    }

    /// The account that would be asked first.
    async fn writer(&self, with: With) -> Result<Account, ProseError> {
        let id = match with {
            With::Account(id) => id,
            With::Auto => {
                let (choice, candidates) = self.choose_account(&need()).await?;
                let purpose = Purpose {
                    word: PURPOSE.to_owned(),
                    ..Purpose::default()
                };
                self.keep_refusal(&choice, &candidates, &purpose).await?;
                match choice.first() {
                    Some(id) => id,
                    None if candidates.is_empty() => {
                        return Err(ProseError::Nobody("there is none yet".to_owned()));
                    }
                    None => {
                        return Err(ProseError::Nobody(
                            "`krake accounts choose --called` says why".to_owned(),
                        ));
                    }
                }
            }
        };
        Ok(self.load_account(id).await?)
    }
}

/// The briefing of an answer that came earlier, held against its sources once more.
///
/// # Errors
/// There is nothing to brief.
pub(super) async fn accept(
    read: Read,
    wish: Wish,
    rules: Vec<CompressionRule>,
    answer: String,
) -> Result<(Briefing, Rewriting), Failure> {
    let (briefing, rewriting) = blocking(move || {
        Ok(brief_request(&read, &wish, &rules, |request| {
            rewritten(request, wish.form, &answer, &wish.wanted)
        }))
    })
    .await?;
    if briefing.items.is_empty() {
        return Err(nothing(&briefing));
    }
    Ok((briefing, rewriting))
}

struct Question {
    material: Material,
    request: Request,
    /// Tokens that the lines are asked to take.
    wanted: u64,
}

async fn question(
    read: Read,
    wish: Wish,
    rules: Vec<CompressionRule>,
) -> Result<Question, Failure> {
    let budget = wish.budget;
    let material = blocking(move || Ok(brief_request(&read, &wish, &rules, material))).await?;
    if material.lines == 0 {
        return Err(Failure::new(
            krake_domain::failure::FailureClass::NotFound,
            "there is nothing to brief: no session with a message",
        ));
    }
    let wanted = budget.saturating_mul(SHARE) / 100;
    // Three words of four tokens.
    let words = wanted * 3 / 4;
    // All of what is sent but the page, so that a preview leaves nothing out.
    let asked = format!(
        "{}\nWrite the hand-over in at most {words} words.",
        material.text
    );
    let most = (wanted * 2 + TO_THINK).min(MOST_ANSWER);
    Ok(Question {
        request: Request {
            system: PAGE.to_owned(),
            messages: vec![Message::User(asked.clone())],
            tools: Vec::new(),
            choice: ToolChoice::None,
            max_tokens: u32::try_from(most).unwrap_or(u32::MAX),
            temperature: None,
        },
        material: Material {
            tokens: tokens(&asked),
            text: asked,
            ..material
        },
        wanted,
    })
}

/// The answer, if the model had said all that it wanted to: what is cut may have lost its other half.
fn whole(answered: Answered) -> Result<Answered, AccountError> {
    let stop = answered.answer.stop.as_ref();
    if stop.is_some_and(StopReason::is_whole) {
        return Ok(answered);
    }
    let why = "it is longer than it may be".to_owned();
    Err(AccountError::Model(ModelError::Incomplete { why }))
}

fn by_model(answered: Answered, rewriting: Rewriting) -> ByModel {
    let Answered {
        account,
        model,
        place,
        provider,
        answer: Answer { text, usage, .. },
        tried,
    } = answered;
    let tokens = Tokens {
        input: usage.input,
        cache_read: usage.cache_read,
        cache_write: usage.cache_write,
        output: usage.output,
    };
    ByModel {
        usd: cost_of(&account, &model, clock::now()).of(tokens),
        account,
        provider,
        model,
        place,
        usage,
        tried,
        answer: text,
        rewriting,
    }
}

fn need() -> Need {
    Need {
        purpose: PURPOSE.to_owned(),
        called: true,
        ..Need::default()
    }
}
