//! `krake brief --input`: a briefing of one transcript file, without a project and without data.

use krake_domain::loss::Loss;
use krake_engine::context::{Form, Request, SessionInput, brief_as, brief_repaired};

use crate::args::{Brief, Format};
use crate::exit::{Exit, Stopped};
use crate::out::Out;
use crate::text;

/// The largest transcript that is held in memory at once.
const MOST_BYTES: u64 = 512 * 1024 * 1024;

/// Reads the file, briefs, prints.
///
/// # Errors
/// The file cannot be read, or is no transcript of a known format.
pub fn run(out: Out, args: &Brief) -> Result<Exit, Stopped> {
    let bytes = text::bytes(&args.input, MOST_BYTES)?;
    let transcript = krake_transcripts::read(&bytes, None)
        .map_err(|error| Stopped::usage(format!("{}: {error}", args.input)))?;
    if transcript.broken_lines > 0 {
        out.note(&format!(
            "{}: {} lines could not be read",
            args.input, transcript.broken_lines
        ));
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
    let briefing = if args.repair {
        brief_repaired(&request, form)
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
