//! ZIP archives of our own: entry after entry, packed as they are written.
//!
//! **Invariant:** the same entries give the same bytes: no time, no owner and no machine is in them.

use std::io::{self, Seek, SeekFrom, Write};

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

use crate::archive::{CENTRAL, END, LOCAL, MOST_ENTRIES};

/// What may be written without a second kind of list, which few tools read well.
const MOST: u64 = 0xffff_fffe;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// 1980-01-01, the first day that the format knows.
const FIRST_DAY: u16 = 0x21;
/// A regular file that its owner may read and write, made on Unix.
const MODE: u32 = 0o100_600 << 16;

/// An archive that grows.
pub struct ArchiveWriter<W: Write + Seek> {
    state: State<W>,
    list: Vec<u8>,
    entries: usize,
}

enum State<W: Write> {
    Between(W),
    Within(Box<Within<W>>),
    /// A write has failed; there is nothing to go on with.
    Broken,
}

struct Within<W: Write> {
    packer: DeflateEncoder<W>,
    name: String,
    crc: Crc,
    header: u64,
    bytes: u64,
}

impl<W: Write + Seek> ArchiveWriter<W> {
    /// An archive without entries.
    pub fn new(file: W) -> Self {
        Self {
            state: State::Between(file),
            list: Vec::new(),
            entries: 0,
        }
    }

    /// Begins an entry, after the one before was ended.
    ///
    /// # Errors
    /// The file cannot be written, or the archive holds as much as one can.
    pub fn begin(&mut self, name: &str) -> io::Result<()> {
        let State::Between(mut file) = std::mem::replace(&mut self.state, State::Broken) else {
            return Err(io::Error::other("an entry is open"));
        };
        if self.entries >= MOST_ENTRIES || name.len() > usize::from(u16::MAX) {
            return Err(io::Error::other(format!(
                "an archive holds at most {MOST_ENTRIES} entries"
            )));
        }
        let header = file.stream_position()?;
        if header > MOST {
            return Err(too_large());
        }
        file.write_all(&LOCAL.to_le_bytes())?;
        file.write_all(&common(0, 0, 0, name))?;
        file.write_all(name.as_bytes())?;
        self.state = State::Within(Box::new(Within {
            packer: DeflateEncoder::new(file, Compression::new(6)),
            name: name.to_owned(),
            crc: Crc::new(),
            header,
            bytes: 0,
        }));
        Ok(())
    }

    /// Bytes of the open entry.
    ///
    /// # Errors
    /// As [`ArchiveWriter::begin`].
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let State::Within(within) = &mut self.state else {
            return Err(io::Error::other("no entry is open"));
        };
        within.crc.update(bytes);
        within.bytes += bytes.len() as u64;
        within.packer.write_all(bytes)
    }

    /// Ends the open entry.
    ///
    /// # Errors
    /// As [`ArchiveWriter::begin`].
    pub fn end(&mut self) -> io::Result<()> {
        let State::Within(within) = std::mem::replace(&mut self.state, State::Broken) else {
            return Err(io::Error::other("no entry is open"));
        };
        let Within {
            packer,
            name,
            crc,
            header,
            bytes,
        } = *within;
        let mut file = packer.finish()?;
        let end = file.stream_position()?;
        let packed = end - header - 30 - name.len() as u64;
        if bytes > MOST || end > MOST {
            return Err(too_large());
        }
        let common = common(crc.sum(), packed, bytes, &name);
        file.seek(SeekFrom::Start(header + 4))?;
        file.write_all(&common)?;
        file.seek(SeekFrom::Start(end))?;
        self.list.extend(CENTRAL.to_le_bytes());
        // Written by version 2.0 on Unix.
        self.list.extend([20, 3]);
        self.list.extend(common);
        // No comment, the first disk, no attributes of its inside.
        self.list.extend([0; 6]);
        self.list.extend(MODE.to_le_bytes());
        self.list.extend(half(header).to_le_bytes());
        self.list.extend(name.as_bytes());
        self.entries += 1;
        self.state = State::Between(file);
        Ok(())
    }

    /// Writes the list; the file, written but not synced.
    ///
    /// # Errors
    /// As [`ArchiveWriter::begin`].
    pub fn finish(self) -> io::Result<W> {
        let State::Between(mut file) = self.state else {
            return Err(io::Error::other("an entry is open"));
        };
        let start = file.stream_position()?;
        if start + self.list.len() as u64 > MOST {
            return Err(too_large());
        }
        let entries = u16::try_from(self.entries).expect("fewer than 65,536 entries");
        file.write_all(&self.list)?;
        file.write_all(&END.to_le_bytes())?;
        file.write_all(&[0; 4])?;
        file.write_all(&entries.to_le_bytes())?;
        file.write_all(&entries.to_le_bytes())?;
        file.write_all(&half(self.list.len() as u64).to_le_bytes())?;
        file.write_all(&half(start).to_le_bytes())?;
        file.write_all(&[0; 2])?;
        file.flush()?;
        Ok(file)
    }
}

/// What both headers of an entry say.
fn common(crc: u32, packed: u64, bytes: u64, name: &str) -> Vec<u8> {
    let mut common = Vec::with_capacity(26);
    for number in [20, UTF8, 8, 0, FIRST_DAY] {
        common.extend(number.to_le_bytes());
    }
    common.extend(crc.to_le_bytes());
    common.extend(half(packed).to_le_bytes());
    common.extend(half(bytes).to_le_bytes());
    let name = u16::try_from(name.len()).expect("checked when it began");
    common.extend(name.to_le_bytes());
    common.extend([0, 0]);
    common
}

fn half(number: u64) -> u32 {
    u32::try_from(number).expect("checked against the most")
}

fn too_large() -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        "an archive holds at most 4 GiB",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::archive::Archive;
    use std::io::{Cursor, Read as _};

    fn written(entries: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ArchiveWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in entries {
            archive.begin(name).unwrap();
            for piece in bytes.chunks(7) {
                archive.write(piece).unwrap();
            }
            archive.end().unwrap();
        }
        archive.finish().unwrap().into_inner()
    }

    #[test]
    fn what_is_written_is_read_and_the_same_gives_the_same() {
        let long = vec![b'a'; 100_000];
        let entries: [(&str, &[u8]); 3] = [
            ("data/a.jsonl", b"{}\n{}\n"),
            ("\u{fc}ber.yaml", &long),
            ("empty", b""),
        ];
        let file = written(&entries);
        assert_eq!(file, written(&entries));
        let mut archive = Archive::open(Cursor::new(file)).unwrap();
        assert_eq!(archive.entries.len(), 3);
        for (entry, (name, bytes)) in archive.entries.clone().iter().zip(entries) {
            assert_eq!(
                (entry.name.as_str(), entry.bytes),
                (name, bytes.len() as u64)
            );
            let mut read = Vec::new();
            archive.read(entry).unwrap().read_to_end(&mut read).unwrap();
            assert_eq!(read, bytes);
        }
    }

    #[test]
    fn an_entry_is_ended_before_the_next() {
        let mut archive = ArchiveWriter::new(Cursor::new(Vec::new()));
        assert!(archive.write(b"x").is_err());
        archive.begin("a").unwrap();
        assert!(archive.begin("b").is_err());
    }
}
