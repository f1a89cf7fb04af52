//! Lines from the terminal, read beside everything else.
//!
//! A read of a terminal cannot be taken back, so a thread of its own does it, a line at a time and
//! only when one is wanted. A question that is given up leaves its read behind; the next question
//! takes that read over.
//!
//! **Invariant:** a line answers only a question that stood on the screen when it was entered.

use std::io::{self, Write as _};
use std::sync::mpsc::{Sender, channel};

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::exit::Stopped;

/// The person's side of the terminal.
#[derive(Default)]
pub struct Keyboard {
    thread: Option<Thread>,
    /// A read is on its way, for this question or for one that was given up.
    reading: bool,
}

struct Thread {
    wanted: Sender<()>,
    lines: UnboundedReceiver<io::Result<String>>,
}

impl Keyboard {
    /// Shows the question and waits for its line, which is empty at the end of the input. Whoever
    /// drops the future gives the question up.
    ///
    /// # Errors
    /// The terminal cannot be read.
    pub async fn line(&mut self, question: &str) -> Result<String, Stopped> {
        if self.thread.is_none() {
            self.thread = Some(Thread::start(read_line).map_err(stopped)?);
        }
        if self.reading {
            forget_what_was_typed();
        }
        self.forget_late_line();
        let mut err = io::stderr();
        let _ = write!(err, "{question}").and_then(|()| err.flush());
        self.next().await.map_err(stopped)
    }

    /// What was entered after a question was given up was meant for that one.
    fn forget_late_line(&mut self) {
        let thread = self.thread.as_mut().filter(|_| self.reading);
        if thread.is_some_and(|thread| thread.lines.try_recv().is_ok()) {
            self.reading = false;
        }
    }

    async fn next(&mut self) -> io::Result<String> {
        let gone = || io::Error::other("nobody reads the terminal any more");
        let thread = self.thread.as_mut().ok_or_else(gone)?;
        if !self.reading {
            thread.wanted.send(()).map_err(|_| gone())?;
            self.reading = true;
        }
        let line = thread.lines.recv().await.ok_or_else(gone)?;
        self.reading = false;
        line
    }
}

impl Thread {
    fn start(mut read: impl FnMut() -> io::Result<String> + Send + 'static) -> io::Result<Self> {
        let (wanted, wants) = channel();
        let (tell, lines) = unbounded_channel();
        std::thread::Builder::new()
            .name("keyboard".to_owned())
            .spawn(move || while wants.recv().is_ok() && tell.send(read()).is_ok() {})?;
        Ok(Self { wanted, lines })
    }
}

fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line)
}

/// The terminal itself keeps a line until Enter: half a word of the last answer must not begin the
/// next one.
#[cfg(unix)]
fn forget_what_was_typed() {
    use rustix::termios::{QueueSelector, tcflush};
    let _ = tcflush(io::stdin(), QueueSelector::IFlush);
}

/// Here the line that is being edited stays with the console; it is shown when the question is.
#[cfg(not(unix))]
fn forget_what_was_typed() {}

fn stopped(error: io::Error) -> Stopped {
    Stopped::Other(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt as _;

    #[tokio::test]
    async fn a_line_for_a_question_that_was_given_up_answers_no_other() {
        let (person, entered) = channel::<&str>();
        let thread = Thread::start(move || {
            let line = entered.recv().map_err(io::Error::other)?;
            Ok(line.to_owned())
        });
        let mut keyboard = Keyboard {
            thread: Some(thread.unwrap()),
            reading: false,
        };
        assert!(keyboard.next().now_or_never().is_none());
        person.send("late\n").unwrap();
        let lines = &keyboard.thread.as_ref().unwrap().lines;
        while lines.is_empty() {
            std::thread::yield_now();
        }
        keyboard.forget_late_line();
        assert!(keyboard.next().now_or_never().is_none());
        person.send("in time\n").unwrap();
        assert_eq!(keyboard.next().await.unwrap(), "in time\n");

        // A read that was left behind serves the next question.
        assert!(keyboard.next().now_or_never().is_none());
        keyboard.forget_late_line();
        person.send("again\n").unwrap();
        assert_eq!(keyboard.next().await.unwrap(), "again\n");
    }
}
