//! Words that nobody else may see: typed without echo where a person sits, else read from stdin.

use std::io::{self, IsTerminal as _, Read as _};

use crate::exit::Stopped;
use crate::signals::Signals;

/// More is no key and no passphrase.
const MOST_BYTES: u64 = 64 << 10;

/// One secret: from the terminal without an echo, or all of stdin.
///
/// # Errors
/// Stdin cannot be read, or holds too much.
pub async fn read(question: &'static str) -> Result<String, Stopped> {
    let echo = Echo::now();
    let mut signals = Signals::take()?;
    let read = tokio::task::spawn_blocking(move || {
        if io::stdin().is_terminal() {
            typed(question)
        } else {
            piped()
        }
    });
    let read = tokio::select! {
        read = read => read.map_err(|error| Stopped::Other(error.into()))?,
        // Who gives up gets a terminal back that shows what is typed.
        () = signals.next() => {
            echo.restore();
            return Err(Stopped::GivenUp);
        }
    };
    read.map_err(|error| Stopped::usage(format!("reading the secret: {error}")))
}

/// How the terminal was before it was asked to be quiet.
#[cfg(unix)]
struct Echo(Option<rustix::termios::Termios>);

#[cfg(unix)]
impl Echo {
    fn now() -> Self {
        Self(rustix::termios::tcgetattr(io::stdin()).ok())
    }

    fn restore(&self) {
        if let Some(before) = &self.0 {
            let now = rustix::termios::OptionalActions::Now;
            let _ = rustix::termios::tcsetattr(io::stdin(), now, before);
        }
    }
}

#[cfg(not(unix))]
struct Echo;

#[cfg(not(unix))]
impl Echo {
    fn now() -> Self {
        Self
    }

    fn restore(&self) {}
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
    use std::io::{BufRead as _, Write as _};

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
    let read = asked.and_then(|()| stdin.lock().take(MOST_BYTES).read_line(&mut line));
    tcsetattr(&stdin, OptionalActions::Now, &before)?;
    let _ = writeln!(err);
    read?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The console here has no switch that safe Rust can reach: a secret is piped in.
#[cfg(not(unix))]
fn typed(_: &str) -> io::Result<String> {
    Err(io::Error::other(
        "this console would show it; pipe it in, for example `Get-Clipboard | krake accounts add …`",
    ))
}
