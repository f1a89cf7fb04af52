//! Where other tools keep the transcripts of a folder on this machine.
//!
//! **Invariant:** these stores are only read, and no link in them is followed out of them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use krake_edge::EdgeError;
use krake_edge::home::expand_home;
use krake_edge::path::InnerPath;
use krake_edge::root::{Entry, Kind, Root};
use krake_transcripts::Format;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The stores of this user.
#[derive(Debug, Clone, Default)]
pub struct Places {
    /// Folders of Claude Code that hold one folder for each project.
    pub claude: Vec<PathBuf>,
    /// Homes of Codex.
    pub codex: Vec<PathBuf>,
    /// Folders of Gemini CLI that hold one folder for each project.
    pub gemini: Vec<PathBuf>,
    /// Databases of Goose.
    pub goose: Vec<PathBuf>,
}

/// A transcript that may belong to the folder.
pub struct Candidate {
    pub root: Arc<Root>,
    pub path: InnerPath,
    pub format: Format,
    pub modified: Option<SystemTime>,
}

/// A file or folder that was left out, and why.
pub struct Skipped {
    pub path: String,
    pub why: String,
}

/// Where Goose keeps its database on Linux, and in both of its places on macOS.
const GOOSE: [&str; 3] = [
    "~/.local/share/goose/sessions/sessions.db",
    "~/Library/Application Support/goose/sessions/sessions.db",
    "~/Library/Application Support/Block/goose/sessions/sessions.db",
];
/// The history of Aider, in the folder itself.
const AIDER: &str = ".aider.chat.history.md";
/// The most of a file that is read to find out where its session worked.
pub const HEAD_BYTES: u64 = 256 << 10;
/// Lines of a file that are looked at for the same.
const HEAD_LINES: usize = 40;

impl Places {
    /// As the tools' own settings say.
    #[must_use]
    pub fn of_user() -> Self {
        let set = |name: &str| {
            std::env::var(name)
                .ok()
                .filter(|value| !value.trim().is_empty())
        };
        let claude = match set("CLAUDE_CONFIG_DIR") {
            Some(folders) => folders
                .split(',')
                .map(|folder| folder.trim().to_owned())
                .collect(),
            None => vec!["~/.config/claude".to_owned(), "~/.claude".to_owned()],
        };
        let codex = set("CODEX_HOME").unwrap_or_else(|| "~/.codex".to_owned());
        let home = |folder: &String| expand_home(folder).ok();
        Self {
            claude: claude
                .iter()
                .filter_map(home)
                .map(|folder| folder.join("projects"))
                .collect(),
            codex: home(&codex).into_iter().collect(),
            gemini: home(&"~/.gemini/tmp".to_owned()).into_iter().collect(),
            goose: match set("GOOSE_PATH_ROOT") {
                Some(root) => vec![format!("{root}/data/sessions/sessions.db")],
                None => GOOSE.map(str::to_owned).to_vec(),
            }
            .iter()
            .filter_map(home)
            .collect(),
        }
    }

    /// Where each tool keeps its sessions.
    #[must_use]
    pub fn stores(&self) -> Vec<(PathBuf, Format)> {
        let of = |folders: &[PathBuf], format| {
            let folders = folders.to_owned();
            folders.into_iter().map(move |folder| (folder, format))
        };
        of(&self.claude, Format::ClaudeCode)
            .chain(of(&self.codex, Format::Codex))
            .chain(of(&self.gemini, Format::GeminiCli))
            .collect()
    }

    /// Every transcript of `folder` and the folders inside it, and what could not be looked at.
    #[must_use]
    pub fn find(&self, folder: &Arc<Root>, named: &Path) -> (Vec<Candidate>, Vec<Skipped>) {
        let mut search = Search {
            inside: vec![folder.canonical().to_owned(), named.to_owned()],
            found: Vec::new(),
            skipped: Vec::new(),
        };
        for store in &self.claude {
            search.store(store, Search::claude);
        }
        for home in &self.codex {
            search.store(home, Search::codex);
        }
        for home in &self.gemini {
            search.store(home, Search::gemini);
        }
        let path = InnerPath::found(Path::new(AIDER));
        if let Ok(Some(entry)) = folder.find_unfollowed(&path)
            && entry.kind == Kind::File
        {
            search.found.push(Candidate {
                root: folder.clone(),
                path,
                format: Format::Markdown,
                modified: entry.modified,
            });
        }
        (search.found, search.skipped)
    }
}

/// The name of the folder in which Claude Code keeps the sessions of a path.
#[must_use]
pub fn encoded(path: &Path) -> String {
    path.to_string_lossy()
        .chars()
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect()
}

struct Search {
    /// The folder, as it is and as it was named; a session in either belongs to it.
    inside: Vec<PathBuf>,
    found: Vec<Candidate>,
    skipped: Vec<Skipped>,
}

impl Search {
    fn store(&mut self, folder: &Path, look: fn(&mut Self, &Arc<Root>)) {
        match Root::open(folder) {
            Ok(root) => look(self, &Arc::new(root)),
            Err(EdgeError::NotFound { .. }) => {}
            Err(error) => self.skip(folder.display().to_string(), &error),
        }
    }

    fn claude(&mut self, root: &Arc<Root>) {
        let names: Vec<String> = self.inside.iter().map(|folder| encoded(folder)).collect();
        for project in self.list(root, &InnerPath::found(Path::new(""))) {
            let name = project.path.display();
            // A longer name is a folder inside, or a neighbour whose name goes on: the sessions say which.
            let may_be = names
                .iter()
                .any(|wanted| name == *wanted || name.starts_with(&format!("{wanted}-")));
            if project.kind != Kind::Folder || !may_be {
                continue;
            }
            let exact = names.contains(&name);
            for entry in self.list(root, &project.path) {
                match entry.kind {
                    Kind::Folder => {
                        let agents = InnerPath::found(&entry.path.as_path().join("subagents"));
                        if let Ok(Some(_)) = root.find_unfollowed(&agents) {
                            for agent in self.list(root, &agents) {
                                self.consider(root, agent, Format::ClaudeCode, exact);
                            }
                        }
                    }
                    _ => self.consider(root, entry, Format::ClaudeCode, exact),
                }
            }
        }
    }

    fn codex(&mut self, root: &Arc<Root>) {
        for top in ["sessions", "archived_sessions"] {
            let top = InnerPath::found(Path::new(top));
            if let Ok(Some(entry)) = root.find_unfollowed(&top)
                && entry.kind == Kind::Folder
            {
                self.codex_below(root, &top, 0);
            }
        }
    }

    /// Year, month, day: no deeper.
    fn codex_below(&mut self, root: &Arc<Root>, folder: &InnerPath, depth: u8) {
        for entry in self.list(root, folder) {
            match entry.kind {
                Kind::Folder if depth < 3 => self.codex_below(root, &entry.path, depth + 1),
                _ => self.consider(root, entry, Format::Codex, false),
            }
        }
    }

    fn gemini(&mut self, root: &Arc<Root>) {
        let inside: Vec<String> = self
            .inside
            .iter()
            .map(|folder| folder.to_string_lossy().into_owned())
            .collect();
        for project in self.list(root, &InnerPath::found(Path::new(""))) {
            if project.kind != Kind::Folder || gemini_folder(root, &project.path, &inside).is_none()
            {
                continue;
            }
            let chats = InnerPath::found(&project.path.as_path().join("chats"));
            if let Ok(Some(_)) = root.find_unfollowed(&chats) {
                for entry in self.list(root, &chats) {
                    self.take_gemini(root, entry);
                }
            }
        }
    }

    fn take_gemini(&mut self, root: &Arc<Root>, entry: Entry) {
        if entry.kind == Kind::File && is_named(&entry.path, &["jsonl", "json"]) {
            self.found.push(Candidate {
                root: root.clone(),
                path: entry.path,
                format: Format::GeminiCli,
                modified: entry.modified,
            });
        }
    }

    fn consider(&mut self, root: &Arc<Root>, entry: Entry, format: Format, by_name: bool) {
        if entry.kind != Kind::File || !is_named(&entry.path, &["jsonl"]) {
            return;
        }
        match root.read(&entry.path, HEAD_BYTES) {
            Ok(head) => {
                let belongs = match cwd(&head.bytes) {
                    Some(cwd) => self
                        .inside
                        .iter()
                        .any(|folder| Path::new(&cwd).starts_with(folder)),
                    None => by_name,
                };
                if belongs {
                    self.found.push(Candidate {
                        root: root.clone(),
                        path: entry.path,
                        format,
                        modified: entry.modified,
                    });
                }
            }
            Err(error) => self.skip(root.shown(&entry.path), &error),
        }
    }

    fn list(&mut self, root: &Root, folder: &InnerPath) -> Vec<Entry> {
        root.list(folder).unwrap_or_else(|error| {
            self.skip(root.shown(folder), &error);
            Vec::new()
        })
    }

    fn skip(&mut self, path: String, error: &EdgeError) {
        self.skipped.push(Skipped {
            path,
            why: error.to_string(),
        });
    }
}

fn is_named(path: &InnerPath, endings: &[&str]) -> bool {
    let ending = path
        .as_path()
        .extension()
        .and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| endings.contains(&ending))
}

/// The folder of the user that a folder of Gemini CLI stands for, where it is one of these or lies
/// in one: the folder says so itself, or its name is the hash of the path.
pub fn gemini_folder(root: &Root, project: &InnerPath, inside: &[String]) -> Option<String> {
    let marker = InnerPath::found(&project.as_path().join(".project_root"));
    if let Ok(head) = root.read(&marker, 8 << 10) {
        let path = String::from_utf8_lossy(&head.bytes).trim().to_owned();
        let belongs = inside
            .iter()
            .any(|folder| Path::new(&path).starts_with(folder));
        return belongs.then_some(path);
    }
    let name = project.display();
    let hash_of = |path: &str| {
        let hash = Sha256::digest(path.as_bytes());
        hash.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    inside
        .iter()
        .find(|folder| hash_of(folder) == name)
        .cloned()
}

/// The folder that a session worked in, from its first lines.
pub fn cwd(head: &[u8]) -> Option<String> {
    head.split(|byte| *byte == b'\n')
        .take(HEAD_LINES)
        .find_map(|line| {
            let line: Value = serde_json::from_slice(line).ok()?;
            let place = line
                .get("cwd")
                .or_else(|| line.get("payload")?.get("cwd"))?;
            Some(place.as_str()?.to_owned())
        })
}
