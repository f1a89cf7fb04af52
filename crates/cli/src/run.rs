//! `krake run`: a playbook or a plan file, from the first look to its result.

use std::path::Path;

use serde_json::{Map, Value, json};

use crate::args::{Approve, Run};
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::follow::follow;
use crate::out::Out;
use crate::{inputs, plan, text};

/// Runs it.
///
/// # Errors
/// The plan is wrong, an input is wrong, or the core cannot be reached.
pub async fn run(home: &Path, out: Out, args: Run) -> Result<Exit, Stopped> {
    let wanted = Wanted::find(&args.what)?;
    let checked = wanted.check(home).await?;
    if checked["ok"] != true {
        return plan::faults(out, &wanted.name(), wanted.text(), &checked);
    }
    let schemas = checked["inputs"].as_object().cloned().unwrap_or_default();
    let given = inputs::typed(&schemas, &args.inputs)?;
    if args.dry_run {
        let looked = wanted.look(home, &given).await?;
        return plan::show(out, &looked);
    }
    let sent = Sent {
        name: "executions.orchestrate",
        input: wanted.input(given),
        detach: args.detach,
        approve: args.approve,
    };
    send(home, out, sent).await
}

/// A command that makes an execution.
pub struct Sent {
    pub name: &'static str,
    pub input: Value,
    pub detach: bool,
    pub approve: Approve,
}

/// Makes the execution and stays with it until it ends.
///
/// # Errors
/// The core refused it or cannot be reached.
pub async fn send(home: &Path, out: Out, sent: Sent) -> Result<Exit, Stopped> {
    if sent.detach && sent.approve != Approve::Ask {
        return Err(Stopped::usage(
            "`--approve` answers while this command stays, and `--detach` leaves: choose one",
        ));
    }
    let door = if sent.detach {
        Door::running(home, "--detach").await?
    } else {
        Door::write(home).await?
    };
    let started = match door.call(sent.name, sent.input).await {
        Ok(started) => started,
        Err(error) => {
            door.close().await;
            return Err(error);
        }
    };
    let id = started["execution_id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    if sent.detach {
        out.answer(&started, |_| id.clone())?;
        return Ok(Exit::Done);
    }
    out.note(&id);
    follow(home, door, out, &id, sent.approve, 0).await
}

/// What was named.
enum Wanted {
    Playbook(String),
    File {
        name: String,
        source: String,
        text: String,
    },
}

impl Wanted {
    fn find(what: &str) -> Result<Self, Stopped> {
        let looks_like_file = what == "-"
            || what.contains(['/', std::path::MAIN_SEPARATOR])
            || [".yaml", ".yml", ".json"]
                .iter()
                .any(|end| what.ends_with(end));
        if looks_like_file || Path::new(what).is_file() {
            let source = if what == "-" {
                "stdin".to_owned()
            } else {
                absolute(what)
            };
            return Ok(Self::File {
                name: what.to_owned(),
                source,
                text: text::read(what)?,
            });
        }
        Ok(Self::Playbook(what.to_owned()))
    }

    async fn check(&self, home: &Path) -> Result<Value, Stopped> {
        if let Self::File { name, text, .. } = self
            && let Some(wrong) = plan::not_json(name, text)
        {
            return Ok(wrong);
        }
        self.look(home, &Map::new()).await
    }

    /// The same with inputs filled in.
    async fn look(&self, home: &Path, inputs: &Map<String, Value>) -> Result<Value, Stopped> {
        let input = match self {
            Self::Playbook(name) => json!({ "playbook": name, "inputs": inputs }),
            Self::File { text, .. } => json!({ "plan": text, "inputs": inputs }),
        };
        plan::check(home, input).await
    }

    fn name(&self) -> String {
        match self {
            Self::Playbook(name) | Self::File { name, .. } => name.clone(),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Playbook(_) => "",
            Self::File { text, .. } => text,
        }
    }

    fn input(self, inputs: Map<String, Value>) -> Value {
        // The process that runs it may stand in another folder.
        let folder = absolute(".");
        match self {
            Self::Playbook(name) => json!({ "playbook": name, "inputs": inputs, "folder": folder }),
            Self::File { source, text, .. } => {
                json!({ "plan": text, "source": source, "inputs": inputs, "folder": folder })
            }
        }
    }
}

/// The path as it can be used from any folder.
pub fn absolute(path: &str) -> String {
    let absolute = std::fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    absolute.map_or_else(
        |_| path.to_owned(),
        |path| path.to_string_lossy().into_owned(),
    )
}
