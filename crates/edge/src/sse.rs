//! Server-sent events, cut anywhere, as the WHATWG HTML standard reads them (section 9.2.6).

/// One event. Comments, and fields that the standard does not know, are passed over.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SseEvent {
    /// The last id that the stream told, also by an earlier event.
    pub id: Option<String>,
    /// `message` where the stream names none.
    pub event: String,
    pub data: String,
}

/// Turns bytes into events; holds at most one event that is not complete yet.
#[derive(Debug)]
pub struct SseReader {
    most_bytes: usize,
    line: Vec<u8>,
    begun: bool,
    after_cr: bool,
    last_id: Option<String>,
    event: String,
    data: Option<String>,
}

/// An event or a line that is longer than the reader takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event is longer than {cap} bytes")]
pub struct TooLong {
    pub cap: usize,
}

impl Default for SseReader {
    fn default() -> Self {
        Self::with_cap(Self::MOST_BYTES)
    }
}

impl SseReader {
    /// Longest event of the owner that is put together.
    pub const MOST_BYTES: usize = 16 * 1024 * 1024;

    /// A reader that puts no longer event together than this.
    #[must_use]
    pub fn with_cap(most_bytes: usize) -> Self {
        Self {
            most_bytes,
            line: Vec::new(),
            begun: false,
            after_cr: false,
            last_id: None,
            event: String::new(),
            data: None,
        }
    }

    /// The events that end within these bytes.
    ///
    /// # Errors
    /// [`TooLong`]; the stream cannot be read any further.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Vec<SseEvent>, TooLong> {
        let mut events = Vec::new();
        for &byte in bytes {
            let after_cr = std::mem::take(&mut self.after_cr);
            match byte {
                // The second half of a line end of two bytes.
                b'\n' if after_cr => {}
                b'\n' | b'\r' => {
                    self.after_cr = byte == b'\r';
                    let line = std::mem::take(&mut self.line);
                    events.extend(self.end_line(&line));
                }
                _ => self.line.push(byte),
            }
            if self.line.len() + self.data.as_ref().map_or(0, String::len) > self.most_bytes {
                return Err(TooLong {
                    cap: self.most_bytes,
                });
            }
        }
        Ok(events)
    }

    fn end_line(&mut self, line: &[u8]) -> Option<SseEvent> {
        let text = String::from_utf8_lossy(line);
        let mut text = text.as_ref();
        if !std::mem::replace(&mut self.begun, true) {
            text = text.strip_prefix('\u{feff}').unwrap_or(text);
        }
        if text.is_empty() {
            return self.dispatch();
        }
        let (field, value) = text.split_once(':').unwrap_or((text, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                None => self.data = Some(value.to_owned()),
            },
            "event" => value.clone_into(&mut self.event),
            "id" if !value.contains('\0') => {
                self.last_id = (!value.is_empty()).then(|| value.to_owned())
            }
            // A comment is a field without a name; `retry` is for clients that reconnect by themselves.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let named = std::mem::take(&mut self.event);
        let data = self.data.take()?;
        let event = if named.is_empty() {
            "message".to_owned()
        } else {
            named
        };
        Some(SseEvent {
            id: self.last_id.clone(),
            event,
            data,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &[u8] =
        "\u{feff}: hello\r\nid: 7\r\nevent: log\r\ndata: zwölf\r\ndata:  b\r\n\r\n\
        data\n\n: beat\n\nevent: gone\n\nunknown: x\rdata:c\r\rid\ndata: d\n\ndata: unfinished\n"
            .as_bytes();

    fn wanted() -> Vec<SseEvent> {
        let event = |id: Option<&str>, event: &str, data: &str| SseEvent {
            id: id.map(str::to_owned),
            event: event.to_owned(),
            data: data.to_owned(),
        };
        vec![
            event(Some("7"), "log", "zwölf\n b"),
            event(Some("7"), "message", ""),
            event(Some("7"), "message", "c"),
            event(None, "message", "d"),
        ]
    }

    #[test]
    fn reads_the_same_events_wherever_the_bytes_are_cut() {
        for cut in 0..=STREAM.len() {
            let mut reader = SseReader::default();
            let mut events = reader.feed(&STREAM[..cut]).unwrap();
            events.extend(reader.feed(&STREAM[cut..]).unwrap());
            assert_eq!(events, wanted(), "cut at {cut}");
        }
        let mut reader = SseReader::default();
        let single: Vec<_> = STREAM
            .iter()
            .flat_map(|byte| reader.feed(&[*byte]).unwrap())
            .collect();
        assert_eq!(single, wanted());
    }

    #[test]
    fn an_endless_line_is_refused() {
        let mut reader = SseReader::with_cap(1_000);
        assert_eq!(reader.feed(&[b'x'; 1_000]), Ok(Vec::new()));
        assert_eq!(reader.feed(b"x"), Err(TooLong { cap: 1_000 }));
    }
}
