//! Playbooks: plans that ship with Krake, and the user's own in a folder of the data folder.
//!
//! The folder is looked at when somebody asks, so a dropped file is found at once and nothing polls. A
//! file of the same size and time as before is not read again.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use krake_engine::plan::{Diagnostic, Parsed, parse};
use krake_engine::planner::Library;

const TEXTS: &[(&str, &str)] = &[
    ("brief-repo", include_str!("../playbooks/brief-repo.yaml")),
    ("check-sites", include_str!("../playbooks/check-sites.yaml")),
    (
        "release-notes",
        include_str!("../playbooks/release-notes.yaml"),
    ),
];
/// Those that ship with Krake, read once.
static SHIPPED: LazyLock<Vec<Arc<Playbook>>> = LazyLock::new(|| {
    let read = |(name, text): &(&str, &str)| Playbook {
        name: (*name).to_owned(),
        path: None,
        text: (*text).to_owned(),
        parsed: parse(text),
    };
    TEXTS
        .iter()
        .map(|shipped| Arc::new(read(shipped)))
        .collect()
});
/// A larger file in the folder is no playbook.
const MOST_BYTES: u64 = 8 << 20;

/// Where playbooks come from. Clones share what was read.
#[derive(Debug, Clone)]
pub struct Playbooks {
    folder: PathBuf,
    known: Arc<Mutex<Known>>,
}

/// What was read, until its file is another one.
#[derive(Debug, Default)]
struct Known {
    files: HashMap<PathBuf, Kept>,
    library: Option<(Vec<Arc<Playbook>>, Arc<Library>)>,
}

/// A file as it was when it was read.
#[derive(Debug)]
struct Kept {
    bytes: u64,
    modified: Option<SystemTime>,
    playbook: Arc<Playbook>,
}

/// One playbook, read.
#[derive(Debug)]
pub struct Playbook {
    /// What `krake run` calls it: the file's name without its ending.
    pub name: String,
    /// Absent for one that ships with Krake.
    pub path: Option<PathBuf>,
    pub text: String,
    pub parsed: Result<Parsed, Vec<Diagnostic>>,
}

impl Playbooks {
    /// The playbooks of this data folder, which need not exist yet.
    #[must_use]
    pub fn new(home: &Path) -> Self {
        Self {
            folder: home.join("playbooks"),
            known: Arc::default(),
        }
    }

    /// The folder for the user's own.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The playbook of that name; the user's own comes before a shipped one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Arc<Playbook>> {
        self.list()
            .into_iter()
            .find(|playbook| playbook.name == name)
    }

    /// All playbooks by name. One that cannot be read is in the list with its faults.
    #[must_use]
    pub fn list(&self) -> Vec<Arc<Playbook>> {
        self.read(&mut self.known())
    }

    /// The same, prepared for sentences.
    pub(crate) fn library(&self) -> (Vec<Arc<Playbook>>, Arc<Library>) {
        let mut known = self.known();
        let all = self.read(&mut known);
        if let Some((of, library)) = &known.library
            && of.len() == all.len()
            && of
                .iter()
                .zip(&all)
                .all(|(one, other)| Arc::ptr_eq(one, other))
        {
            return (all, library.clone());
        }
        let readable = all.iter().filter_map(|playbook| {
            let parsed = playbook.parsed.as_ref().ok()?;
            Some((playbook.name.as_str(), &parsed.plan))
        });
        let library = Arc::new(Library::of(readable));
        known.library = Some((all.clone(), library.clone()));
        (all, library)
    }

    fn read(&self, known: &mut Known) -> Vec<Arc<Playbook>> {
        let mut all = self.own(known);
        for shipped in SHIPPED.iter() {
            if !all.iter().any(|own| own.name == shipped.name) {
                all.push(shipped.clone());
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    fn own(&self, known: &mut Known) -> Vec<Arc<Playbook>> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            known.files.clear();
            return Vec::new();
        };
        let mut files: Vec<(PathBuf, fs::Metadata)> = entries
            .filter_map(|entry| plan_file(entry.ok()?.path()))
            .collect();
        files.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut before = std::mem::take(&mut known.files);
        let mut names = HashSet::new();
        let mut own = Vec::new();
        for (path, data) in files {
            let name = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default();
            if !names.insert(name.clone()) {
                continue;
            }
            let (bytes, modified) = (data.len(), data.modified().ok());
            let is_same = |kept: &Kept| {
                kept.bytes == bytes && kept.modified.is_some() && kept.modified == modified
            };
            let kept = match before.remove(&path).filter(is_same) {
                Some(kept) => kept,
                None => match fs::read_to_string(&path) {
                    Ok(text) => Kept {
                        bytes,
                        modified,
                        playbook: Arc::new(Playbook {
                            name,
                            parsed: parse(&text),
                            path: Some(path.clone()),
                            text,
                        }),
                    },
                    Err(_) => continue,
                },
            };
            own.push(kept.playbook.clone());
            known.files.insert(path, kept);
        }
        own
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        // A panic while it is held leaves what was read, or less of it.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The path where it is a playbook's, with what the disk says of it.
fn plan_file(path: PathBuf) -> Option<(PathBuf, fs::Metadata)> {
    let ending = path
        .extension()
        .is_some_and(|ending| ending == "yaml" || ending == "yml" || ending == "json");
    let data = fs::metadata(&path).ok().filter(|_| ending)?;
    (data.is_file() && data.len() <= MOST_BYTES).then_some((path, data))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_and_again_when_it_is_another() {
        let home = tempfile::tempdir().unwrap();
        let playbooks = Playbooks::new(home.path());
        let shipped = playbooks.list().len();
        fs::create_dir(playbooks.folder()).unwrap();
        let write = |name: &str, steps: &str| {
            let text = format!("name: mine\nexamples: [water the ferns]\nsteps: [{steps}]\n");
            fs::write(playbooks.folder().join(name), text).unwrap();
        };
        write("ferns.yaml", "{id: a, tool: wait, args: {ms: 1}}");
        let (first, library) = playbooks.library();
        let (second, same) = playbooks.clone().library();
        assert_eq!(first.len(), shipped + 1);
        assert!(first.iter().zip(&second).all(|(a, b)| Arc::ptr_eq(a, b)));
        assert!(Arc::ptr_eq(&library, &same));

        write(
            "ferns.yaml",
            "{id: a, tool: wait, args: {ms: 1}}, {id: b, tool: wait, args: {ms: 1}}",
        );
        let found = playbooks.find("ferns").unwrap();
        assert_eq!(found.parsed.as_ref().unwrap().plan.steps.len(), 2);
        assert!(!Arc::ptr_eq(&playbooks.library().1, &library));
        write("ferns.yaml", "broken");
        assert!(playbooks.find("ferns").unwrap().parsed.is_err());
        fs::remove_file(playbooks.folder().join("ferns.yaml")).unwrap();
        assert!(playbooks.find("ferns").is_none());
        assert_eq!(playbooks.list().len(), shipped);
    }
}
