//! What a reader has to know of a long file to its end: what came last lies in memory, what came before
//! in a file that the caller lends.
//!
//! What it deliberately does not do: it opens no file, and where none is lent everything stays in
//! memory.
//! **Invariant:** what was put here comes back as it was, or the shelf says that it does not.

use std::io::{self, Read, Seek, SeekFrom, Write};
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file of its own, empty, that nobody else reads or writes.
pub trait Aside: Read + Write + Seek + Send {}

impl<F: Read + Write + Seek + Send> Aside for F {}

/// The file that everything a reader knows shares; a clone is the same one.
#[derive(Clone, Default)]
pub struct Shelf {
    file: Option<Arc<Mutex<Lent>>>,
    lot: usize,
}

struct Lent {
    file: Box<dyn Aside>,
    /// What is put next goes there.
    end: u64,
    /// Why something was not put or does not come back.
    fault: Option<io::Error>,
}

impl Shelf {
    /// Ids that are laid aside at a time, so that they and what belongs to them take a few megabytes
    /// of memory.
    pub const LOT: usize = 1 << 16;

    /// One on a file that is lent, for lots of so many ids.
    #[must_use]
    pub fn on(file: impl Aside + 'static, lot: usize) -> Self {
        let lent = Lent {
            file: Box::new(file),
            end: 0,
            fault: None,
        };
        Self {
            file: Some(Arc::new(Mutex::new(lent))),
            lot,
        }
    }

    /// How many ids are a lot; nothing where all of them stay in memory.
    pub fn lot(&self) -> Option<usize> {
        self.file.as_ref().map(|_| self.lot)
    }

    /// Whether all that was put here came back.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self) -> io::Result<()> {
        let lent = self.lent();
        match lent.as_ref().and_then(|lent| lent.fault.as_ref()) {
            Some(fault) => Err(io::Error::new(fault.kind(), fault.to_string())),
            None => Ok(()),
        }
    }

    /// Puts bytes behind those that are there; where they lie.
    pub fn put(&self, bytes: &[u8]) -> u64 {
        let Some(mut lent) = self.lent() else {
            return 0;
        };
        let at = lent.end;
        lent.end += bytes.len() as u64;
        lent.go(at, |file| file.write_all(bytes));
        at
    }

    /// Puts others in the place of some that are there.
    fn put_again(&self, at: u64, bytes: &[u8]) {
        if let Some(mut lent) = self.lent() {
            lent.go(at, |file| file.write_all(bytes));
        }
    }

    /// Fills in the bytes that lie there; where there is a fault they mean nothing.
    pub fn get(&self, at: u64, bytes: &mut [u8]) {
        bytes.fill(0);
        if let Some(mut lent) = self.lent() {
            lent.go(at, |file| file.read_exact(bytes));
        }
    }

    /// Forgets what was put.
    pub fn clear(&self) {
        if let Some(mut lent) = self.lent() {
            lent.end = 0;
        }
    }

    fn lent(&self) -> Option<MutexGuard<'_, Lent>> {
        let lent = self.file.as_ref()?;
        Some(lent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Lent {
    fn go(&mut self, at: u64, work: impl FnOnce(&mut dyn Aside) -> io::Result<()>) {
        let done = self.file.seek(SeekFrom::Start(at));
        if let Err(error) = done.and_then(|_| work(&mut *self.file)) {
            self.fault.get_or_insert(error);
        }
    }
}

/// What is always as many bytes.
pub trait Fixed: Sized {
    const BYTES: usize;

    fn write(&self, to: &mut Vec<u8>);

    /// From as many bytes; all noughts are something as well.
    fn read(from: &mut &[u8]) -> Self;
}

impl Fixed for u32 {
    const BYTES: usize = 4;

    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.to_le_bytes());
    }

    fn read(from: &mut &[u8]) -> Self {
        Self::from_le_bytes(taken(from))
    }
}

/// The next bytes of a row.
pub fn taken<const N: usize>(from: &mut &[u8]) -> [u8; N] {
    let (bytes, rest) = from.split_first_chunk().expect("a row has whole records");
    *from = rest;
    *bytes
}

/// Records in the order in which they came.
pub struct Row<T> {
    shelf: Shelf,
    /// Records that go to the shelf together. Between so many and twice as many lie in memory.
    chunk: usize,
    /// Where the chunks lie that are on the shelf.
    chunks: Vec<u64>,
    held: Vec<u8>,
    of: PhantomData<T>,
}

impl<T> Default for Row<T> {
    fn default() -> Self {
        Self::on(&Shelf::default())
    }
}

impl<T> Row<T> {
    pub fn on(shelf: &Shelf) -> Self {
        Self {
            shelf: shelf.clone(),
            chunk: shelf.lot().map_or(usize::MAX, |lot| lot.div_ceil(16)),
            chunks: Vec::new(),
            held: Vec::new(),
            of: PhantomData,
        }
    }
}

impl<T: Fixed> Row<T> {
    pub fn len(&self) -> usize {
        self.chunks.len() * self.chunk + self.held.len() / T::BYTES
    }

    pub fn push(&mut self, record: &T) {
        record.write(&mut self.held);
        let chunk = self.chunk.saturating_mul(T::BYTES);
        if self.held.len() / 2 >= chunk {
            self.chunks.push(self.shelf.put(&self.held[..chunk]));
            self.held.drain(..chunk);
        }
    }

    pub fn get(&self, place: usize) -> Option<T> {
        match self.lies(place) {
            Lies::Aside(at) => {
                let mut bytes = vec![0; T::BYTES];
                self.shelf.get(at, &mut bytes);
                Some(T::read(&mut bytes.as_slice()))
            }
            Lies::Held(at) => Some(T::read(&mut self.held.get(at..at + T::BYTES)?)),
        }
    }

    /// Puts another record in the place of one that is there.
    pub fn set(&mut self, place: usize, record: &T) {
        let mut bytes = Vec::with_capacity(T::BYTES);
        record.write(&mut bytes);
        match self.lies(place) {
            Lies::Aside(at) => self.shelf.put_again(at, &bytes),
            Lies::Held(at) => {
                if let Some(held) = self.held.get_mut(at..at + T::BYTES) {
                    held.copy_from_slice(&bytes);
                }
            }
        }
    }

    /// A view that holds the chunk it looked into last, for whoever reads many.
    pub fn view(&self) -> View<'_, T> {
        View {
            row: self,
            chunk: Vec::new(),
            number: usize::MAX,
        }
    }

    /// All of them.
    pub fn each(&self) -> impl Iterator<Item = T> {
        let mut view = self.view();
        (0..self.len()).map_while(move |place| view.get(place))
    }

    fn lies(&self, place: usize) -> Lies {
        let (number, nth) = (place / self.chunk, place % self.chunk);
        match self.chunks.get(number) {
            Some(at) => Lies::Aside(at + (nth * T::BYTES) as u64),
            None => Lies::Held((place - self.chunks.len() * self.chunk) * T::BYTES),
        }
    }
}

/// Where a record lies.
enum Lies {
    /// At this place of the file.
    Aside(u64),
    /// At this byte of those in memory.
    Held(usize),
}

pub struct View<'r, T> {
    row: &'r Row<T>,
    chunk: Vec<u8>,
    number: usize,
}

impl<T: Fixed> View<'_, T> {
    pub fn get(&mut self, place: usize) -> Option<T> {
        let (number, nth) = (place / self.row.chunk, place % self.row.chunk);
        let Some(at) = self.row.chunks.get(number) else {
            return self.row.get(place);
        };
        if self.number != number {
            self.chunk.resize(self.row.chunk * T::BYTES, 0);
            self.row.shelf.get(*at, &mut self.chunk);
            self.number = number;
        }
        Some(T::read(&mut &self.chunk[nth * T::BYTES..]))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A file that takes nothing and gives nothing.
    struct Broken;

    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("gone"))
        }
    }

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::other("full"))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Broken {
        fn seek(&mut self, _: SeekFrom) -> io::Result<u64> {
            Ok(0)
        }
    }

    #[test]
    fn records_come_back_whether_they_lie_in_memory_or_aside() {
        let count = 47;
        for shelf in [Shelf::default(), Shelf::on(Cursor::new(Vec::new()), 128)] {
            let (mut row, mut beside) = (Row::on(&shelf), Row::on(&shelf));
            for number in 0..count {
                row.push(&number);
                beside.push(&(count - number));
            }
            assert_eq!(row.len(), count as usize);
            let held = if shelf.lot().is_some() { 15 } else { 47 };
            assert_eq!(row.held.len(), held * u32::BYTES);
            for changed in [3, count - 1] {
                row.set(changed as usize, &(changed + 1));
            }
            let now = |number| number + u32::from([3, count - 1].contains(&number));
            assert!(row.each().eq((0..count).map(now)));
            assert!(beside.each().eq((0..count).map(|number| count - number)));
            for number in [0, 3, count / 2, count - 1] {
                assert_eq!(row.get(number as usize), Some(now(number)));
            }
            assert_eq!(row.get(count as usize), None);
            assert!(shelf.check().is_ok());
        }
    }

    #[test]
    fn a_file_that_takes_nothing_is_told() {
        let shelf = Shelf::on(Broken, 128);
        let mut row = Row::on(&shelf);
        (0..15).for_each(|number| row.push(&number));
        assert!(shelf.check().is_ok());
        row.push(&15);
        assert_eq!(shelf.check().unwrap_err().to_string(), "full");
        assert_eq!(row.get(1), Some(0));
    }
}
