//! Bytes in, events out: the same events wherever the bytes are cut.
//!
//! What it deliberately does not do: no network, no clock, no async.
//! **Invariant:** a tool call comes out only after the end marker of an answer that was not cut.

use krake_edge::sse::SseReader;

use crate::answer::{AnswerEvent, StopReason};
use crate::calls::Calls;
use crate::caps::Caps;
use crate::error::ModelError;
use crate::lines::{Lines, too_long};
use crate::request::Request;
use crate::wire::{Reader, Wire};

/// Puts one answer together.
pub struct Assembler {
    framing: Framing,
    reader: Box<dyn Reader>,
    caps: Caps,
    bytes: usize,
    events: usize,
    ended: Option<Result<(), ModelError>>,
}

enum Framing {
    Sse(SseReader),
    Lines(Lines),
}

impl Assembler {
    /// For the answer to that request in that wire format.
    #[must_use]
    pub fn new(wire: Wire, request: &Request, caps: Caps) -> Self {
        let offered = request.tools.iter().map(|tool| tool.name.clone()).collect();
        let framing = if wire.is_line_json() {
            Framing::Lines(Lines::new(caps.line_bytes))
        } else {
            Framing::Sse(SseReader::with_cap(caps.line_bytes))
        };
        Self {
            framing,
            reader: wire.reader(Calls::new(offered, caps.calls)),
            caps,
            bytes: 0,
            events: 0,
            ended: None,
        }
    }

    /// Takes the next bytes and adds what became known to `out`. Bytes after the end marker are
    /// passed over.
    ///
    /// # Errors
    /// The answer failed; what came before the fault is in `out`, and every further call says the
    /// same.
    pub fn feed(&mut self, bytes: &[u8], out: &mut Vec<AnswerEvent>) -> Result<(), ModelError> {
        // Line by line, so that what counts is where lines end and never where bytes were cut.
        for piece in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            if let Some(ended) = &self.ended {
                return ended.clone();
            }
            if let Err(error) = self.piece(piece, out) {
                self.ended = Some(Err(error.clone()));
                return Err(error);
            }
        }
        Ok(())
    }

    /// Whether the end marker came: no byte that follows matters.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.ended, Some(Ok(())))
    }

    /// Events so far, those that say nothing included: a sign of life.
    #[must_use]
    pub fn events(&self) -> usize {
        self.events
    }

    /// The body has ended.
    ///
    /// # Errors
    /// It failed before, or its end marker is missing.
    pub fn end(&self) -> Result<(), ModelError> {
        self.ended.clone().unwrap_or_else(|| {
            Err(ModelError::Incomplete {
                why: "the stream ended before its end marker".to_owned(),
            })
        })
    }

    fn piece(&mut self, piece: &[u8], out: &mut Vec<AnswerEvent>) -> Result<(), ModelError> {
        self.bytes = self.bytes.saturating_add(piece.len());
        if self.bytes > self.caps.total_bytes {
            return Err(ModelError::TooLarge {
                what: "bytes",
                cap: self.caps.total_bytes as u64,
            });
        }
        let most = self.caps.line_bytes;
        let events = match &mut self.framing {
            Framing::Sse(reader) => reader
                .feed(piece)
                .map_err(|_| too_long(most))?
                .into_iter()
                .map(|event| (event.event, event.data))
                .collect(),
            Framing::Lines(lines) => match lines.feed(piece)? {
                Some(line) if !line.is_empty() => {
                    let text = String::from_utf8(line)
                        .map_err(|_| ModelError::bad_answer("a line is not UTF-8"))?;
                    vec![(String::new(), text)]
                }
                Some(_) | None => Vec::new(),
            },
        };
        for (name, data) in events {
            self.events += 1;
            if self.events > self.caps.events {
                return Err(ModelError::TooLarge {
                    what: "events",
                    cap: self.caps.events as u64,
                });
            }
            if self.ended.is_some() || data.trim().is_empty() {
                continue;
            }
            if let Some(reason) = self.reader.read(&name, &data, out)? {
                self.stop(reason, out)?;
            }
        }
        Ok(())
    }

    fn stop(&mut self, reason: StopReason, out: &mut Vec<AnswerEvent>) -> Result<(), ModelError> {
        if reason.is_whole() {
            let calls = self.reader.calls().finish()?;
            let reason = if calls.is_empty() {
                StopReason::End
            } else {
                StopReason::ToolUse
            };
            out.extend(calls.into_iter().map(AnswerEvent::ToolCall));
            out.push(AnswerEvent::Stop(reason));
        } else {
            out.push(AnswerEvent::Stop(reason));
        }
        self.ended = Some(Ok(()));
        Ok(())
    }
}
