//! Lines of a file of any size, one at a time, with their places.

use std::io::{self, BufRead, BufReader, Read};

use krake_transcripts::LINE_CAP;

/// What the file gives next.
pub enum Line<'l> {
    /// A line without its end, and where it begins.
    Here(u64, &'l [u8]),
    /// A line that is too long to hold was passed over.
    TooLong,
}

/// Reads lines from a place of a file on.
pub struct FileLines<R> {
    inner: BufReader<R>,
    at: u64,
    line: Vec<u8>,
}

impl<R: Read> FileLines<R> {
    pub fn new(file: R, at: u64) -> Self {
        Self {
            inner: BufReader::with_capacity(256 << 10, file),
            at,
            line: Vec::new(),
        }
    }

    /// Where the next line begins.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// The next line; nothing at the end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        self.line.clear();
        let start = self.at;
        let most = LINE_CAP as u64 + 1;
        let read = (&mut self.inner)
            .take(most)
            .read_until(b'\n', &mut self.line)?;
        self.at += read as u64;
        if read == 0 {
            return Ok(None);
        }
        if self.line.last() != Some(&b'\n') && read as u64 == most {
            self.line.clear();
            self.line.shrink_to(0);
            self.pass_over()?;
            return Ok(Some(Line::TooLong));
        }
        while matches!(self.line.last(), Some(b'\n' | b'\r')) {
            self.line.pop();
        }
        Ok(Some(Line::Here(start, &self.line)))
    }

    fn pass_over(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.inner.fill_buf()?;
            if buffer.is_empty() {
                return Ok(());
            }
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.inner.consume(used);
            self.at += used as u64;
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_their_places_and_one_without_an_end_is_passed_over() {
        let long = vec![b'x'; LINE_CAP + 10];
        let file = [b"a\r\n".as_slice(), &long, b"\n\nlast"].concat();
        let mut lines = FileLines::new(file.as_slice(), 0);
        let mut seen = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            seen.push(match line {
                Line::Here(at, line) => (at, Some(line.to_vec())),
                Line::TooLong => (0, None),
            });
        }
        let after = 3 + long.len() as u64 + 1;
        assert_eq!(
            seen,
            [
                (0, Some(b"a".to_vec())),
                (0, None),
                (after, Some(Vec::new())),
                (after + 1, Some(b"last".to_vec())),
            ]
        );
    }
}
