//! Transcripts in: by their path on this machine, piece by piece from a window or a browser, or as a
//! piece of text.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use krake_domain::id::{ProjectId, SessionId};
use krake_edge::home::expand_home;
use krake_runtime::import::{ImportError, Report, Wish, capture as keep_text, import_path};
use krake_transcripts::Format;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::held_account::held_id;
use crate::projects::load as load_project;
use crate::view::moment::Moment;
use crate::visible::visible_line;

/// Characters of a piece of text.
const MOST_CAPTURE: usize = 4 << 20;

/// A file, an archive or a folder on this machine.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportPath {
    /// Absolute, or with `~` for the home folder.
    pub path: String,
    /// The project that all of it goes to, by id or name; without one the folders decide. What is in
    /// another project stays there.
    pub project_id: Option<String>,
    pub account_id: Option<String>,
    /// `auto` when absent; else `claude_code`, `codex`, `gemini_cli`, `goose`, `chatgpt`,
    /// `claude_ai`, `cursor`, `messages`, `neutral` or `markdown`.
    pub format: Option<String>,
}

/// One piece of a file that is not on this machine's disk, or that a page may only read.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ImportUpload {
    /// The same for all pieces of one file: 8 to 64 letters, digits and hyphens.
    pub upload: String,
    /// The file's own name.
    pub name: String,
    /// Where this piece begins; pieces come in order.
    pub offset: u64,
    /// The bytes, in base64.
    pub data: String,
    /// It is the last piece: the file is imported.
    #[serde(default)]
    pub last: bool,
    /// The project that all of it goes to, by id or name; without one the folders decide. What is in
    /// another project stays there.
    pub project_id: Option<String>,
    pub account_id: Option<String>,
    /// `auto` when absent.
    pub format: Option<String>,
}

/// A piece of text for a project.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Capture {
    /// By id or name.
    pub project_id: String,
    pub text: String,
    pub title: Option<String>,
    pub account_id: Option<String>,
    /// Where it comes from: an address, a program.
    pub origin: Option<String>,
}

/// What came in, and what did not.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ImportView {
    pub sessions: Vec<ImportedView>,
    /// Files that were read or known to be unchanged.
    pub files: u64,
    /// Those of them that nothing was new in.
    pub unchanged: u64,
    pub new_messages: u64,
    /// Lines that could not be read; their bytes are kept.
    pub broken_lines: u64,
    pub skipped: Vec<SkippedView>,
    /// More that was left out than is named.
    pub more_skipped: u64,
    /// Secrets that were replaced, by kind.
    pub redactions: BTreeMap<String, u32>,
    /// Those whose words are kept encrypted from now on.
    pub kept_secrets: u64,
    /// Those whose words were to be kept, and had to be dropped.
    pub lost_secrets: u64,
    /// Why they had to.
    pub lost_because: Option<String>,
}

/// A session that came in or grew.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ImportedView {
    pub id: SessionId,
    pub source: String,
    pub title: Option<String>,
    pub messages: u64,
    pub new_messages: u64,
    pub started_at: Option<Moment>,
    pub ended_at: Option<Moment>,
    pub broken_lines: u32,
    /// The project that it was in already and stays in, where another one was asked for.
    /// `sessions.change` moves it.
    pub kept_in: Option<KeptIn>,
}

/// A project by its name.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct KeptIn {
    pub id: ProjectId,
    pub name: String,
}

/// Something that was left out.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SkippedView {
    pub path: String,
    pub why: String,
}

/// How far an upload is.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct UploadView {
    /// Bytes that arrived.
    pub received: u64,
    /// What came in; absent before the last piece.
    pub imported: Option<ImportView>,
}

/// The watcher of other tools' stores.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct WatchedView {
    /// It runs in the process that answers.
    pub is_running: bool,
    /// The first look at everything goes on.
    pub is_scanning: bool,
    pub stores: Vec<StoreView>,
    /// Files that belong to a project.
    pub files: u64,
    /// Since the process began.
    pub new_messages: u64,
    /// Why changes are only seen every now and then.
    pub trouble: Option<String>,
}

/// A store of another tool.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StoreView {
    pub path: String,
    /// The format's word.
    pub format: String,
}

/// `imports.watched`
pub async fn watched(ctx: Ctx, _: crate::tools::Nothing) -> Result<WatchedView, ApiError> {
    let watched = ctx.runtime()?.watched();
    Ok(WatchedView {
        is_running: watched.is_running,
        is_scanning: watched.is_scanning,
        stores: watched
            .stores
            .into_iter()
            .map(|(path, format)| StoreView {
                path: visible_line(&path),
                format,
            })
            .collect(),
        files: watched.files,
        new_messages: watched.new_messages,
        trouble: watched.trouble.as_deref().map(visible_line),
    })
}

/// `imports.path`
pub async fn path(ctx: Ctx, input: ImportPath) -> Result<ImportView, ApiError> {
    ctx.person()?;
    let wish = wish(&ctx, input.project_id, input.account_id, input.format).await?;
    let path = written(&input.path)?;
    let imported = import(&ctx, &path, &wish).await?;
    draft(&ctx).await?;
    Ok(imported)
}

/// `imports.upload`
pub async fn upload(ctx: Ctx, input: ImportUpload) -> Result<UploadView, ApiError> {
    ctx.person()?;
    let wish = wish(&ctx, input.project_id, input.account_id, input.format).await?;
    let folder = upload_folder(&ctx, &input.upload)?;
    let name = file_name(&input.name)?;
    let target = folder.join(name);
    let (data, offset) = (input.data, input.offset);
    let received = off_thread(move || append(&folder, &target, offset, &data)).await?;
    if !input.last {
        return Ok(UploadView {
            received,
            imported: None,
        });
    }
    let folder = upload_folder(&ctx, &input.upload)?;
    let imported = krake_runtime::import::import_passing(
        ctx.owner()?.store(),
        &folder,
        &wish,
        &ctx.stopping(),
    )
    .await;
    // The bytes are kept by the import; what is left of the upload is of no use.
    let _ = off_thread(move || std::fs::remove_dir_all(folder).map_err(io)).await;
    let imported = told(&ctx, imported.map_err(failed)?).await?;
    draft(&ctx).await?;
    Ok(UploadView {
        received,
        imported: Some(imported),
    })
}

/// A process that does one command drafts what its import brought; the others look by themselves.
async fn draft(ctx: &Ctx) -> Result<(), ApiError> {
    ctx.owner()?.draft_what_ran_out().await?;
    Ok(())
}

/// `capture`
pub async fn capture(ctx: Ctx, input: Capture) -> Result<ImportView, ApiError> {
    if input.text.trim().is_empty() || input.text.len() > MOST_CAPTURE {
        return Err(ApiError::new(
            Code::BadInput,
            "field `text`: expected some text of at most 4 MiB",
        ));
    }
    let wish = wish(&ctx, Some(input.project_id), input.account_id, None).await?;
    let store = ctx.owner()?.store();
    let title = input.title.filter(|title| !title.trim().is_empty());
    let report = keep_text(store, &input.text, title, input.origin, &wish).await?;
    told(&ctx, report).await
}

async fn import(ctx: &Ctx, path: &Path, wish: &Wish) -> Result<ImportView, ApiError> {
    let store = ctx.owner()?.store();
    let report = import_path(store, path, wish, &ctx.stopping()).await;
    told(ctx, report.map_err(failed)?).await
}

/// The report for people, with the names of projects that hold what another was asked for.
async fn told(ctx: &Ctx, report: Report) -> Result<ImportView, ApiError> {
    let is_kept = report.sessions.iter().any(|one| one.kept_in.is_some());
    let projects = match is_kept {
        true => ctx.store()?.list_projects(None).await?,
        false => Vec::new(),
    };
    let names = projects
        .into_iter()
        .map(|row| (row.project.id, visible_line(&row.project.name)));
    Ok(ImportView::of(report, &names.collect()))
}

async fn wish(
    ctx: &Ctx,
    project: Option<String>,
    account_id: Option<String>,
    format: Option<String>,
) -> Result<Wish, ApiError> {
    let project: Option<ProjectId> = match project {
        Some(reference) => Some(load_project(ctx, &reference).await?.project.id),
        None => None,
    };
    let format = match format.as_deref() {
        None | Some("auto") => None,
        Some(word) => Some(Format::from_name(word).ok_or_else(|| {
            let known: Vec<&str> = Format::ALL.iter().map(|format| format.as_str()).collect();
            ApiError::new(
                Code::BadInput,
                format!("field `format`: expected auto, {}", known.join(", ")),
            )
        })?),
    };
    Ok(Wish {
        project,
        account_id: held_id(ctx, "account_id", account_id).await?,
        format,
        ..ctx.runtime()?.import_wish(project).await?
    })
}

pub(crate) fn written(path: &str) -> Result<PathBuf, ApiError> {
    let bad = |why: String| ApiError::new(Code::BadInput, format!("field `path`: {why}"));
    if path.is_empty() || path.chars().any(char::is_control) {
        return Err(bad("expected the path of a file or a folder".to_owned()));
    }
    let path = expand_home(path).map_err(|error| bad(error.to_string()))?;
    if !path.is_absolute() {
        return Err(bad("expected an absolute path".to_owned()));
    }
    Ok(path)
}

/// Where the pieces of an upload wait.
pub(crate) fn upload_folder(ctx: &Ctx, upload: &str) -> Result<PathBuf, ApiError> {
    let is_name = (8..=64).contains(&upload.len())
        && upload
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if !is_name {
        return Err(ApiError::new(
            Code::BadInput,
            "field `upload`: expected 8 to 64 letters, digits and hyphens",
        ));
    }
    let spool = ctx.owner()?.store().dir().join("spool");
    Ok(spool.join(format!("upload-{upload}")))
}

/// The last part of a name, of letters that every file system takes.
fn file_name(name: &str) -> Result<String, ApiError> {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .map(|letter| match letter {
            letter if letter.is_alphanumeric() || ".-_ ".contains(letter) => letter,
            _ => '_',
        })
        .take(120)
        .collect();
    if plain.trim_matches(['.', ' ']).is_empty() {
        return Err(ApiError::new(
            Code::BadInput,
            "field `name`: expected the name of a file",
        ));
    }
    Ok(plain)
}

fn append(folder: &Path, target: &Path, offset: u64, data: &str) -> Result<u64, ApiError> {
    use std::io::Write as _;
    let bytes = decode(data).ok_or_else(|| {
        ApiError::new(
            Code::BadInput,
            "field `data`: expected base64 with its padding",
        )
    })?;
    std::fs::create_dir_all(folder).map_err(io)?;
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(target).map_err(io)?;
    let there = file.metadata().map_err(io)?.len();
    if there != offset {
        return Err(ApiError::new(
            Code::Conflict,
            format!("field `offset`: expected {there}, found {offset}"),
        ));
    }
    file.write_all(&bytes).map_err(io)?;
    Ok(there + bytes.len() as u64)
}

/// Base64 with padding.
fn decode(text: &str) -> Option<Vec<u8>> {
    let six = |byte: u8| match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let body = text.trim_end_matches('=');
    if text.len() - body.len() > 2 {
        return None;
    }
    let mut bytes = Vec::with_capacity(body.len() / 4 * 3 + 2);
    let (mut bits, mut held) = (0u32, 0);
    for byte in body.bytes() {
        bits = (bits << 6) | u32::from(six(byte)?);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push(u8::try_from((bits >> held) & 0xff).expect("eight bits fit"));
        }
    }
    Some(bytes)
}

pub(crate) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| ApiError::new(Code::Internal, error.to_string()))?
}

fn io(error: std::io::Error) -> ApiError {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::Internal,
    };
    ApiError::new(code, format!("the upload cannot be kept: {error}"))
}

fn failed(error: ImportError) -> ApiError {
    match error {
        ImportError::Store(error) => error.into(),
        ImportError::Edge(error) => ApiError::new(
            Code::BadInput,
            format!("field `path`: {}", visible_line(&error.to_string())),
        ),
        ImportError::Cancelled => ApiError::new(Code::Stopping, error.to_string()),
    }
}

impl ImportView {
    fn of(report: Report, names: &BTreeMap<ProjectId, String>) -> Self {
        let kept_in = |id: ProjectId| KeptIn {
            id,
            name: names.get(&id).cloned().unwrap_or_default(),
        };
        Self {
            sessions: report
                .sessions
                .into_iter()
                .map(|session| ImportedView {
                    id: session.id,
                    source: session.source,
                    title: session.title.as_deref().map(visible_line),
                    messages: session.messages,
                    new_messages: session.new_messages,
                    started_at: session.started_at.map(Moment),
                    ended_at: session.ended_at.map(Moment),
                    broken_lines: session.broken_lines,
                    kept_in: session.kept_in.map(&kept_in),
                })
                .collect(),
            files: report.files,
            unchanged: report.unchanged,
            new_messages: report.new_messages,
            broken_lines: report.broken_lines,
            skipped: report
                .skipped
                .into_iter()
                .map(|left| SkippedView {
                    path: visible_line(&left.path),
                    why: visible_line(&left.why),
                })
                .collect(),
            more_skipped: report.more_skipped,
            redactions: report.redactions,
            kept_secrets: report.kept_secrets,
            lost_secrets: report.lost_secrets,
            lost_because: report.lost_because.as_deref().map(visible_line),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_strictly() {
        assert_eq!(decode("aGVsbG8="), Some(b"hello".to_vec()));
        assert_eq!(decode("aGVsbA=="), Some(b"hell".to_vec()));
        assert_eq!(decode(""), Some(Vec::new()));
        for bad in ["a", "aGVsbG8", "aGV$", "====", "a==="] {
            assert_eq!(decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn names_of_files_lead_nowhere() {
        for (name, plain) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\x\\chat.json", "chat.json"),
            ("a\u{202e}b.md", "a_b.md"),
        ] {
            assert_eq!(file_name(name).unwrap(), plain);
        }
        assert!(file_name("..").is_err());
    }
}
