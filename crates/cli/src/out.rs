//! The one writer: answers to stdout, everything else to stderr, nothing hidden in either.
//!
//! **Invariant:** text that others wrote reaches a terminal only through [`visible`], so it cannot
//! move the cursor, recolour or rename anything.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use krake_api::visible;
use serde_json::Value;

use crate::exit::Stopped;

/// Whether this process has printed a document: there is one, whatever happens.
static HAS_DOCUMENT: AtomicBool = AtomicBool::new(false);

/// How to write.
#[derive(Debug, Clone, Copy)]
pub struct Out {
    /// One JSON document, or JSON lines for streams.
    pub json: bool,
    /// No progress and no notes.
    pub quiet: bool,
}

impl Out {
    /// One or more lines of the answer.
    ///
    /// # Errors
    /// [`Stopped::BrokenPipe`] when nobody reads any more.
    pub fn line(&self, text: &str) -> Result<(), Stopped> {
        write_all(&format!("{}\n", visible(text)))
    }

    /// The answer exactly as it is, for files and pipes; visible where a terminal shows it.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn text(&self, text: &str) -> Result<(), Stopped> {
        if io::stdout().is_terminal() {
            return self.line(text.trim_end_matches('\n'));
        }
        let end = if text.ends_with('\n') { "" } else { "\n" };
        write_all(&format!("{text}{end}"))
    }

    /// A JSON document: on one line for streams and pipes, indented for people. Hidden characters
    /// are written as escapes, so the value stays the same.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn document(&self, value: &Value) -> Result<(), Stopped> {
        let text = if io::stdout().is_terminal() {
            serde_json::to_string_pretty(value).unwrap_or_default()
        } else {
            value.to_string()
        };
        HAS_DOCUMENT.store(true, Ordering::Relaxed);
        write_all(&format!("{}\n", krake_api::visible_json(&text)))
    }

    /// What ended the command, as its document, where it has printed none yet.
    pub fn refusal(&self, stopped: &Stopped) {
        if !HAS_DOCUMENT.load(Ordering::Relaxed) {
            // Whoever has closed the output has the exit code.
            let _ = self.document(&stopped.document());
        }
    }

    /// The answer in the form that was asked for: the document, or what `lines` makes of it.
    ///
    /// # Errors
    /// As [`Out::line`].
    pub fn answer(
        &self,
        value: &Value,
        lines: impl FnOnce(&Value) -> String,
    ) -> Result<(), Stopped> {
        if self.json {
            return self.document(value);
        }
        let text = lines(value);
        if text.is_empty() {
            Ok(())
        } else {
            self.line(&text)
        }
    }

    /// A note beside the answer.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            say(text);
        }
    }
}

/// Something that must be said, quiet or not. A closed stderr is nobody's fault.
pub fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{}", visible(text));
}

fn write_all(text: &str) -> Result<(), Stopped> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Stopped::BrokenPipe,
            _ => Stopped::Other(anyhow::Error::new(error).context("writing the answer")),
        })
}
