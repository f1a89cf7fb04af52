//! Which ids were met, and in which order, without their texts.

use krake_domain::hash::Hash;

use crate::shelf::{Fixed, Shelf, taken};

/// What is kept of an id: half of its hash. Nobody finds two ids with the same one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark(u128);

impl Mark {
    /// No id has it.
    const NONE: Self = Self(0);

    pub fn of(id: &str) -> Self {
        let half = Hash::of(id.as_bytes()).0;
        Self(u128::from_le_bytes(
            *half.first_chunk().expect("a hash has 32 bytes"),
        ))
    }

    /// A quarter of the hash, to tell a few ids apart that belong to the same thing.
    pub fn short(self) -> u64 {
        u64::try_from(self.0 & u128::from(u64::MAX)).expect("64 bits of it")
    }

    /// The first twelve bits, which marks are sorted by first.
    fn drawer(self) -> usize {
        usize::try_from(self.0 >> 116).expect("twelve bits")
    }

    /// The sixteen bits behind those.
    fn print(self) -> u16 {
        u16::try_from(self.0 >> 100 & 0xffff).expect("sixteen bits")
    }
}

/// Ids by the places in which they came, the first being 0. Those that came last take 24 bytes each,
/// however long they are; the others lie on the shelf, and a little more than two bytes in memory say
/// whether it is worth looking there.
#[derive(Default)]
pub struct Ids {
    shelf: Shelf,
    /// Those on the shelf.
    runs: Vec<Run>,
    /// The place of the first mark that is held.
    first: usize,
    marks: Vec<Mark>,
    /// Where marks are held plus one, by the marks; as many as a power of two, a quarter of them free
    /// at least.
    slots: Vec<u32>,
}

impl Ids {
    pub fn on(shelf: &Shelf) -> Self {
        Self {
            shelf: shelf.clone(),
            ..Self::default()
        }
    }

    pub fn len(&self) -> usize {
        self.first + self.marks.len()
    }

    /// Where the id was met.
    pub fn find(&self, mark: Mark) -> Option<u32> {
        let held = self.slot_of(mark).map_or(0, |slot| self.slots[slot]);
        match held.checked_sub(1) {
            Some(at) => Some(number(self.first + at as usize)),
            None => {
                let mut runs = self.runs.iter().rev();
                runs.find_map(|run| run.find(mark, &self.shelf))
            }
        }
    }

    /// The next place, for an id that was not met before, or for what has none.
    pub fn push(&mut self, mark: Option<Mark>) -> u32 {
        let place = number(self.len());
        self.marks.push(mark.unwrap_or(Mark::NONE));
        let held = self.marks.len();
        if held * 4 > self.slots.len() * 3 {
            self.slots = vec![0; (held * 2).next_power_of_two().max(64)];
            (0..held).for_each(|at| self.enter(at));
        } else {
            self.enter(held - 1);
        }
        if self.shelf.lot().is_some_and(|lot| held >= lot) {
            self.lay_aside();
        }
        place
    }

    /// The place of the id, which is met now or was before.
    pub fn meet(&mut self, id: &str) -> u32 {
        let mark = Mark::of(id);
        self.find(mark).unwrap_or_else(|| self.push(Some(mark)))
    }

    fn enter(&mut self, at: usize) {
        let mark = self.marks[at];
        if mark != Mark::NONE
            && let Some(slot) = self.slot_of(mark)
        {
            self.slots[slot] = number(at).saturating_add(1);
        }
    }

    /// The slot that the mark is in, or the free one where it would be.
    fn slot_of(&self, mark: Mark) -> Option<usize> {
        let last = self.slots.len().checked_sub(1)?;
        let first = usize::try_from(mark.short() & last as u64).expect("below a length");
        (0..=last)
            .map(|step| (first + step) & last)
            .find(|slot| match self.slots[*slot] {
                0 => true,
                held => self.marks.get(held as usize - 1) == Some(&mark),
            })
    }

    fn lay_aside(&mut self) {
        let named = (self.first..).zip(&self.marks);
        let mut entries: Vec<Entry> = named
            .filter(|(_, mark)| **mark != Mark::NONE)
            .map(|(place, mark)| Entry {
                mark: *mark,
                place: number(place),
            })
            .collect();
        entries.sort_unstable_by_key(|entry| entry.mark);
        self.runs.push(Run::of(&entries, &self.shelf));
        self.first += self.marks.len();
        self.marks.clear();
        self.slots.fill(0);
    }
}

/// Ids on the shelf, sorted by their marks.
struct Run {
    at: u64,
    /// Where each drawer begins among them, and the end.
    drawers: Vec<u32>,
    /// Sixteen bits of each.
    prints: Vec<u16>,
}

struct Entry {
    mark: Mark,
    place: u32,
}

impl Fixed for Entry {
    const BYTES: usize = 20;

    fn write(&self, to: &mut Vec<u8>) {
        to.extend_from_slice(&self.mark.0.to_le_bytes());
        self.place.write(to);
    }

    fn read(from: &mut &[u8]) -> Self {
        Self {
            mark: Mark(u128::from_le_bytes(taken(from))),
            place: u32::read(from),
        }
    }
}

impl Run {
    const DRAWERS: usize = 1 << 12;

    fn of(sorted: &[Entry], shelf: &Shelf) -> Self {
        let mut bytes = Vec::with_capacity(sorted.len() * Entry::BYTES);
        sorted.iter().for_each(|entry| entry.write(&mut bytes));
        let begin =
            |drawer: usize| number(sorted.partition_point(|entry| entry.mark.drawer() < drawer));
        Self {
            at: shelf.put(&bytes),
            drawers: (0..=Self::DRAWERS).map(begin).collect(),
            prints: sorted.iter().map(|entry| entry.mark.print()).collect(),
        }
    }

    fn find(&self, mark: Mark, shelf: &Shelf) -> Option<u32> {
        let drawer = mark.drawer();
        let (begin, end) = (self.drawers[drawer] as usize, self.drawers[drawer + 1]);
        let mut alike = (begin..end as usize).filter(|at| self.prints[*at] == mark.print());
        alike.find_map(|at| {
            let mut bytes = [0; Entry::BYTES];
            shelf.get(self.at + (at * Entry::BYTES) as u64, &mut bytes);
            let entry = Entry::read(&mut bytes.as_slice());
            (entry.mark == mark).then_some(entry.place)
        })
    }
}

/// A place in four bytes. No file that a disk holds has four thousand million records.
pub fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn ids_are_found_where_they_were_met_first() {
        for shelf in [Shelf::default(), Shelf::on(Cursor::new(Vec::new()), 2_000)] {
            let mut ids = Ids::on(&shelf);
            assert_eq!(ids.find(Mark::of("id 0")), None);
            let count = 5_000;
            for number in 0..count {
                assert_eq!(ids.meet(&format!("id {number}")), number);
            }
            assert_eq!(ids.runs.len(), if shelf.lot().is_some() { 2 } else { 0 });
            for number in 0..count {
                assert_eq!(ids.meet(&format!("id {number}")), number);
            }
            assert_eq!(ids.find(Mark::of("another")), None);
            assert_eq!(ids.push(None), count);
            assert_eq!(ids.meet("another"), count + 1);
            assert!(shelf.check().is_ok());
        }
    }

    #[test]
    fn an_id_takes_two_dozen_bytes_however_long_it_is_and_two_once_it_is_laid_aside() {
        let taken = |ids: &Ids| {
            let runs = ids.runs.iter().map(|run| {
                size_of_val(run.drawers.as_slice()) + size_of_val(run.prints.as_slice())
            });
            size_of_val(ids.marks.as_slice())
                + size_of_val(ids.slots.as_slice())
                + runs.sum::<usize>()
        };
        let meet = |ids: &mut Ids, count: u32| {
            for number in 0..count {
                ids.meet(&format!("{number} {}", "long ".repeat(20)));
            }
        };
        let mut ids = Ids::default();
        meet(&mut ids, 100_000);
        assert!(taken(&ids) <= 27 * ids.len(), "{}", taken(&ids));
        let mut ids = Ids::on(&Shelf::on(Cursor::new(Vec::new()), Shelf::LOT));
        meet(&mut ids, 3 * number(Shelf::LOT));
        let slots = size_of_val(ids.slots.as_slice());
        assert!(slots <= 8 * Shelf::LOT);
        assert!(taken(&ids) - slots <= 3 * ids.len(), "{}", taken(&ids));
    }
}
