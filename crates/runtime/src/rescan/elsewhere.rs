//! What lies beside the database: logs and playbooks, which are looked at, and copies from before.

use std::fs;
use std::path::Path;

use krake_domain::rescan::Left;
use krake_domain::time::Timestamp;
use krake_store::{StoreError, backups_in};

use super::clean::Seeker;

/// Logs that are named one by one.
const MOST_NAMED: usize = 20;

/// Logs of steps and playbooks that hold something. Blocks.
pub fn files(home: &Path, seeker: &Seeker) -> Left {
    let mut left = Left::default();
    let mut folders = vec![home.join("logs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if fs::read(&path).is_ok_and(|bytes| seeker.finds(&bytes)) {
                if left.logs.len() < MOST_NAMED {
                    left.logs.push(below(home, &path));
                } else {
                    left.more_logs += 1;
                }
            }
        }
    }
    for entry in fs::read_dir(home.join("playbooks"))
        .into_iter()
        .flatten()
        .flatten()
    {
        if fs::read(entry.path()).is_ok_and(|bytes| seeker.finds(&bytes)) {
            left.playbooks.push(below(home, &entry.path()));
        }
    }
    left.logs.sort();
    left.playbooks.sort();
    left
}

/// Backups, and copies that were made before the tables were changed, from before this moment; all of
/// them while it has not come.
pub async fn from_before(
    home: &Path,
    ended: Option<Timestamp>,
) -> Result<(Vec<String>, Vec<String>), StoreError> {
    let home = home.to_owned();
    tokio::task::spawn_blocking(move || {
        let backups = backups_in(&home)
            .into_iter()
            .filter(|backup| ended.is_none_or(|ended| backup.made_at < ended))
            .map(|backup| backup.name)
            .collect();
        let mut copies: Vec<String> = fs::read_dir(home.join("backups"))
            .into_iter()
            .flatten()
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|end| end == "db"))
            .filter(|entry| ended.is_none_or(|ended| changed_before(entry, ended)))
            .map(|entry| below(&home, &entry.path()))
            .collect();
        copies.sort();
        (backups, copies)
    })
    .await
    .map_err(|error| StoreError::Io(error.to_string()))
}

fn changed_before(entry: &fs::DirEntry, moment: Timestamp) -> bool {
    let changed = entry.metadata().and_then(|file| file.modified()).ok();
    let since = changed.and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok());
    since.is_none_or(|since| since.as_millis() < u128::from(moment.0.unsigned_abs()))
}

fn below(home: &Path, path: &Path) -> String {
    let path = path.strip_prefix(home).unwrap_or(path);
    path.display().to_string()
}
