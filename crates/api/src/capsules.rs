//! Capsules: a project or everything out into one file, looked at, taken in, taken back.

use std::collections::BTreeMap;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use krake_domain::id::ImportId;
use krake_runtime::capsule::{
    self, CapsuleError, Exported, Manifest, Preview, ScopeFacts, UndoneImport, base64,
};
use krake_store::{CapsuleScope, KeptBack};
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::imports::{off_thread, upload_folder, written};
use crate::projects::load as load_project;
use crate::tools::Nothing;
use crate::view::moment::{Moment, now};
use crate::visible::visible_line;

/// Bytes of one piece of a download.
const PIECE: u64 = 3 << 20;

/// What goes out, and where to.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportCapsule {
    /// A new file or a folder, absolute or with `~`; without one it waits to be downloaded.
    pub path: Option<String>,
    /// One project, by id or name; everything when absent.
    pub project_id: Option<String>,
}

/// A capsule that was made.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct ExportedView {
    /// Where it lies; absent where it waits to be downloaded.
    pub path: Option<String>,
    /// For `capsules.download`; absent where it has a path.
    pub download: Option<String>,
    /// The name of its file.
    pub name: String,
    pub bytes: u64,
    pub capsule: CapsuleView,
}

/// What a capsule says of itself.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CapsuleView {
    /// The project's name; absent for everything.
    pub project: Option<String>,
    pub made_by: String,
    pub made_at: String,
    /// The same for the same content, whenever and wherever it was made.
    pub content_hash: String,
    /// Lines by noun.
    pub counts: BTreeMap<String, u64>,
    /// Secrets that were replaced on the way out, by kind.
    pub replaced: BTreeMap<String, u64>,
    pub left_out: Vec<String>,
}

/// One piece of a capsule that waits.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DownloadCapsule {
    pub id: String,
    #[serde(default)]
    pub offset: u64,
}

/// The bytes of a piece.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct PieceView {
    /// In base64.
    pub data: String,
    /// Where the next piece begins; absent after the last one.
    pub next: Option<u64>,
}

/// A capsule on this machine, or one that was sent in pieces.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapsuleFile {
    /// Absolute, or with `~`.
    pub path: Option<String>,
    /// The `upload` of `imports.upload`, whose last piece was not marked as such.
    pub upload: Option<String>,
}

/// What an import would do, or did.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CapsulePreviewView {
    /// The import; absent in a preview.
    pub import_id: Option<ImportId>,
    pub capsule: CapsuleView,
    pub nouns: Vec<NounVerdict>,
    /// What is here already with other content: both are kept.
    pub differing: Vec<DifferingView>,
    pub more_differing: u64,
}

/// What becomes of the lines of a noun.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct NounVerdict {
    pub noun: String,
    pub new: u64,
    pub equal: u64,
    /// What is here is the beginning of it, and is extended.
    pub grown: u64,
    pub kept_both: u64,
}

/// Something that is kept on both sides.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct DifferingView {
    pub noun: String,
    pub id: String,
    pub title: String,
    /// Under which id and name it comes in.
    pub kept_as: String,
    pub why: String,
}

/// An import of a capsule.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CapsuleImportView {
    pub id: ImportId,
    pub file: String,
    pub content_hash: String,
    pub made_at: Option<Moment>,
    pub imported_at: Moment,
    pub undone_at: Option<Moment>,
    /// Things that it brought.
    pub brought: u64,
}

/// Imports, newest first.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct CapsuleImports {
    pub items: Vec<CapsuleImportView>,
}

/// Which import is taken back.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UndoImport {
    /// The last one when absent.
    pub id: Option<ImportId>,
}

/// What an undo did.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct UndoneView {
    pub id: ImportId,
    /// By noun.
    pub removed: BTreeMap<String, u64>,
    /// What was extended and is as it was, by noun.
    pub shortened: BTreeMap<String, u64>,
    pub kept: Vec<KeptView>,
}

/// Something that stays, and why.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct KeptView {
    pub noun: String,
    pub id: String,
    pub title: String,
    pub why: String,
}

/// `capsules.export`
pub async fn export(ctx: Ctx, input: ExportCapsule) -> Result<ExportedView, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    let (scope, label) = match &input.project_id {
        None => (CapsuleScope::Everything, "everything".to_owned()),
        Some(reference) => {
            let project = load_project(&ctx, reference).await?.project;
            (CapsuleScope::Project(project.id), project.name)
        }
    };
    let name = file_name(&label);
    let (target, download) = match &input.path {
        Some(path) => {
            let path = written(path)?;
            match path.is_dir() {
                true => (path.join(&name), None),
                false => (path, None),
            }
        }
        None => {
            let id = uuid::Uuid::now_v7().simple().to_string();
            let folder = download_folder(&ctx, &id)?;
            std::fs::create_dir_all(&folder).map_err(|error| unwritable(&error))?;
            (folder.join(&name), Some(id))
        }
    };
    let known = ctx.runtime()?.known_keys().await?;
    let made = capsule::export(store, scope, known, &target, &ctx.stopping()).await;
    let made = made.map_err(failed)?;
    Ok(exported(made, download))
}

/// `capsules.download`
pub async fn download(ctx: Ctx, input: DownloadCapsule) -> Result<PieceView, ApiError> {
    ctx.person()?;
    let folder = download_folder(&ctx, &input.id)?;
    let offset = input.offset;
    off_thread(move || {
        let gone = || ApiError::not_found("download", "of this id");
        let mut files = std::fs::read_dir(&folder).map_err(|_| gone())?;
        let file = files.next().and_then(Result::ok).ok_or_else(gone)?;
        let mut file = std::fs::File::open(file.path()).map_err(|_| gone())?;
        let unread = |error: std::io::Error| ApiError::new(Code::Internal, error.to_string());
        let all = file.metadata().map_err(unread)?.len();
        file.seek(SeekFrom::Start(offset)).map_err(unread)?;
        let mut bytes = Vec::new();
        file.take(PIECE).read_to_end(&mut bytes).map_err(unread)?;
        let end = offset + bytes.len() as u64;
        let next = (end < all).then_some(end);
        if next.is_none() {
            // It was only here to be fetched.
            let _ = std::fs::remove_dir_all(&folder);
        }
        Ok(PieceView {
            data: base64(&bytes),
            next,
        })
    })
    .await
}

/// `capsules.preview`
pub async fn preview(ctx: Ctx, input: CapsuleFile) -> Result<CapsulePreviewView, ApiError> {
    ctx.person()?;
    let path = place(&ctx, &input)?;
    let (store, own) = (ctx.store()?, ctx.playbooks());
    let preview = capsule::preview(store, own, &path, &ctx.stopping()).await;
    Ok(previewed(preview.map_err(failed)?, None))
}

/// `capsules.import`
pub async fn import(ctx: Ctx, input: CapsuleFile) -> Result<CapsulePreviewView, ApiError> {
    ctx.person()?;
    let path = place(&ctx, &input)?;
    let store = ctx.owner()?.store();
    let taken = capsule::import(store, ctx.playbooks(), &path, &ctx.stopping()).await;
    let taken = taken.map_err(failed)?;
    if let Some(upload) = &input.upload {
        let folder = upload_folder(&ctx, upload)?;
        let _ = std::fs::remove_dir_all(folder);
    }
    Ok(previewed(taken.preview, Some(taken.id)))
}

/// `capsules.imports`
pub async fn imports(ctx: Ctx, _: Nothing) -> Result<CapsuleImports, ApiError> {
    let imports = ctx.store()?.list_capsule_imports().await?;
    let items = imports.into_iter().map(|import| CapsuleImportView {
        id: import.id,
        file: visible_line(&import.file),
        content_hash: import.content_hash,
        made_at: import.made_at.map(Moment),
        imported_at: Moment(import.imported_at),
        undone_at: import.undone_at.map(Moment),
        brought: import.brought + import.playbooks.len() as u64,
    });
    Ok(CapsuleImports {
        items: items.collect(),
    })
}

/// `capsules.undo`
pub async fn undo(ctx: Ctx, input: UndoImport) -> Result<UndoneView, ApiError> {
    ctx.person()?;
    let store = ctx.owner()?.store();
    let UndoneImport {
        id,
        undone,
        kept_playbooks,
    } = capsule::undo(store, input.id).await.map_err(failed)?;
    let named = |counts: BTreeMap<&'static str, u64>| {
        let counts = counts.into_iter();
        counts
            .map(|(noun, count)| (noun.to_owned(), count))
            .collect()
    };
    Ok(UndoneView {
        id,
        removed: named(undone.removed),
        shortened: named(undone.shortened),
        kept: undone
            .kept
            .into_iter()
            .chain(kept_playbooks)
            .map(kept)
            .collect(),
    })
}

fn kept(kept: KeptBack) -> KeptView {
    KeptView {
        noun: kept.noun.to_owned(),
        id: visible_line(&kept.id),
        title: visible_line(&kept.title),
        why: kept.why.to_owned(),
    }
}

/// A name that says what it holds and when it was made.
fn file_name(label: &str) -> String {
    let plain: String = label
        .chars()
        .map(|letter| match letter {
            letter if letter.is_alphanumeric() => letter,
            _ => '-',
        })
        .take(60)
        .collect();
    let plain = plain.trim_matches('-');
    let begin = if plain.is_empty() { "project" } else { plain };
    let day = now().to_rfc3339();
    let stamp: String = day
        .chars()
        .take(19)
        .filter(|letter| letter.is_ascii_alphanumeric())
        .collect();
    format!("krake-{begin}-{stamp}.{}", capsule::ENDING)
}

fn download_folder(ctx: &Ctx, id: &str) -> Result<PathBuf, ApiError> {
    let is_id = id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_id {
        return Err(ApiError::not_found("download", visible_line(id)));
    }
    let spool = ctx.owner()?.store().dir().join("spool");
    Ok(spool.join(format!("download-{id}")))
}

/// Where the capsule lies that is meant.
fn place(ctx: &Ctx, input: &CapsuleFile) -> Result<PathBuf, ApiError> {
    match (&input.path, &input.upload) {
        (Some(path), None) => written(path),
        (None, Some(upload)) => {
            let folder = upload_folder(ctx, upload)?;
            let only = only_file(&folder);
            only.ok_or_else(|| ApiError::not_found("upload", visible_line(upload)))
        }
        _ => Err(ApiError::new(
            Code::BadInput,
            "expected either `path` or `upload`",
        )),
    }
}

fn only_file(folder: &Path) -> Option<PathBuf> {
    let mut files = std::fs::read_dir(folder).ok()?;
    Some(files.next()?.ok()?.path())
}

fn exported(made: Exported, download: Option<String>) -> ExportedView {
    let name = made.path.file_name().unwrap_or_default();
    ExportedView {
        name: visible_line(&name.to_string_lossy()),
        path: download
            .is_none()
            .then(|| visible_line(&made.path.display().to_string())),
        download,
        bytes: made.bytes,
        capsule: view(made.manifest),
    }
}

fn view(manifest: Manifest) -> CapsuleView {
    let noun = |name: String| {
        let name = name.trim_start_matches("data/").trim_end_matches(".jsonl");
        visible_line(name)
    };
    CapsuleView {
        project: match manifest.scope {
            ScopeFacts::Everything => None,
            ScopeFacts::Project { name, .. } => Some(visible_line(&name)),
        },
        made_by: visible_line(&manifest.made_by),
        made_at: visible_line(&manifest.made_at),
        content_hash: manifest.content_hash,
        counts: manifest
            .counts
            .into_iter()
            .map(|(name, count)| (noun(name), count))
            .collect(),
        replaced: manifest
            .replaced
            .into_iter()
            .map(|(kind, count)| (visible_line(&kind), count))
            .collect(),
        left_out: manifest
            .left_out
            .iter()
            .map(|left| visible_line(left))
            .collect(),
    }
}

fn previewed(preview: Preview, import_id: Option<ImportId>) -> CapsulePreviewView {
    let mut nouns: Vec<NounVerdict> = preview
        .judgement
        .counts
        .into_iter()
        .map(|(noun, counts)| NounVerdict {
            noun: noun.to_owned(),
            new: counts.new,
            equal: counts.equal,
            grown: counts.grown,
            kept_both: counts.kept_both,
        })
        .collect();
    let mut differing: Vec<DifferingView> = preview
        .judgement
        .differing
        .into_iter()
        .map(|one| DifferingView {
            noun: one.noun.to_owned(),
            id: visible_line(&one.id),
            title: visible_line(&one.title),
            kept_as: visible_line(&one.kept_as),
            why: one.why.to_owned(),
        })
        .collect();
    if !preview.playbooks.is_empty() {
        let count = |test: fn(&capsule::PlaybookVerdict) -> bool| {
            preview.playbooks.iter().filter(|one| test(one)).count() as u64
        };
        nouns.push(NounVerdict {
            noun: "playbooks".to_owned(),
            new: count(|one| one.is_new && one.kept_as.is_none()),
            equal: count(|one| !one.is_new),
            grown: 0,
            kept_both: count(|one| one.kept_as.is_some()),
        });
    }
    for playbook in preview.playbooks {
        if let Some(kept_as) = playbook.kept_as {
            differing.push(DifferingView {
                noun: "playbooks".to_owned(),
                id: visible_line(&playbook.file),
                title: visible_line(&playbook.file),
                kept_as: visible_line(&kept_as),
                why: "something else is here under its name".to_owned(),
            });
        }
    }
    CapsulePreviewView {
        import_id,
        capsule: view(preview.manifest),
        nouns,
        differing,
        more_differing: preview.judgement.more_differing,
    }
}

fn unwritable(error: &std::io::Error) -> ApiError {
    let code = match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Code::DiskFull,
        _ => Code::Internal,
    };
    ApiError::new(code, format!("the capsule cannot be written: {error}"))
}

fn failed(error: CapsuleError) -> ApiError {
    use krake_edge::EdgeError;
    match error {
        CapsuleError::Store(error) => error.into(),
        CapsuleError::Cancelled => ApiError::new(Code::Stopping, error.to_string()),
        CapsuleError::Refused(why) => ApiError::new(Code::BadInput, visible_line(&why)),
        CapsuleError::Edge(EdgeError::Changed { what }) => ApiError::new(
            Code::Conflict,
            format!("{}: there is a file already", visible_line(&what)),
        )
        .hint("choose another name, or remove it first"),
        CapsuleError::Edge(error @ EdgeError::DiskFull { .. }) => {
            ApiError::new(Code::DiskFull, visible_line(&error.to_string()))
        }
        CapsuleError::Edge(error) => ApiError::new(
            Code::BadInput,
            format!("field `path`: {}", visible_line(&error.to_string())),
        ),
    }
}
