//! Playbooks of the user, which are files: out as they are, in beside what is there.

use std::fs;
use std::path::Path;

use krake_store::{BroughtPlaybook, CapsuleImport, KeptBack, Store, StoreError};

use super::CapsuleError;
use super::import::PlaybookVerdict;
use crate::playbooks::Playbooks;

/// A larger file is no playbook.
pub const MOST_BYTES: u64 = 8 << 20;

/// Whether a file of this name is one, and leads nowhere else.
#[must_use]
pub fn is_name(file: &str) -> bool {
    let plain = file
        .chars()
        .all(|letter| letter.is_alphanumeric() || "-_. ()".contains(letter));
    let ending = Path::new(file)
        .extension()
        .and_then(|ending| ending.to_str());
    plain
        && !file.starts_with('.')
        && file.len() <= 200
        && matches!(ending, Some("yaml" | "yml" | "json"))
}

/// The user's own, by name.
pub fn own(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut found: Vec<(String, String)> = entries
        .filter(|entry| {
            entry.file_type().is_ok_and(|kind| kind.is_file())
                && entry.metadata().is_ok_and(|file| file.len() <= MOST_BYTES)
        })
        .filter_map(|entry| {
            let name = entry
                .file_name()
                .into_string()
                .ok()
                .filter(|name| is_name(name))?;
            Some((name, fs::read_to_string(entry.path()).ok()?))
        })
        .collect();
    found.sort();
    found
}

/// What becomes of the playbooks of a capsule. A name that is taken, also by one that ships with
/// Krake, gets a number: nobody runs another plan than before by the same word.
pub fn judge(
    playbooks: &Playbooks,
    coming: &[(String, String)],
) -> (Vec<PlaybookVerdict>, Vec<BroughtPlaybook>) {
    let here = own(playbooks.folder());
    let mut taken: Vec<String> = playbooks
        .list()
        .iter()
        .map(|playbook| playbook.name.clone())
        .collect();
    let (mut verdicts, mut brought) = (Vec::new(), Vec::new());
    for (file, text) in coming {
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, "yaml"));
        let is_stem = |name: &str| {
            name == stem
                || name
                    .strip_prefix(stem)
                    .is_some_and(|rest| rest.starts_with(" ("))
        };
        let same = here.iter().any(|(name, there)| {
            let name = name
                .rsplit_once('.')
                .map_or(name.as_str(), |(stem, _)| stem);
            there == text && is_stem(name)
        });
        if same {
            verdicts.push(PlaybookVerdict {
                file: file.clone(),
                kept_as: None,
                is_new: false,
            });
            continue;
        }
        let mut name = stem.to_owned();
        let mut number = 2;
        while taken.contains(&name) {
            name = format!("{stem} ({number})");
            number += 1;
        }
        taken.push(name.clone());
        let kept_as = format!("{name}.{ending}");
        verdicts.push(PlaybookVerdict {
            file: file.clone(),
            kept_as: (kept_as != *file).then(|| kept_as.clone()),
            is_new: true,
        });
        brought.push(BroughtPlaybook {
            file: kept_as,
            text: text.clone(),
            written: false,
        });
    }
    (verdicts, brought)
}

/// Brings the folder of playbooks to what the imports say: what one brought lies there, what one that
/// was taken back brought does not. After a crash this does what was not done.
pub(crate) async fn settle(store: &Store) -> Result<Vec<KeptBack>, StoreError> {
    let mut kept = Vec::new();
    for import in store.list_capsule_imports().await? {
        let folder = store.dir().join("playbooks");
        if import.undone_at.is_some() && !import.playbooks.is_empty() {
            let leaving = import.playbooks.clone();
            kept.extend(off_thread(move || take_away(&folder, &leaving)).await?);
            let cleared = CapsuleImport {
                playbooks: Vec::new(),
                ..import
            };
            store.playbooks_written(cleared).await?;
        } else if import.playbooks.iter().any(|playbook| !playbook.written) {
            let coming = import.playbooks.clone();
            off_thread(move || put_there(&folder, &coming)).await?;
            store.playbooks_written(import).await?;
        }
    }
    Ok(kept)
}

async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, CapsuleError> + Send + 'static,
) -> Result<T, StoreError> {
    super::blocking(work).await.map_err(|error| match error {
        CapsuleError::Store(error) => error,
        other => StoreError::Io(other.to_string()),
    })
}

fn put_there(folder: &Path, coming: &[BroughtPlaybook]) -> Result<(), CapsuleError> {
    use std::io::Write as _;
    let failed = |error: std::io::Error| {
        krake_edge::EdgeError::from_io(format!("`{}`", folder.display()), error)
    };
    fs::create_dir_all(folder).map_err(failed)?;
    for playbook in coming.iter().filter(|playbook| !playbook.written) {
        let place = folder.join(&playbook.file);
        match krake_edge::new_file::NewFile::begin(&place) {
            Ok(mut file) => {
                file.write_all(playbook.text.as_bytes()).map_err(failed)?;
                file.finish()?;
            }
            // It was written before a crash, or somebody has put one there meanwhile.
            Err(krake_edge::EdgeError::Changed { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn take_away(folder: &Path, leaving: &[BroughtPlaybook]) -> Result<Vec<KeptBack>, CapsuleError> {
    let mut kept = Vec::new();
    for playbook in leaving {
        let place = folder.join(&playbook.file);
        match fs::read_to_string(&place) {
            Ok(text) if text == playbook.text => fs::remove_file(&place).map_err(|error| {
                krake_edge::EdgeError::from_io(format!("`{}`", place.display()), error)
            })?,
            Ok(_) => kept.push(KeptBack {
                noun: "playbooks",
                id: playbook.file.clone(),
                title: playbook.file.clone(),
                why: "it was changed since",
            }),
            Err(_) => {}
        }
    }
    Ok(kept)
}
