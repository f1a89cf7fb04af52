//! `krake brief`: of one transcript file, without any data, or of stored sessions.

use std::path::Path;

use krake_domain::briefing::Form;
use krake_domain::loss::Loss;
use krake_engine::context::{Request, SessionInput, brief_as, brief_wanted};
use krake_engine::secrets::{Cleaner, Known};

use serde_json::{Value, json};

use crate::args::{Brief, Format};
use crate::columns::field;
use crate::door::Door;
use crate::exit::{Exit, Stopped};
use crate::named::{id_of, no_such};
use crate::out::Out;
use crate::{prose, transcript_file};

/// Briefs and prints.
///
/// # Errors
/// The file cannot be read, or is no transcript of a known format; there is no such project.
pub async fn run(home: &Path, out: Out, args: &Brief) -> Result<Exit, Stopped> {
    if let (Some(receiver), Some(project)) = (&args.receiver, &args.project) {
        return for_receiver(home, out, args, project, receiver).await;
    }
    match (&args.input, &args.project, &args.into) {
        _ if args.with.is_some() && args.into.is_none() => by_model(home, out, args).await,
        (Some(input), ..) => of_file(out, args, input),
        (None, Some(project), Some(Some(path))) => into_file(home, out, args, project, path).await,
        (None, Some(_), Some(None)) => Err(Stopped::usage(
            "--into: name a file, or with --for the account whose file it is",
        )),
        (None, project, _) => of_project(home, out, args, project.as_deref()).await,
    }
}

/// The wish for a briefing whose prose a model writes.
fn wish(out: Out, args: &Brief) -> Result<Value, Stopped> {
    let session = args.session.as_deref();
    let context = args.input.as_deref();
    let context = context.map(|file| transcript_file::context(out, file, session));
    Ok(json!({
        "context": context.transpose()?, "sessions": stored(args), "project_id": args.project,
        "budget": args.budget, "goal": args.goal,
        "form": word(args.format), "with": args.with, "wanted": args.keep,
    }))
}

async fn by_model(home: &Path, out: Out, args: &Brief) -> Result<Exit, Stopped> {
    let wish = wish(out, args)?;
    if args.preview {
        prose::preview(&Door::look(home).await?, out, wish).await?;
        return Ok(Exit::Done);
    }
    let door = Door::write(home).await?;
    let written = prose::written(&door, out, wish).await;
    door.close().await;
    shown(out, args, &written?)
}

/// The stored session that is meant; of a file one is chosen there.
fn stored(args: &Brief) -> Option<[&str; 1]> {
    let session = args.session.as_deref().filter(|_| args.input.is_none());
    session.map(|id| [id])
}

fn word(format: Format) -> &'static str {
    match format {
        Format::Markdown => "markdown",
        Format::Json => "json",
        Format::AgentsMd => "agents-md",
        Format::Messages => "messages",
    }
}

/// Prints what the core made.
fn shown(out: Out, args: &Brief, briefing: &Value) -> Result<Exit, Stopped> {
    if out.json {
        out.document(briefing)?;
        return Ok(Exit::Done);
    }
    out.text(briefing["text"].as_str().unwrap_or_default())?;
    let loss: Option<Loss> = serde_json::from_value(briefing["coverage"]["loss"].clone()).ok();
    out.note(&format!(
        "{} of {} tokens{}",
        briefing["tokens"],
        briefing["budget"],
        loss.as_ref().map_or_else(String::new, measured)
    ));
    if args.lost {
        tell_lost(out, loss.as_ref());
    }
    Ok(Exit::Done)
}

/// What does not stand in the text, a line each; `--keep` takes it back by its words.
fn tell_lost(out: Out, loss: Option<&Loss>) {
    for fact in loss.into_iter().flat_map(|loss| &loss.lost) {
        let source = fact.sources.first();
        let source = source.map_or_else(String::new, |source| format!(" [{}]", source.reference));
        out.note(&format!("lost  +{}  {}{source}", fact.tokens, fact.text));
    }
}

/// As without a receiver, with the file that it reads and whether it can go on now.
async fn for_receiver(
    home: &Path,
    out: Out,
    args: &Brief,
    project: &str,
    receiver: &str,
) -> Result<Exit, Stopped> {
    let door = Door::look(home).await?;
    let choice = json!({ "purpose": "handoff", "words": project });
    let choice = door.call("accounts.choose", choice).await?;
    let id = id_of(&door, receiver).await?;
    let mut ranked = choice["ranked"].as_array().into_iter().flatten();
    let meant = ranked.find(|account| account["id"] == id);
    let meant =
        meant.ok_or_else(|| no_such("account", receiver, "`krake accounts list` shows them"))?;
    let plan = json!({ "project_id": project, "to_account_id": meant["id"] });
    let plan = door.call("handoffs.plan", plan).await?;
    door.close().await;
    let because: Vec<&str> = meant["because"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let can = match meant["usable"] == true {
        true => "can go on",
        false => "cannot go on now",
    };
    let reads = field(&plan["file"], "path");
    out.note(&format!(
        "{} {can}: {}",
        field(meant, "name"),
        because.join(", ")
    ));
    match &args.into {
        None => {
            if !reads.is_empty() {
                out.note(&format!("it reads {reads}: --into puts the briefing there"));
            }
            match args.with {
                Some(_) => by_model(home, out, args).await,
                None => of_project(home, out, args, Some(project)).await,
            }
        }
        Some(Some(path)) => into_file(home, out, args, project, path).await,
        Some(None) if reads.is_empty() => Err(Stopped::usage(
            "--into: the project has no folder; name a file",
        )),
        Some(None) => into_file(home, out, args, project, Path::new(&reads)).await,
    }
}

async fn of_project(
    home: &Path,
    out: Out,
    args: &Brief,
    project: Option<&str>,
) -> Result<Exit, Stopped> {
    let wish = json!({
        "project_id": project, "sessions": stored(args), "budget": args.budget,
        "goal": args.goal, "form": word(args.format), "repair": true, "wanted": args.keep,
    });
    let briefing = Door::look(home).await?.call("briefings.make", wish).await?;
    shown(out, args, &briefing)
}

async fn into_file(
    home: &Path,
    out: Out,
    args: &Brief,
    project: &str,
    path: &Path,
) -> Result<Exit, Stopped> {
    let path = std::path::absolute(path)
        .map_err(|error| Stopped::usage(format!("{}: {error}", path.display())))?;
    let door = Door::write(home).await?;
    let saved = save(&door, out, args, project, &path).await;
    door.close().await;
    out.answer(&saved?, |saved: &Value| {
        let path = field(saved, "path");
        match saved["changed"].as_bool() {
            Some(true) => format!("{path}: {} tokens", saved["tokens"]),
            _ => format!("{path}: as it was"),
        }
    })?;
    Ok(Exit::Done)
}

async fn save(
    door: &Door,
    out: Out,
    args: &Brief,
    project: &str,
    path: &Path,
) -> Result<Value, Stopped> {
    let answer = match &args.with {
        Some(_) => prose::written(door, out, wish(out, args)?).await?["model"]["answer"].clone(),
        None => Value::Null,
    };
    let wish = json!({
        "project_id": project, "budget": args.budget, "goal": args.goal,
        "path": path.to_string_lossy(), "answer": answer, "wanted": args.keep,
    });
    door.call("briefings.save", wish).await
}

fn of_file(out: Out, args: &Brief, input: &str) -> Result<Exit, Stopped> {
    let nothing_known = Known::default();
    let mut cleaner = Cleaner::new(&nothing_known);
    let session = args.session.as_deref();
    let transcript = transcript_file::transcript(out, input, session, &mut cleaner)?;
    match cleaner.replaced.values().sum() {
        0_u32 => {}
        1 => out.note(&format!("{input}: 1 secret is left out")),
        secrets => out.note(&format!("{input}: {secrets} secrets are left out")),
    }
    let sessions = [SessionInput {
        label: "",
        transcript: &transcript,
    }];
    let request = Request {
        sessions: &sessions,
        facts: &[],
        budget: args.budget,
        goal: args.goal.as_deref(),
        rules: &[],
    };
    let form = match args.format {
        Format::Markdown => Form::Markdown,
        Format::Json => Form::Json,
        Format::AgentsMd => Form::AgentsMd,
        Format::Messages => Form::Messages,
    };
    let briefing = if args.repair || !args.keep.is_empty() {
        brief_wanted(&request, form, &args.keep)
    } else {
        brief_as(&request, form)
    };
    if out.json {
        let document =
            serde_json::to_value(&briefing).map_err(|error| Stopped::Other(error.into()))?;
        out.document(&document)?;
    } else {
        out.text(&briefing.text)?;
        out.note(&format!(
            "{} of {} tokens{}",
            briefing.tokens,
            briefing.budget,
            briefing
                .coverage
                .loss
                .as_ref()
                .map_or_else(String::new, measured)
        ));
        if args.lost {
            tell_lost(out, briefing.coverage.loss.as_ref());
        }
    }
    Ok(Exit::Done)
}

/// What the measurement says, for a person.
pub fn measured(loss: &Loss) -> String {
    format!(
        "; kept {:.0} %: {} of {} facts that must be kept, {} of {} probe questions answered",
        loss.score * 100.0,
        loss.facts_kept,
        loss.facts,
        loss.probes_answered,
        loss.probes
    )
}
