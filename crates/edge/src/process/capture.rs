//! What is kept of a child's output while all of it is read.
//!
//! What it does not do: it never stops reading because enough is kept, so the child is never
//! blocked by us.
//! **Invariant:** memory is bounded by the cap, whatever the child writes.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};

use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};

use crate::process::lines::Lines;

/// The head in memory, the whole in a file once the head is full.
pub struct Capture {
    head: Vec<u8>,
    cap: usize,
    total: u64,
    dir: Option<PathBuf>,
    spool: Option<Spool>,
    lines: Lines,
}

impl Capture {
    pub fn new(cap: usize, dir: Option<&Path>, lines: Lines) -> Self {
        Self {
            head: Vec::new(),
            cap,
            total: 0,
            dir: dir.map(Path::to_owned),
            spool: None,
            lines,
        }
    }

    /// Reads until the pipe closes.
    ///
    /// # Errors
    /// The spool cannot be written.
    pub async fn drain(&mut self, pipe: Option<impl AsyncRead + Unpin>) -> io::Result<()> {
        let Some(mut pipe) = pipe else { return Ok(()) };
        let mut piece = vec![0; 64 * 1024];
        loop {
            // A pipe that breaks has ended; the exit code tells what that means.
            let Ok(read @ 1..) = pipe.read(&mut piece).await else {
                return Ok(());
            };
            self.lines.feed(&piece[..read]);
            self.take(&piece[..read]).await?;
        }
    }

    /// The head, the count of all bytes, and the file with the whole where the head is not it.
    ///
    /// # Errors
    /// The last bytes cannot be written.
    pub async fn finish(self) -> io::Result<(Vec<u8>, u64, Option<PathBuf>)> {
        let path = match self.spool {
            Some(spool) => Some(spool.finish().await?),
            None => None,
        };
        Ok((self.head, self.total, path))
    }

    async fn take(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.total += bytes.len() as u64;
        let (kept, rest) = bytes.split_at(bytes.len().min(self.cap - self.head.len()));
        self.head.extend_from_slice(kept);
        if rest.is_empty() {
            return Ok(());
        }
        let Some(dir) = &self.dir else { return Ok(()) };
        if self.spool.is_none() {
            let mut spool = Spool::begin(dir).await?;
            spool.file.write_all(&self.head).await?;
            self.spool = Some(spool);
        }
        if let Some(spool) = &mut self.spool {
            spool.file.write_all(rest).await?;
        }
        Ok(())
    }
}

/// A file with the whole output; removed unless it is handed over.
struct Spool {
    file: File,
    path: Option<PathBuf>,
}

impl Spool {
    async fn begin(dir: &Path) -> io::Result<Self> {
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(io::Error::from)?;
        let path = dir.join(format!("output-{:032x}", u128::from_le_bytes(random)));
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        options.mode(0o600);
        crate::limits::survive_file_size_limit();
        let file = options.open(&path).await?;
        Ok(Self {
            file,
            path: Some(path),
        })
    }

    async fn finish(mut self) -> io::Result<PathBuf> {
        self.file.flush().await?;
        self.path
            .take()
            .ok_or_else(|| io::Error::other("the spool was handed over before"))
    }
}

impl Drop for Spool {
    fn drop(&mut self) {
        if let Some(path) = &self.path {
            _ = std::fs::remove_file(path);
        }
    }
}

/// The last bytes of a stream.
pub struct Tail {
    bytes: VecDeque<u8>,
    cap: usize,
    lines: Lines,
}

impl Tail {
    pub fn new(cap: usize, lines: Lines) -> Self {
        Self {
            bytes: VecDeque::new(),
            cap,
            lines,
        }
    }

    pub async fn drain(&mut self, pipe: Option<impl AsyncRead + Unpin>) {
        let Some(mut pipe) = pipe else { return };
        let mut piece = vec![0; 8 * 1024];
        while let Ok(read @ 1..) = pipe.read(&mut piece).await {
            self.lines.feed(&piece[..read]);
            self.bytes.extend(&piece[..read]);
            let over = self.bytes.len().saturating_sub(self.cap);
            self.bytes.drain(..over);
        }
    }

    pub fn into_text(self) -> String {
        String::from_utf8_lossy(&Vec::from(self.bytes)).into_owned()
    }
}
