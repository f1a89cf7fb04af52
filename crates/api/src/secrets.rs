//! Secrets that imports found: whether their words are kept encrypted, which ones are, and one look at
//! one of them. For persons only; what is shown is kept nowhere.

use krake_domain::account::Place;
use krake_domain::id::{KeptSecretId, ProjectId, SessionId};
use krake_domain::kept_secret::{KeptSecret, SecretPolicy};
use krake_domain::secret::Revealed;
use krake_runtime::{Removed, Runtime};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::projects::load as load_project;
use crate::tools::Nothing;
use crate::view::moment::Moment;
use crate::view::page::limit;
use crate::visible::visible_line;

/// What becomes of the words of secrets.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SecretPolicyView {
    /// For all projects that have none of their own.
    pub policy: SecretPolicy,
    /// Projects that have their own, by name.
    pub projects: Vec<ProjectPolicyView>,
    /// How many are kept.
    pub kept: u64,
    /// Where the key that opens them rests, or would rest.
    pub place: Place,
    /// Why none can be kept now although they should be: such secrets are dropped.
    pub because: Option<String>,
    /// How many this call has forgotten.
    pub forgotten: u64,
    /// A key that opens nothing any more could not be taken out of the vault yet; it is tried again.
    pub key_left: bool,
}

/// What becomes of them in one project.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ProjectPolicyView {
    pub project_id: ProjectId,
    pub project: String,
    pub policy: SecretPolicy,
}

/// What a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PolicyChoice {
    Drop,
    Encrypt,
    /// For one project: what holds for all.
    Default,
}

/// What a person wants.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetSecretPolicy {
    pub policy: PolicyChoice,
    /// A project's id or name; absent: all that have no policy of their own.
    pub project_id: Option<String>,
    /// With `drop` for all: also forget what is kept.
    #[serde(default)]
    pub forget: bool,
}

/// Which kept secrets.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListSecrets {
    /// Only those that this token stands for, such as `[secret:openai_key:1a2b]`.
    pub token: Option<String>,
    /// Those found before this one.
    pub after: Option<KeptSecretId>,
    /// At most 500; 50 when absent.
    pub limit: Option<u32>,
}

/// Kept secrets, the last found first.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SecretPage {
    pub items: Vec<SecretView>,
    /// Give it back as `after`; absent at the end.
    pub next: Option<KeptSecretId>,
}

/// A kept secret without its words.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SecretView {
    pub id: KeptSecretId,
    pub kind: String,
    /// What stands in its place. Two secrets may share one: they are told apart by where they were
    /// found.
    pub token: String,
    /// The session that it was first found in; absent where it stood in no message.
    pub session_id: Option<SessionId>,
    pub session_title: Option<String>,
    pub found_at: Moment,
}

/// One of them.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretRef {
    pub id: KeptSecretId,
}

/// A secret as it was.
#[derive(Serialize, schemars::JsonSchema)]
pub struct RevealedView {
    pub secret: SecretView,
    pub words: Revealed,
}

/// Which ones are to be forgotten.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ForgetSecrets {
    /// These; at most 500.
    pub ids: Option<Vec<KeptSecretId>>,
    /// All of them.
    #[serde(default)]
    pub all: bool,
}

/// `secrets.policy`: for persons only, because asking a keychain can open a window.
pub async fn policy(ctx: Ctx, _: Nothing) -> Result<SecretPolicyView, ApiError> {
    view(ctx.runtime()?, 0, Removed::Whole).await
}

/// `secrets.set_policy`
pub async fn set_policy(ctx: Ctx, input: SetSecretPolicy) -> Result<SecretPolicyView, ApiError> {
    ctx.person()?;
    if input.forget && (input.policy != PolicyChoice::Drop || input.project_id.is_some()) {
        return Err(ApiError::new(
            Code::BadInput,
            "field `forget`: goes with `drop` for all; `secrets.forget` forgets at any time",
        ));
    }
    let runtime = ctx.owner()?;
    let policy = match input.policy {
        PolicyChoice::Drop => Some(SecretPolicy::Drop),
        PolicyChoice::Encrypt => Some(SecretPolicy::Encrypt),
        PolicyChoice::Default => None,
    };
    match (input.project_id, policy) {
        (Some(project), policy) => {
            let project = load_project(&ctx, &project).await?.project.id;
            runtime.set_project_secret_policy(project, policy).await?;
        }
        (None, Some(policy)) => runtime.set_secret_policy(policy).await?,
        (None, None) => {
            return Err(ApiError::new(
                Code::BadInput,
                "field `policy`: `default` goes with a project; for all it is `drop` or `encrypt`",
            ));
        }
    }
    let (forgotten, removed) = match input.forget {
        true => runtime.forget_secrets(None).await?,
        false => (0, Removed::Whole),
    };
    view(runtime, forgotten, removed).await
}

/// `secrets.list`
pub async fn list(ctx: Ctx, input: ListSecrets) -> Result<SecretPage, ApiError> {
    let most = limit(input.limit);
    let runtime = ctx.runtime()?;
    let kept = runtime.kept_secrets(input.token, input.after, most).await?;
    let is_full = kept.len() == most as usize;
    Ok(SecretPage {
        next: kept.last().filter(|_| is_full).map(|last| last.id),
        items: kept.into_iter().map(SecretView::from).collect(),
    })
}

/// `secrets.reveal`
pub async fn reveal(ctx: Ctx, input: SecretRef) -> Result<RevealedView, ApiError> {
    let by = ctx.person()?;
    let (secret, words) = ctx.owner()?.reveal_secret(input.id, by).await?;
    Ok(RevealedView {
        secret: secret.into(),
        words,
    })
}

/// `secrets.forget`
pub async fn forget(ctx: Ctx, input: ForgetSecrets) -> Result<SecretPolicyView, ApiError> {
    ctx.person()?;
    let ids = match (input.ids, input.all) {
        (None, true) => None,
        (Some(ids), false) if (1..=500).contains(&ids.len()) => Some(ids),
        _ => {
            return Err(ApiError::new(
                Code::BadInput,
                "expected either `ids` with 1 to 500 of them, or `all`",
            ));
        }
    };
    let runtime = ctx.owner()?;
    let (forgotten, removed) = runtime.forget_secrets(ids).await?;
    view(runtime, forgotten, removed).await
}

async fn view(
    runtime: &Runtime,
    forgotten: u64,
    removed: Removed,
) -> Result<SecretPolicyView, ApiError> {
    let standing = runtime.secret_standing().await?;
    let rows = runtime.store().list_projects(None).await?;
    let mut projects: Vec<ProjectPolicyView> = rows
        .into_iter()
        .filter_map(|row| {
            let own = standing.projects.iter().find(|own| own.0 == row.project.id);
            Some(ProjectPolicyView {
                project_id: row.project.id,
                project: visible_line(&row.project.name),
                policy: own?.1,
            })
        })
        .collect();
    projects.sort_by(|one, other| one.project.cmp(&other.project));
    Ok(SecretPolicyView {
        policy: standing.policy,
        projects,
        kept: standing.kept,
        place: standing.place,
        because: standing.refused.as_deref().map(visible_line),
        forgotten,
        key_left: removed == Removed::KeyLeft,
    })
}

impl From<KeptSecret> for SecretView {
    fn from(secret: KeptSecret) -> Self {
        Self {
            id: secret.id,
            kind: secret.kind,
            token: secret.token,
            session_id: secret.session,
            session_title: secret.title.as_deref().map(visible_line),
            found_at: secret.found_at.into(),
        }
    }
}
