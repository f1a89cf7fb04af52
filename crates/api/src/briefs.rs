//! Briefings on the spot: of a project, of sessions, of a folder or of a given context.

use krake_domain::briefing::{Briefing, Form};
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::id::SessionId;
use krake_edge::EdgeError;
use krake_engine::context::BRIEFING;
use krake_runtime::briefing::{Briefed, Material, Wish, brief_of, brief_with_answer, labelled};
use krake_runtime::{NewTextError, Written, write_block, write_new};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::knowledge::{absolute, not_written};
use crate::projects::{kept_as, load as load_project};
use crate::visible::{visible, visible_line};

/// Tokens of a briefing when nobody says.
pub const USUAL_BUDGET: u64 = 4_000;

/// What a briefing is made of, as the inputs of the commands name it: one of `context`, `sessions`,
/// `project_id` and `folder`.
#[derive(Debug, Default)]
pub struct Sources {
    pub project_id: Option<String>,
    pub folder: Option<String>,
    pub sessions: Option<Vec<SessionId>>,
    pub context: Option<Value>,
}

/// A briefing that is wanted.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MakeBriefing {
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
    /// Put back what scores as lost; true when absent.
    pub repair: Option<bool>,
    /// Texts of `coverage.loss.lost` of an earlier answer: put in before all else, as far as they fit.
    #[serde(default)]
    pub wanted: Vec<String>,
    /// What a model answered for this briefing (`briefings.write`); each of its lines is held against
    /// its sources, and nobody is asked again.
    pub answer: Option<String>,
    #[serde(default)]
    pub form: Form,
}

/// A briefing that goes between its marks into a file.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveBriefing {
    /// A project's id or name: its stored sessions.
    pub project_id: Option<String>,
    /// Stored sessions.
    pub sessions: Option<Vec<SessionId>>,
    /// Tokens; 4,000 when absent.
    pub budget: Option<u64>,
    /// What the next account is to do.
    pub goal: Option<String>,
    /// What a model answered for this briefing; each of its lines is held against its sources.
    pub answer: Option<String>,
    /// As in `briefings.make`.
    #[serde(default)]
    pub wanted: Vec<String>,
    /// A file of its own in this form, where none lies yet; absent: between its marks.
    pub form: Option<Form>,
    /// An absolute path, or one from the home folder (`~/…`), such as that of an `AGENTS.md`.
    pub path: String,
}

/// What became of the file.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct BriefingSaved {
    pub path: String,
    pub tokens: u64,
    /// Whether the file is another one now.
    pub changed: bool,
}

/// A briefing with the sessions that it cites.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct MadeBriefing {
    #[serde(flatten)]
    pub briefing: Briefing,
    /// In the order of their labels.
    pub sessions: Vec<CitedSession>,
    /// Tokens of everything that was read for it, by the same estimator.
    pub history_tokens: u64,
}

/// A stored session under the label of its citations: `s2` in `[s2#12]`, empty in `[#12]`.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CitedSession {
    pub label: String,
    pub id: SessionId,
    pub title: Option<String>,
    pub messages: u64,
}

/// `briefings.make`
pub async fn make(ctx: Ctx, input: MakeBriefing) -> Result<MadeBriefing, ApiError> {
    let sources = Sources {
        project_id: input.project_id,
        folder: input.folder,
        sessions: input.sessions,
        context: input.context,
    };
    let wish = Wish {
        budget: input.budget.unwrap_or(USUAL_BUDGET),
        goal: input.goal,
        repair: input.repair.unwrap_or(true),
        wanted: input.wanted,
        form: input.form,
        attach: input.form != Form::AgentsMd,
    };
    let answer = crate::prose::answer(input.answer)?;
    Ok(made(brief(&ctx, sources, wish, answer).await?))
}

/// A briefing with the labels of its sessions.
pub fn made(briefed: Briefed) -> MadeBriefing {
    let Briefed {
        briefing,
        sessions,
        history_tokens,
    } = briefed;
    let listed = labelled(&sessions).map(|(label, row)| CitedSession {
        label,
        id: row.id,
        title: row.title.as_deref().map(visible_line),
        messages: row.messages,
    });
    MadeBriefing {
        briefing,
        sessions: listed.collect(),
        history_tokens,
    }
}

/// `briefings.save`
pub async fn save(ctx: Ctx, input: SaveBriefing) -> Result<BriefingSaved, ApiError> {
    absolute(&input.path)?;
    let sources = Sources {
        project_id: input.project_id,
        sessions: input.sessions,
        ..Sources::default()
    };
    let wish = Wish {
        budget: input.budget.unwrap_or(USUAL_BUDGET),
        goal: input.goal,
        repair: true,
        wanted: input.wanted,
        form: input.form.unwrap_or_default(),
        attach: !matches!(input.form, None | Some(Form::AgentsMd)),
    };
    let answer = crate::prose::answer(input.answer)?;
    let Briefed { briefing, .. } = brief(&ctx, sources, wish, answer).await?;
    let (path, body) = (input.path, briefing.text);
    let written = tokio::task::spawn_blocking(move || match input.form {
        None => write_block(&path, BRIEFING, &body).map_err(not_written),
        Some(_) => write_new(&path, &body).map(made_new).map_err(not_made),
    });
    let Written { path, changed } = written
        .await
        .map_err(|error| ApiError::new(Code::Internal, error.to_string()))??;
    Ok(BriefingSaved {
        path: visible(&path.to_string_lossy()).into_owned(),
        tokens: briefing.tokens,
        changed,
    })
}

fn made_new(path: std::path::PathBuf) -> Written {
    Written {
        path,
        changed: true,
    }
}

fn not_made(error: NewTextError) -> ApiError {
    let code = match &error {
        NewTextError::Taken(_) => Code::Conflict,
        NewTextError::Edge(EdgeError::NoAccess { .. }) => Code::NoAccess,
        NewTextError::Edge(EdgeError::DiskFull { .. }) => Code::DiskFull,
        NewTextError::Edge(_) => Code::BadInput,
    };
    ApiError::new(
        code,
        format!("field `path`: {}", visible_line(&error.to_string())),
    )
}

/// A briefing of these sources, under the rules of their project and those of all.
/// With an answer of a model, those of its lines that are grounded are in it.
pub async fn brief(
    ctx: &Ctx,
    sources: Sources,
    wish: Wish,
    answer: Option<String>,
) -> Result<Briefed, ApiError> {
    let store = ctx.store()?;
    let project = kept_as(ctx, sources.project_id.as_deref()).await?;
    let rules = store.compression_rules_for(project.as_deref()).await?;
    let material = sources.material(ctx).await?;
    let briefed = match answer {
        Some(answer) => brief_with_answer(store, material, wish, rules, answer).await,
        None => brief_of(store, material, wish, rules).await,
    };
    briefed.map_err(|failure| told(&failure))
}

impl Sources {
    /// What the runtime reads.
    pub async fn material(self, ctx: &Ctx) -> Result<Material, ApiError> {
        match (self.context, self.sessions, self.project_id, self.folder) {
            (Some(context), None, _, None) => given(context),
            (None, Some(sessions), _, _) => Ok(Material::Sessions(sessions)),
            (None, None, _, Some(folder)) => Ok(Material::Folder(folder)),
            (None, None, Some(project), None) => {
                let project = load_project(ctx, &project).await?.project;
                Ok(Material::Project(project.id))
            }
            _ => Err(ApiError::new(
                Code::BadInput,
                "give one of `context`, `sessions`, `project_id` and `folder`",
            )),
        }
    }
}

fn given(context: Value) -> Result<Material, ApiError> {
    match context {
        Value::String(text) if !text.trim().is_empty() => Ok(Material::Text(text)),
        Value::Array(messages) if !messages.is_empty() => Ok(Material::Messages(messages)),
        _ => Err(ApiError::new(
            Code::BadInput,
            "field `context`: expected a text or a list of messages",
        )),
    }
}

/// What went wrong, as the door says it.
pub fn told(failure: &Failure) -> ApiError {
    let code = match failure.class {
        FailureClass::BadInput => Code::BadInput,
        FailureClass::NotFound => Code::NotFound,
        FailureClass::DiskFull => Code::DiskFull,
        FailureClass::Unavailable => Code::Busy,
        _ => Code::Internal,
    };
    ApiError::new(code, failure.message.clone())
}
