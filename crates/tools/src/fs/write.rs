//! `fs.write`: one file, created or replaced as a whole.
//!
//! Checkable: the file itself tells whether the wanted content arrived.

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_domain::tool::{Assessment, EffectClass, Finding, ToolSpec};
use krake_edge::path::InnerPath;
use krake_edge::root::{Kind, Root};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::define::{bad_input, blocking, define, to_output};
use crate::fs::open;
use crate::patch;
use crate::size;
use crate::tool::{Call, Pending, Tool, parse_args};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// Folder that the path is relative to; `~` is the home folder.
    root: String,
    /// Path of the file, relative to the root. Its folder must exist.
    path: String,
    /// The whole content of the file afterwards.
    text: String,
    /// Refuse where a file is there already.
    #[serde(default)]
    create_new: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    /// Relative to the root, links resolved.
    path: String,
    bytes: u64,
    /// BLAKE3 hash of the content.
    hash: Hash,
    /// There was no file before.
    created: bool,
}

pub struct FsWrite {
    spec: ToolSpec,
}

impl FsWrite {
    pub fn new() -> Self {
        let description = "Create a file, or replace its whole content, with this text.";
        Self {
            spec: define::<Args, Output>("fs.write", description, EffectClass::Checkable),
        }
    }
}

impl Tool for FsWrite {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            blocking(move || Target::open(&args)?.assess(&args)).await
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let expected = call.target_state;
            if call.cancel.is_cancelled() {
                return Err(Failure::new(
                    FailureClass::Cancelled,
                    "writing was cancelled before it began",
                ));
            }
            blocking(move || Target::open(&args)?.write(&args, expected)).await
        })
    }

    fn look<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Finding, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let expected = call.target_state;
            blocking(move || Target::open(&args)?.look(&args, expected)).await
        })
    }
}

/// The state of a target where no file is.
fn absent() -> Hash {
    Hash::of(b"absent")
}

/// What lies in `.git` is configuration and hooks that git runs, not text that a plan writes. Asked
/// of the path as written and as its links resolve.
fn refuse_git(path: &InnerPath) -> Result<(), Failure> {
    if path
        .as_path()
        .iter()
        .any(|name| name.eq_ignore_ascii_case(".git"))
    {
        return Err(bad_input(format!(
            "`{}` belongs to git itself and is not written",
            path.display()
        )));
    }
    Ok(())
}

/// The file that the arguments mean, links resolved, and the hash of what it holds now.
struct Target {
    root: Root,
    path: InnerPath,
    present: Option<Hash>,
}

impl Target {
    fn open(args: &Args) -> Result<Self, Failure> {
        let (root, path) = open(&args.root, &args.path)?;
        refuse_git(&path)?;
        let path = root.resolve(&path)?;
        refuse_git(&path)?;
        if let Some(entry) = root.find_entry(&path)?
            && entry.kind != Kind::File
        {
            let found = if entry.kind == Kind::Folder {
                "a folder"
            } else {
                "no regular file"
            };
            return Err(bad_input(format!("`{}` is {found}", root.shown(&path))));
        }
        let present = root.find_hash(&path)?;
        Ok(Self {
            root,
            path,
            present,
        })
    }

    fn state(&self) -> Hash {
        self.present.unwrap_or_else(absent)
    }

    fn assess(&self, args: &Args) -> Result<Assessment, Failure> {
        if args.create_new && self.present.is_some() {
            return Err(self.exists_already());
        }
        let old = match self.present {
            Some(_) => Some(self.root.read(&self.path, patch::MOST_COMPARED)?),
            None => None,
        };
        let comparable = old.as_ref().is_none_or(|old| !old.truncated);
        let name = self.path.display();
        let patch = comparable
            .then(|| {
                patch::between(
                    &name,
                    old.as_ref().map(|old| old.bytes.as_slice()),
                    args.text.as_bytes(),
                )
            })
            .flatten();
        let new_size = size::shown(args.text.len() as u64);
        let summary = match (&old, &patch) {
            (None, _) => format!("create {name} ({new_size})"),
            (Some(_), _) if self.present == Some(Hash::of(args.text.as_bytes())) => {
                format!("leave {name} as it is")
            }
            (Some(_), Some(patch)) => {
                format!("replace {name}: +{} −{} lines", patch.added, patch.removed)
            }
            (Some(old), None) => format!(
                "replace {name}: {} → {new_size}",
                size::shown(old.total_bytes)
            ),
        };
        Ok(Assessment {
            class: EffectClass::Checkable,
            target: self.shown(),
            summary,
            reversible: true,
            writes_under: Some(self.root.canonical().display().to_string()),
            reaches: None,
            target_state: Some(self.state()),
            diff: patch.map(|patch| patch.text),
        })
    }

    fn write(&self, args: &Args, expected: Option<Hash>) -> Result<Value, Failure> {
        let wanted = Hash::of(args.text.as_bytes());
        let expected = expected.unwrap_or_else(|| self.state());
        let forbidden = args.create_new && expected != absent() && expected == self.state();
        if self.present == Some(wanted) && !forbidden {
            return self.output(args, expected);
        }
        if expected != self.state() {
            let message = format!("`{}` changed since it was looked at", self.shown());
            return Err(Failure::new(FailureClass::TargetChanged, message));
        }
        if forbidden {
            return Err(self.exists_already());
        }
        self.root
            .write(&self.path, args.text.as_bytes(), self.present)?;
        self.output(args, expected)
    }

    fn look(&self, args: &Args, expected: Option<Hash>) -> Result<Finding, Failure> {
        let state = self.state();
        if self.present == Some(Hash::of(args.text.as_bytes())) {
            return Ok(Finding::Happened {
                output: self.output(args, expected.unwrap_or(state))?,
            });
        }
        if expected == Some(state) {
            return Ok(Finding::NotHappened);
        }
        let because = if self.present.is_some() {
            format!(
                "`{}` holds neither the text that was there before nor the text to write",
                self.shown()
            )
        } else {
            format!("`{}` was there before and is gone", self.shown())
        };
        Ok(Finding::Unclear { because })
    }

    fn output(&self, args: &Args, before: Hash) -> Result<Value, Failure> {
        to_output(&Output {
            path: self.path.display(),
            bytes: args.text.len() as u64,
            hash: Hash::of(args.text.as_bytes()),
            created: before == absent(),
        })
    }

    fn exists_already(&self) -> Failure {
        bad_input(format!(
            "`{}` exists, and `create_new` forbids to replace it",
            self.shown()
        ))
    }

    fn shown(&self) -> String {
        self.root.shown(&self.path)
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
