//! Briefings with prose by a model of an account: first what would be sent to whom and at what price,
//! then the asking. What the answer says is held against its sources, line by line.

use krake_domain::account::{Account, AccountStatus};
use krake_domain::amount::Amount;
use krake_domain::briefing::Form;
use krake_domain::id::{AccountId, SessionId, WorkspaceId};
use krake_domain::rewriting::Rewriting;
use krake_runtime::briefing::prose::{
    ByModel, MOST_ANSWER_BYTES, Preview, Prose, ProseError, Usage, With,
};
use krake_runtime::briefing::{Briefed, Wish};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::briefs::{MadeBriefing, Sources, USUAL_BUDGET, made, told};
use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::held_account::held;
use crate::projects::kept_as;
use crate::visible::visible_line;

/// A briefing that a model is to write. One of `context`, `sessions`, `project_id` and `folder`.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WriteBriefing {
    /// A project's id or name: its stored sessions.
    pub project_id: Option<String>,
    /// Stored sessions of this folder and below.
    pub folder: Option<String>,
    /// Stored sessions.
    pub sessions: Option<Vec<SessionId>>,
    /// A transcript in any known format, a plain text, or messages as `{role, content}`.
    pub context: Option<Value>,
    /// Tokens; 4,000 when absent.
    pub budget: Option<u64>,
    /// What the next account is to do.
    pub goal: Option<String>,
    /// As in `briefings.make`.
    #[serde(default)]
    pub wanted: Vec<String>,
    #[serde(default)]
    pub form: Form,
    /// An account's id or name, or `auto`: the one that comes first by your rules.
    pub with: String,
}

/// What would be sent, to whom, and at what price. Nothing has been sent.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BriefingPreview {
    pub account: Writer,
    /// Lines of the sessions that are sent.
    pub lines: u64,
    /// Tokens that are sent, by the offline estimator.
    pub sent_tokens: u64,
    pub most_answer_tokens: u64,
    /// What it will cost about, in USD; absent: the price is not known.
    pub usd: Option<Amount>,
    /// What is reserved against the budgets until it is done.
    pub most_usd: Option<Amount>,
    /// The rules that the model is told, the same each time.
    pub page: String,
    /// The lines, as they are sent.
    pub material: String,
}

/// An account with its model.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Writer {
    pub id: AccountId,
    pub name: String,
    pub provider: String,
    pub model: String,
    /// Whom the request goes to: scheme, host and port.
    pub place: String,
}

/// A briefing after a model was asked.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct WrittenBriefing {
    #[serde(flatten)]
    pub made: MadeBriefing,
    /// Who wrote; absent: nobody did, and the briefing is the one made without a model.
    pub model: Option<WrittenBy>,
    /// Why nobody wrote.
    pub fault: Option<String>,
}

/// What a model wrote, and what became of it.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct WrittenBy {
    pub account: Writer,
    pub usage: Usage,
    pub usd: Option<Amount>,
    /// Who was asked before and gave no answer.
    pub tried: Vec<String>,
    #[serde(flatten)]
    pub rewriting: Rewriting,
    /// The answer as it came. `handoffs.create` and `briefings.save` take it and hold it against the
    /// sources again.
    pub answer: String,
}

/// `briefings.preview`
pub async fn preview(ctx: Ctx, input: WriteBriefing) -> Result<BriefingPreview, ApiError> {
    let runtime = ctx.runtime()?;
    let with = with(&ctx, &input.with).await?;
    let (sources, wish, project) = parts(&ctx, input).await?;
    let rules = runtime
        .store()
        .compression_rules_for(project.as_deref())
        .await?;
    let subject = sources.material(&ctx).await?;
    let preview = runtime.preview_prose(subject, wish, rules, with).await?;
    let Preview {
        account,
        provider,
        model,
        place,
        page,
        material,
        sent_tokens,
        most_answer_tokens,
        usd,
        most_usd,
    } = preview;
    Ok(BriefingPreview {
        account: writer(&account, provider, model, place),
        lines: material.lines,
        sent_tokens,
        most_answer_tokens,
        usd,
        most_usd,
        page: page.to_owned(),
        material: material.text,
    })
}

/// `briefings.write`
pub async fn write(ctx: Ctx, input: WriteBriefing) -> Result<WrittenBriefing, ApiError> {
    let runtime = ctx.owner()?;
    let with = with(&ctx, &input.with).await?;
    let (sources, wish, project) = parts(&ctx, input).await?;
    let rules = runtime
        .store()
        .compression_rules_for(project.as_deref())
        .await?;
    let subject = sources.material(&ctx).await?;
    let asked = runtime
        .brief_with(subject, wish, rules, with, project)
        .await?;
    let Prose {
        briefing,
        sessions,
        history_tokens,
        outcome,
    } = asked;
    let (model, fault) = match outcome {
        Ok(by) => (Some(written(by)), None),
        Err(error) => (None, Some(visible_line(&error.to_string()))),
    };
    Ok(WrittenBriefing {
        made: made(Briefed {
            briefing,
            sessions,
            history_tokens,
        }),
        model,
        fault,
    })
}

/// An answer that a caller hands back.
pub fn answer(answer: Option<String>) -> Result<Option<String>, ApiError> {
    match answer {
        Some(text) if text.len() > MOST_ANSWER_BYTES => Err(ApiError::new(
            Code::BadInput,
            format!("field `answer`: expected at most {MOST_ANSWER_BYTES} bytes"),
        )),
        answer => Ok(answer),
    }
}

async fn parts(
    ctx: &Ctx,
    input: WriteBriefing,
) -> Result<(Sources, Wish, Option<String>), ApiError> {
    let project = kept_as(ctx, input.project_id.as_deref()).await?;
    let sources = Sources {
        project_id: input.project_id,
        folder: input.folder,
        sessions: input.sessions,
        context: input.context,
    };
    let wish = Wish {
        budget: input.budget.unwrap_or(USUAL_BUDGET),
        goal: input.goal,
        repair: true,
        wanted: input.wanted,
        form: input.form,
        attach: input.form != Form::AgentsMd,
    };
    Ok((sources, wish, project))
}

/// Whose model is meant.
async fn with(ctx: &Ctx, word: &str) -> Result<With, ApiError> {
    if word == "auto" {
        return Ok(With::Auto);
    }
    let account = held(ctx, "with", word).await?;
    if account.provider.is_called() {
        return Ok(With::Account(account.id));
    }
    let told = format!(
        "field `with`: Krake cannot ask `{}`: accounts of {} are used in their own app",
        visible_line(&account.name),
        account.provider.as_str()
    );
    let all = ctx.store()?.list_accounts(WorkspaceId::PERSONAL).await?;
    let others: Vec<String> = all
        .iter()
        .filter(|one| one.provider.is_called() && one.status == AccountStatus::Active)
        .map(|one| format!("`{}`", visible_line(&one.name)))
        .collect();
    Err(
        ApiError::new(Code::BadInput, told).hint(match others.is_empty() {
            true => "there is none yet that it can ask: `krake accounts add` adds one".to_owned(),
            false => format!("it can ask {}", others.join(", ")),
        }),
    )
}

fn writer(account: &Account, provider: &str, model: String, place: String) -> Writer {
    Writer {
        id: account.id,
        name: visible_line(&account.name),
        provider: provider.to_owned(),
        model: visible_line(&model),
        place,
    }
}

fn written(by: ByModel) -> WrittenBy {
    let tried = by.tried.iter().map(|(account, why)| {
        let (name, why) = (visible_line(&account.name), visible_line(why));
        format!("{name}: {why}")
    });
    WrittenBy {
        tried: tried.collect(),
        account: writer(&by.account, by.provider, by.model, by.place),
        usage: by.usage,
        usd: by.usd,
        rewriting: by.rewriting,
        answer: by.answer,
    }
}

impl From<ProseError> for ApiError {
    fn from(error: ProseError) -> Self {
        match error {
            ProseError::Failed(failure) => told(&failure),
            ProseError::Account(error) => error.into(),
            ProseError::Nobody(_) => Self::new(Code::NotFound, error.to_string())
                .hint("`krake accounts add` adds one; without `with` a briefing needs none"),
        }
    }
}
