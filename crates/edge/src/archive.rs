//! ZIP archives that others made: their list first, then single entries, each within limits.
//!
//! **Invariant:** nothing is unpacked to the disk, and no more bytes come out than an entry states.

use std::io::{self, Read, Seek, SeekFrom};

use flate2::read::DeflateDecoder;

use crate::EdgeError;
use crate::path::InnerPath;

/// Entries of one archive.
pub(crate) const MOST_ENTRIES: usize = 50_000;
/// What all entries may hold together, unpacked.
const MOST_BYTES: u64 = 8 << 30;
/// An entry may be so many times larger than it is packed; text rarely reaches 30.
const MOST_RATIO: u64 = 200;
/// Smaller entries may be packed as tightly as they like.
const FREE_BYTES: u64 = 1 << 20;
/// The list of entries itself.
const MOST_LIST: u64 = 64 << 20;

/// An archive's list.
pub struct Archive<R> {
    file: R,
    pub entries: Vec<ArchiveEntry>,
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveEntry {
    /// As the archive spells it, for people.
    pub name: String,
    pub bytes: u64,
    /// Why it cannot be read; absent where it can.
    pub refused: Option<&'static str>,
    packed: u64,
    header: u64,
    is_packed: bool,
}

impl<R: Read + Seek> Archive<R> {
    /// Reads the list.
    ///
    /// # Errors
    /// [`EdgeError::Io`] where it is no ZIP archive, or larger than the limits.
    pub fn open(file: R) -> Result<Self, EdgeError> {
        Self::open_up_to(file, MOST_RATIO)
    }

    /// Reads the list of an archive whose entries are checked as they are read, so that they may be
    /// packed as tightly as can be.
    ///
    /// # Errors
    /// As [`Archive::open`].
    pub fn open_tight(file: R) -> Result<Self, EdgeError> {
        Self::open_up_to(file, u64::MAX)
    }

    fn open_up_to(mut file: R, ratio: u64) -> Result<Self, EdgeError> {
        let list =
            list(&mut file).map_err(|error| bad(format!("no readable ZIP archive: {error}")))?;
        let entries = parse(&list, ratio)?;
        check_apart(&entries)?;
        let total: u64 = entries
            .iter()
            .map(|entry| entry.bytes)
            .fold(0, u64::saturating_add);
        if total > MOST_BYTES {
            return Err(bad(format!(
                "its entries would be {total} bytes, and at most {MOST_BYTES} are unpacked"
            )));
        }
        Ok(Self { file, entries })
    }

    /// An entry's bytes, unpacked as they are read; more than the entry states is an error.
    ///
    /// # Errors
    /// [`EdgeError::Io`] for a refused entry or a broken archive.
    pub fn read(&mut self, entry: &ArchiveEntry) -> Result<impl Read + use<'_, R>, EdgeError> {
        if let Some(why) = entry.refused {
            return Err(bad(format!("{}: {why}", entry.name)));
        }
        let broken = |error: io::Error| bad(format!("{}: {error}", entry.name));
        let mut header = [0; 30];
        self.file
            .seek(SeekFrom::Start(entry.header))
            .map_err(broken)?;
        self.file.read_exact(&mut header).map_err(broken)?;
        if u32_at(&header, 0) != Some(LOCAL) {
            return Err(bad(format!(
                "{}: its beginning is not where the list says",
                entry.name
            )));
        }
        let skip = u64::from(u16_at(&header, 26).unwrap_or(0))
            + u64::from(u16_at(&header, 28).unwrap_or(0));
        self.file
            .seek(SeekFrom::Start(entry.header + 30 + skip))
            .map_err(broken)?;
        let packed = (&mut self.file).take(entry.packed);
        Ok(Exactly {
            inner: if entry.is_packed {
                Unpacked::Deflated(DeflateDecoder::new(packed))
            } else {
                Unpacked::Stored(packed)
            },
            left: entry.bytes,
        })
    }
}

enum Unpacked<R: Read> {
    Stored(R),
    Deflated(DeflateDecoder<R>),
}

/// A reader that refuses to give more than was stated.
struct Exactly<R: Read> {
    inner: Unpacked<R>,
    left: u64,
}

impl<R: Read> Read for Exactly<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.inner {
            Unpacked::Stored(inner) => inner.read(buffer)?,
            Unpacked::Deflated(inner) => inner.read(buffer)?,
        };
        self.left = self
            .left
            .checked_sub(read as u64)
            .ok_or_else(|| io::Error::other("it holds more than the archive states"))?;
        Ok(read)
    }
}

pub(crate) const LOCAL: u32 = 0x0403_4b50;
pub(crate) const CENTRAL: u32 = 0x0201_4b50;
pub(crate) const END: u32 = 0x0605_4b50;
/// The end record with the longest comment.
const LONGEST_END: u64 = 22 + 65_535;

/// The bytes of the central directory.
fn list(file: &mut (impl Read + Seek)) -> io::Result<Vec<u8>> {
    let size = file.seek(SeekFrom::End(0))?;
    let start = size.saturating_sub(LONGEST_END);
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.take(LONGEST_END).read_to_end(&mut tail)?;
    let end = (0..tail.len().saturating_sub(21))
        .rev()
        .find(|at| u32_at(&tail, *at) == Some(END))
        .ok_or_else(|| io::Error::other("it has no end record"))?;
    let bytes = u64::from(u32_at(&tail, end + 12).unwrap_or(0));
    let offset = u64::from(u32_at(&tail, end + 16).unwrap_or(0));
    if bytes == 0xffff_ffff || offset == 0xffff_ffff {
        return Err(io::Error::other(
            "archives above 4 GiB are not read: unpack it first",
        ));
    }
    if bytes > MOST_LIST || offset.saturating_add(bytes) > size {
        return Err(io::Error::other("its list lies outside of it"));
    }
    file.seek(SeekFrom::Start(offset))?;
    let mut list = Vec::new();
    file.take(bytes).read_to_end(&mut list)?;
    Ok(list)
}

fn parse(list: &[u8], ratio: u64) -> Result<Vec<ArchiveEntry>, EdgeError> {
    let mut entries = Vec::new();
    let mut at = 0;
    while at < list.len() {
        let entry = &list[at..];
        let short = || bad("its list is cut".to_owned());
        if u32_at(entry, 0) != Some(CENTRAL) || entry.len() < 46 {
            return Err(short());
        }
        let length = |place| usize::from(u16_at(entry, place).unwrap_or(0));
        let (name_bytes, rest) = (length(28), length(30) + length(32));
        let name = entry.get(46..46 + name_bytes).ok_or_else(short)?;
        entries.push(found(entry, &String::from_utf8_lossy(name), ratio));
        if entries.len() > MOST_ENTRIES {
            return Err(bad(format!("it holds more than {MOST_ENTRIES} entries")));
        }
        at += 46 + name_bytes + rest;
    }
    Ok(entries)
}

/// Entries that share their bytes would let a small file grow without end.
fn check_apart(entries: &[ArchiveEntry]) -> Result<(), EdgeError> {
    let mut places: Vec<(u64, u64)> = entries
        .iter()
        .map(|entry| (entry.header, entry.header.saturating_add(30 + entry.packed)))
        .collect();
    places.sort_unstable();
    match places.windows(2).find(|pair| pair[0].1 > pair[1].0) {
        None => Ok(()),
        Some(_) => Err(bad("its entries lie over each other".to_owned())),
    }
}

fn found(entry: &[u8], name: &str, ratio: u64) -> ArchiveEntry {
    let number = |place| u64::from(u32_at(entry, place).unwrap_or(0));
    let (packed, bytes) = (number(20), number(24));
    let method = u16_at(entry, 10).unwrap_or(u16::MAX);
    // The upper half of the attributes is the mode where the archive was made on Unix.
    let made_on_unix = entry[5] == 3;
    let kind = (number(38) >> 16) & 0o170_000;
    let refused = if InnerPath::parse(name.trim_end_matches('/')).is_err() {
        Some("its name leads out of the archive")
    } else if made_on_unix && !matches!(kind, 0 | 0o100_000 | 0o040_000) {
        Some("it is a link or a device")
    } else if u16_at(entry, 8).unwrap_or(0) & 1 == 1 {
        Some("it is encrypted")
    } else if !matches!(method, 0 | 8) {
        Some("it is packed in a way that is not read here")
    } else if bytes > FREE_BYTES && bytes / packed.max(1) > ratio {
        Some("it would grow more than two hundred times when unpacked")
    } else if bytes == 0xffff_ffff || packed == 0xffff_ffff {
        Some("it is larger than 4 GiB")
    } else {
        None
    };
    ArchiveEntry {
        name: name.to_owned(),
        bytes,
        refused,
        packed,
        header: number(42),
        is_packed: method == 8,
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let two = bytes.get(at..at + 2)?;
    Some(u16::from_le_bytes(two.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at + 4)?;
    Some(u32::from_le_bytes(four.try_into().ok()?))
}

fn bad(because: String) -> EdgeError {
    EdgeError::Io {
        what: "the archive".to_owned(),
        source: io::Error::other(because),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Cursor, Write};

    use flate2::Compression;
    use flate2::write::DeflateEncoder;

    /// An archive with these entries; `mode` is the Unix mode, `stated` the size that is written down.
    fn archive(entries: &[(&str, &[u8], u32, Option<u32>)]) -> Vec<u8> {
        let (mut file, mut list) = (Vec::new(), Vec::new());
        for (name, content, mode, stated) in entries {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(content).unwrap();
            let packed = encoder.finish().unwrap();
            let header = u32::try_from(file.len()).unwrap();
            let bytes = stated.unwrap_or(u32::try_from(content.len()).unwrap());
            let mut common = Vec::new();
            common.extend([20, 0, 0, 0, 8, 0]);
            common.extend([0; 8]);
            common.extend(u32::try_from(packed.len()).unwrap().to_le_bytes());
            common.extend(bytes.to_le_bytes());
            common.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            common.extend([0, 0]);
            file.extend(LOCAL.to_le_bytes());
            file.extend(&common);
            file.extend(name.as_bytes());
            file.extend(&packed);
            list.extend(CENTRAL.to_le_bytes());
            list.extend([20, 3]);
            list.extend(&common);
            list.extend([0; 6]);
            list.extend((mode << 16).to_le_bytes());
            list.extend(header.to_le_bytes());
            list.extend(name.as_bytes());
        }
        let offset = u32::try_from(file.len()).unwrap();
        let count = u16::try_from(entries.len()).unwrap();
        file.extend(&list);
        file.extend(END.to_le_bytes());
        file.extend([0; 4]);
        file.extend(count.to_le_bytes());
        file.extend(count.to_le_bytes());
        file.extend(u32::try_from(list.len()).unwrap().to_le_bytes());
        file.extend(offset.to_le_bytes());
        file.extend([0, 0]);
        file
    }

    #[test]
    fn entries_are_read_and_what_is_hostile_is_refused_by_name() {
        let zeros = vec![0; 4 << 20];
        let file = archive(&[
            ("conversations.json", b"[{\"a\":1}]", 0o100_644, None),
            ("../../etc/passwd", b"x", 0o100_644, None),
            ("/etc/passwd", b"x", 0o100_644, None),
            ("link", b"/etc/passwd", 0o120_777, None),
            ("bomb", &zeros, 0o100_644, None),
            ("liar", &zeros[..5000], 0o100_644, Some(10)),
        ]);
        let mut archive = Archive::open(Cursor::new(file)).unwrap();
        let refused: Vec<Option<&str>> =
            archive.entries.iter().map(|entry| entry.refused).collect();
        assert_eq!(
            refused,
            [
                None,
                Some("its name leads out of the archive"),
                Some("its name leads out of the archive"),
                Some("it is a link or a device"),
                Some("it would grow more than two hundred times when unpacked"),
                None
            ]
        );
        let entries = archive.entries.clone();
        let mut text = String::new();
        archive
            .read(&entries[0])
            .unwrap()
            .read_to_string(&mut text)
            .unwrap();
        assert_eq!(text, "[{\"a\":1}]");
        assert!(archive.read(&entries[3]).is_err());
        let mut out = Vec::new();
        let told = archive.read(&entries[5]).unwrap().read_to_end(&mut out);
        assert!(
            told.unwrap_err()
                .to_string()
                .contains("more than the archive states")
        );
    }

    #[test]
    fn entries_that_share_their_bytes_are_refused() {
        let mut file = archive(&[("a", b"x", 0o100_644, None), ("b", b"y", 0o100_644, None)]);
        let end = file.len() - 22;
        let second = end - 4 - 1;
        file[second..second + 4].fill(0);
        let told = Archive::open(Cursor::new(file)).err().unwrap().to_string();
        assert!(told.contains("lie over each other"), "{told}");
    }

    #[test]
    fn a_cut_at_every_byte_is_told() {
        let file = archive(&[("a", b"hello hello hello", 0o100_644, None)]);
        for end in 0..file.len() {
            let Ok(mut archive) = Archive::open(Cursor::new(&file[..end])) else {
                continue;
            };
            for entry in archive.entries.clone() {
                if let Ok(mut entry) = archive.read(&entry) {
                    let _ = entry.read_to_end(&mut Vec::new());
                }
            }
        }
        assert!(Archive::open(Cursor::new(b"not an archive")).is_err());
    }
}
