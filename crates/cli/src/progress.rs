//! How an execution's progress is shown while it runs: one line per change, and on a terminal a
//! small block below that is redrawn with what runs now.

use std::collections::BTreeMap;
use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

use krake_api::visible_line;

use crate::columns::field;
use crate::door::Event;
use crate::out::Out;

/// Lines of the block; more steps are counted.
const MOST_LINES: usize = 6;
/// How often the block's clocks move.
pub const TICK: Duration = Duration::from_secs(1);

/// The state of the display.
pub struct Progress {
    out: Out,
    live: bool,
    drawn: usize,
    begun: Instant,
    running: BTreeMap<String, (String, Instant)>,
}

impl Progress {
    /// A display for one execution.
    #[must_use]
    pub fn new(out: Out) -> Self {
        Self {
            out,
            live: std::io::stderr().is_terminal() && !out.quiet,
            drawn: 0,
            begun: Instant::now(),
            running: BTreeMap::new(),
        }
    }

    /// Whether the block has clocks that want to be moved.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.live && !self.running.is_empty()
    }

    /// Shows one event.
    pub fn show(&mut self, event: &Event) {
        if self.out.quiet || event.name == "change" {
            return;
        }
        self.clear();
        self.note(event);
        if event.name == "log" {
            let line = format!(
                "{} | {}",
                field(&event.data, "step"),
                field(&event.data, "text")
            );
            self.say(&line);
        } else {
            self.say(&field(&event.data, "message"));
        }
        self.draw();
    }

    /// Moves the clocks of the block.
    pub fn tick(&mut self) {
        if self.is_live() {
            self.clear();
            self.draw();
        }
    }

    /// Takes the block away, for a question or the end.
    pub fn clear(&mut self) {
        if self.drawn > 0 {
            let _ = write!(std::io::stderr(), "\x1b[{}A\x1b[J", self.drawn);
            self.drawn = 0;
        }
    }

    fn note(&mut self, event: &Event) {
        let step = field(&event.data, "step");
        match event.data.get("kind").and_then(|kind| kind.as_str()) {
            Some("attempt_started" | "look_started" | "step_assessing") => {
                let doing = field(&event.data, "message");
                self.running.insert(step, (doing, Instant::now()));
            }
            Some("execution_ended") => self.running.clear(),
            Some(_) if !step.is_empty() => {
                self.running.remove(&step);
            }
            _ => {}
        }
    }

    fn say(&self, line: &str) {
        let seconds = self.begun.elapsed().as_secs_f32();
        let _ = writeln!(std::io::stderr(), "{seconds:7.1} s  {}", visible_line(line));
    }

    fn draw(&mut self) {
        if !self.is_live() {
            return;
        }
        let mut err = std::io::stderr().lock();
        for (doing, since) in self.running.values().take(MOST_LINES) {
            let short: String = doing.chars().take(60).collect();
            let _ = writeln!(err, "  … {short}  {} s", since.elapsed().as_secs());
        }
        self.drawn = self.running.len().min(MOST_LINES);
        if self.running.len() > MOST_LINES {
            let _ = writeln!(err, "  … and {} more", self.running.len() - MOST_LINES);
            self.drawn += 1;
        }
    }
}
