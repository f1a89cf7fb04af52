//! Which ids were met, and in which order, without their texts.

use krake_domain::hash::Hash;

/// What is kept of an id: half of its hash. Nobody finds two ids with the same one.
#[derive(Clone, Copy, PartialEq, Eq)]
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
}

/// Ids by the places in which they came, the first being 0. Each takes sixteen bytes and about eight
/// more for finding it again, however long it is.
#[derive(Clone, Default)]
pub struct Ids {
    marks: Vec<Mark>,
    /// Places plus one, by their marks; as many as a power of two, a quarter of them free at least.
    slots: Vec<u32>,
}

impl Ids {
    pub fn len(&self) -> usize {
        self.marks.len()
    }

    /// Forgets all and keeps the room for as many.
    pub fn clear(&mut self) {
        self.marks.clear();
        self.slots.fill(0);
    }

    /// Where the id was met.
    pub fn find(&self, mark: Mark) -> Option<u32> {
        let slot = self.slots.get(self.slot_of(mark)?)?;
        slot.checked_sub(1)
    }

    /// Whether there is an id at this place.
    pub fn is_named(&self, place: usize) -> bool {
        self.marks
            .get(place)
            .is_some_and(|mark| *mark != Mark::NONE)
    }

    /// The next place, for an id that was not met before, or for what has none.
    pub fn push(&mut self, mark: Option<Mark>) -> u32 {
        self.marks.push(mark.unwrap_or(Mark::NONE));
        let next = self.marks.len();
        if next * 4 > self.slots.len() * 3 {
            self.slots = vec![0; (next * 2).next_power_of_two().max(64)];
            for place in 0..next {
                self.enter(place);
            }
        } else {
            self.enter(next - 1);
        }
        number(next - 1)
    }

    /// The place of the id, which is met now or was before.
    pub fn meet(&mut self, id: &str) -> u32 {
        let mark = Mark::of(id);
        self.find(mark).unwrap_or_else(|| self.push(Some(mark)))
    }

    fn enter(&mut self, place: usize) {
        let mark = self.marks[place];
        if mark != Mark::NONE
            && let Some(slot) = self.slot_of(mark)
        {
            self.slots[slot] = number(place).saturating_add(1);
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
                place => self.marks.get(place as usize - 1) == Some(&mark),
            })
    }
}

/// A place in four bytes. No file that a disk holds has four thousand million records.
pub fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_where_they_were_met_first() {
        let mut ids = Ids::default();
        assert_eq!(ids.find(Mark::of("id 0")), None);
        for number in 0..5_000_u32 {
            assert_eq!(ids.meet(&format!("id {number}")), number);
        }
        for number in 0..5_000_u32 {
            assert_eq!(ids.meet(&format!("id {number}")), number);
        }
        assert_eq!(ids.find(Mark::of("another")), None);
        assert_eq!(ids.push(None), 5_000);
        assert!(!ids.is_named(5_000) && !ids.is_named(9_000) && ids.is_named(4_999));
        assert_eq!(ids.meet("another"), 5_001);
    }

    #[test]
    fn an_id_takes_two_dozen_bytes_however_long_it_is() {
        let mut ids = Ids::default();
        for number in 0..100_000_u32 {
            ids.meet(&format!("{number} {}", "long ".repeat(20)));
        }
        let bytes = size_of_val(ids.marks.as_slice()) + size_of_val(ids.slots.as_slice());
        assert!(bytes <= 27 * ids.len(), "{bytes}");
    }
}
