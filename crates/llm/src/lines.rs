//! Lines of a body, cut anywhere. What has no line end yet is not a line.

use crate::error::ModelError;

/// Holds at most one line that is not complete yet.
#[derive(Debug)]
pub(crate) struct Lines {
    open: Vec<u8>,
    most_bytes: usize,
}

impl Lines {
    pub fn new(most_bytes: usize) -> Self {
        Self {
            open: Vec::new(),
            most_bytes,
        }
    }

    /// Takes bytes that hold at most one line end, which is their last; the line, if it ended.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<Option<Vec<u8>>, ModelError> {
        if self.open.len() + bytes.len() > self.most_bytes {
            return Err(too_long(self.most_bytes));
        }
        self.open.extend_from_slice(bytes);
        if !matches!(self.open.last(), Some(b'\n' | b'\r')) {
            return Ok(None);
        }
        self.open.pop();
        Ok(Some(std::mem::take(&mut self.open)))
    }
}

pub(crate) fn too_long(most_bytes: usize) -> ModelError {
    ModelError::TooLarge {
        what: "bytes in a line",
        cap: most_bytes as u64,
    }
}
