//! Words that nobody else may see: typed without echo where a person sits, else read from stdin.

use std::io::{self, IsTerminal as _, Read as _, Write as _};

use crate::exit::Stopped;

/// More is no key and no passphrase.
const MOST_BYTES: u64 = 64 << 10;

/// One secret: from the terminal without an echo, or all of stdin.
///
/// # Errors
/// Stdin cannot be read, or holds too much.
pub async fn read(question: &'static str) -> Result<String, Stopped> {
    let read = tokio::task::spawn_blocking(move || {
        if io::stdin().is_terminal() {
            typed(question)
        } else {
            piped()
        }
    });
    read.await
        .map_err(|error| Stopped::Other(error.into()))?
        .map_err(|error| Stopped::usage(format!("reading the secret: {error}")))
}

fn piped() -> io::Result<String> {
    let mut text = String::new();
    io::stdin()
        .lock()
        .take(MOST_BYTES + 1)
        .read_to_string(&mut text)?;
    if text.len() as u64 > MOST_BYTES {
        return Err(io::Error::other("that is too long to be one"));
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(unix)]
fn typed(question: &str) -> io::Result<String> {
    use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
    let stdin = io::stdin();
    let before = tcgetattr(&stdin)?;
    let mut quiet = before.clone();
    quiet.local_modes.remove(LocalModes::ECHO);
    // What was typed before the question was typed for somebody else.
    tcsetattr(&stdin, OptionalActions::Flush, &quiet)?;
    let mut err = io::stderr();
    let asked = write!(err, "{question}").and_then(|()| err.flush());
    let mut line = String::new();
    let read = asked.and_then(|()| stdin.lock().take(MOST_BYTES).read_line_into(&mut line));
    tcsetattr(&stdin, OptionalActions::Now, &before)?;
    let _ = writeln!(err);
    read?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

#[cfg(unix)]
trait ReadLine {
    fn read_line_into(self, line: &mut String) -> io::Result<()>;
}

#[cfg(unix)]
impl<R: io::BufRead> ReadLine for R {
    fn read_line_into(mut self, line: &mut String) -> io::Result<()> {
        self.read_line(line).map(drop)
    }
}

/// The console here has no switch that safe Rust can reach: a secret is piped in.
#[cfg(not(unix))]
fn typed(_: &str) -> io::Result<String> {
    Err(io::Error::other(
        "this console would show it; pipe it in, for example `Get-Clipboard | krake accounts add …`",
    ))
}
