//! Playbooks: plans that ship with Krake, and the user's own in a folder of the data folder.
//!
//! Files are read when somebody asks, so a dropped file is found at once and nothing polls.

use std::fs;
use std::path::{Path, PathBuf};

use krake_engine::plan::{Diagnostic, Parsed, parse};

const SHIPPED: &[(&str, &str)] = &[
    ("brief-repo", include_str!("../playbooks/brief-repo.yaml")),
    ("check-sites", include_str!("../playbooks/check-sites.yaml")),
    (
        "release-notes",
        include_str!("../playbooks/release-notes.yaml"),
    ),
];
/// A larger file in the folder is no playbook.
const MOST_BYTES: u64 = 8 << 20;

/// Where playbooks come from.
#[derive(Debug, Clone)]
pub struct Playbooks {
    folder: PathBuf,
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
        }
    }

    /// The folder for the user's own.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The playbook of that name; the user's own comes before a shipped one.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Playbook> {
        self.list()
            .into_iter()
            .find(|playbook| playbook.name == name)
    }

    /// All playbooks by name. One that cannot be read is in the list with its faults.
    #[must_use]
    pub fn list(&self) -> Vec<Playbook> {
        let mut all = self.own();
        for (name, text) in SHIPPED {
            if !all.iter().any(|own| own.name == *name) {
                all.push(Playbook {
                    name: (*name).to_owned(),
                    path: None,
                    text: (*text).to_owned(),
                    parsed: parse(text),
                });
            }
        }
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all
    }

    fn own(&self) -> Vec<Playbook> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        let mut paths: Vec<PathBuf> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| is_plan_file(path))
            .collect();
        paths.sort();
        let mut own: Vec<Playbook> = Vec::new();
        for path in paths {
            let name = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default();
            if own.iter().any(|other| other.name == name) {
                continue;
            }
            if let Ok(text) = fs::read_to_string(&path) {
                own.push(Playbook {
                    name,
                    parsed: parse(&text),
                    path: Some(path),
                    text,
                });
            }
        }
        own
    }
}

fn is_plan_file(path: &Path) -> bool {
    let ending = path
        .extension()
        .is_some_and(|ending| ending == "yaml" || ending == "yml" || ending == "json");
    ending && fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() <= MOST_BYTES)
}
