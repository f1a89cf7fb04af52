//! The lines of a child's stream, told as they come.

use crate::process::Listener;

/// A longer line is told in pieces.
const LONGEST: usize = 8 * 1024;

/// Puts bytes together into lines. What is not UTF-8 is replaced, and the rest is told at the end.
pub struct Lines {
    listener: Option<Listener>,
    pending: Vec<u8>,
}

impl Lines {
    pub fn new(listener: Option<Listener>) -> Self {
        Self {
            listener,
            pending: Vec::new(),
        }
    }

    pub fn feed(&mut self, bytes: &[u8]) {
        if self.listener.is_none() {
            return;
        }
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            for part in piece.chunks(LONGEST) {
                if self.pending.len() + part.len() > LONGEST {
                    self.tell();
                }
                self.pending.extend_from_slice(part);
            }
            if piece.ends_with(b"\n") {
                self.tell();
            }
        }
    }

    fn tell(&mut self) {
        let Some(Listener(hear)) = &self.listener else {
            return;
        };
        let text = String::from_utf8_lossy(&self.pending);
        hear(text.trim_end_matches(['\n', '\r']));
        self.pending.clear();
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        if !self.pending.is_empty() {
            self.tell();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    fn told(pieces: &[&[u8]]) -> Vec<String> {
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ear = heard.clone();
        let listener = Listener::new(move |line| ear.lock().unwrap().push(line.to_owned()));
        let mut lines = Lines::new(Some(listener));
        for piece in pieces {
            lines.feed(piece);
        }
        drop(lines);
        Arc::try_unwrap(heard).unwrap().into_inner().unwrap()
    }

    #[test]
    fn lines_are_whole_wherever_they_were_cut() {
        assert_eq!(told(&[b"a\nb", b"c\r\n\nlast"]), ["a", "bc", "", "last"]);
        assert_eq!(
            told(&["ü".as_bytes().split_at(1).0, "ü\n".as_bytes().split_at(1).1]),
            ["ü"]
        );
        assert!(told(&[]).is_empty());
        let long = told(&[&[b'x'; LONGEST * 2 + 5]]);
        let sizes: Vec<_> = long.iter().map(String::len).collect();
        assert_eq!(sizes, [LONGEST, LONGEST, 5]);
    }
}
