//! `shell.run`: one program with its arguments.
//!
//! There is no shell: nothing in an argument is expanded, piped or read as another command.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::time::{Duration, Instant};

use krake_domain::failure::{Failure, FailureClass};
use krake_domain::tool::{Assessment, EffectClass, ToolSpec};
use krake_edge::process::{self, Captured, Listener, Spec};
use krake_edge::root::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::define::{bad_input, define, to_output};
use crate::fs::open;
use crate::size;
use crate::tool::{Call, Pending, Tool, parse_args};

/// As JSON this is at most six times as long, which still fits into an output.
const MOST_BYTES: usize = 1024 * 1024;
/// The engine ends the attempt before this; see `timeout_ms` of the step.
const LONGEST: u64 = 24 * 3600 * 1000;
/// How many of the last lines a failure repeats.
const LAST_LINES: usize = 10;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Args {
    /// The program and its arguments, one item each. No shell reads them.
    #[schemars(length(min = 1, max = 1000))]
    argv: Vec<String>,
    /// Folder that the program works in; `~` is the home folder.
    root: String,
    /// Folder inside the root to start in.
    #[serde(default = "default_cwd")]
    cwd: String,
    /// Environment variables for this program, beside `PATH`, `HOME`, the language and the folders for temporary files.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// What the program reads as its input.
    #[serde(default)]
    stdin: Option<String>,
    /// Exit codes that are a success.
    #[serde(default = "default_expect_exit")]
    #[schemars(length(min = 1, max = 256))]
    expect_exit: Vec<i32>,
    /// How long it may run, in milliseconds; the step's `timeout_ms` counts as well.
    #[serde(default = "default_timeout")]
    #[schemars(range(min = 1, max = 86_400_000))]
    timeout: u64,
    /// How much of the output is kept, in bytes.
    #[serde(default = "default_max_bytes")]
    #[schemars(range(min = 1, max = 1_048_576))]
    max_bytes: usize,
}

fn default_cwd() -> String {
    ".".to_owned()
}

fn default_expect_exit() -> Vec<i32> {
    vec![0]
}

fn default_timeout() -> u64 {
    600_000
}

fn default_max_bytes() -> usize {
    256 * 1024
}

#[derive(Debug, Serialize, JsonSchema)]
struct Output {
    exit_code: i32,
    /// The beginning, up to `max_bytes`; the log has more.
    stdout: String,
    /// The last 16 KiB.
    stderr: String,
    /// `stdout` is not the whole.
    truncated: bool,
    /// How long it ran, in milliseconds.
    ms: u64,
}

pub struct ShellRun {
    spec: ToolSpec,
}

impl ShellRun {
    pub fn new() -> Self {
        let description = "Run a program with a list of arguments, without a shell.";
        let spec = define::<Args, Output>("shell.run", description, EffectClass::Unsafe);
        Self {
            spec: ToolSpec {
                asks: true,
                untrusted_output: true,
                timeout_ms: 600_000,
                ..spec
            },
        }
    }
}

impl Tool for ShellRun {
    fn spec(&self) -> &ToolSpec {
        &self.spec
    }

    fn assess<'a>(&'a self, args: &'a Value) -> Pending<'a, Result<Assessment, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(args)?;
            let spec = plan(&args)?;
            let folder = spec.cwd.display().to_string();
            Ok(Assessment {
                class: EffectClass::Unsafe,
                target: folder.clone(),
                summary: format!("run {} in {folder}", shown(&args.argv)),
                reversible: false,
                writes_under: Some(folder),
                reaches: None,
                target_state: None,
                diff: None,
            })
        })
    }

    fn run<'a>(&'a self, call: &'a Call) -> Pending<'a, Result<Value, Failure>> {
        Box::pin(async {
            let args: Args = parse_args(&call.args)?;
            let workbench = call.workbench.clone();
            let spec = Spec {
                cancel: call.cancel.clone(),
                listener: Some(Listener::new(move |line| workbench.log(line))),
                ..plan(&args)?
            };
            let begun = Instant::now();
            let captured = process::run(spec).await?;
            let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
            match captured.code {
                Some(code) if args.expect_exit.contains(&code) => to_output(&Output {
                    exit_code: code,
                    stdout: text(&captured, args.max_bytes),
                    truncated: captured.is_cut(),
                    stderr: captured.stderr,
                    ms,
                }),
                code => Err(failed(&args, code, &captured)),
            }
        })
    }
}

/// What to start, all of the arguments checked.
fn plan(args: &Args) -> Result<Spec, Failure> {
    let Some((program, rest)) = args.argv.split_first() else {
        return Err(bad_input("`argv` is empty; it begins with the program"));
    };
    if program.is_empty() || args.argv.iter().any(|part| part.contains('\0')) {
        return Err(bad_input(
            "`argv` names no program, or holds a zero character",
        ));
    }
    for (name, value) in &args.env {
        if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
            return Err(bad_input(format!("`env` cannot hold `{name}`")));
        }
    }
    let (root, path) = open(&args.root, &args.cwd)?;
    let path = root.resolve(&path)?;
    let is_folder = root
        .find_entry(&path)?
        .is_some_and(|entry| entry.kind == Kind::Folder);
    if !is_folder {
        return Err(bad_input(format!("`{}` is no folder", root.shown(&path))));
    }
    Ok(Spec {
        program: program.clone(),
        args: rest.iter().map(OsString::from).collect(),
        cwd: root.canonical().join(path.as_path()),
        pass_env: Vec::new(),
        env: args
            .env
            .iter()
            .map(|(name, value)| (name.clone(), OsString::from(value)))
            .collect(),
        stdin: args.stdin.clone().map(String::into_bytes),
        cap_bytes: args.max_bytes.min(MOST_BYTES),
        spool_dir: None,
        timeout: Duration::from_millis(args.timeout.min(LONGEST)),
        cancel: tokio_util::sync::CancellationToken::new(),
        listener: None,
    })
}

/// The program ran and says that it failed, or a signal ended it. What it did before is done.
fn failed(args: &Args, code: Option<i32>, captured: &Captured) -> Failure {
    let how = match code {
        Some(code) => format!("ended with exit code {code}"),
        None => "was ended by a signal".to_owned(),
    };
    let said = [captured.stderr.as_str(), &text(captured, args.max_bytes)]
        .into_iter()
        .find(|text| !text.trim().is_empty())
        .map(last_lines);
    let mut message = format!("{} {how}", shown(&args.argv[..1]));
    if let Some(said) = said {
        message += &format!(":\n{said}");
    }
    Failure::new(FailureClass::BadInput, message)
}

fn text(captured: &Captured, most: usize) -> String {
    let text = String::from_utf8_lossy(&captured.head);
    size::head(&text, most.min(MOST_BYTES)).to_owned()
}

fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].join("\n")
}

/// The arguments so that a person sees where each begins and ends.
fn shown(argv: &[String]) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    let part = |part: &String| {
        if !part.is_empty() && part.chars().all(is_plain) {
            part.clone()
        } else {
            format!("{part:?}")
        }
    };
    argv.iter().map(part).collect::<Vec<_>>().join(" ")
}

#[cfg(unix)]
#[cfg(test)]
mod tests;
