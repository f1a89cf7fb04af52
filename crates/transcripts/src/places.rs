//! Places in a row, most of which come in stretches.

use std::ops::Range;

/// Places in rising order, kept as the stretches that they form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places(Vec<Range<usize>>);

impl Places {
    /// Adds a stretch that begins at or behind the end of what is here.
    pub(crate) fn extend(&mut self, stretch: Range<usize>) {
        if stretch.is_empty() {
            return;
        }
        match self.0.last_mut() {
            Some(last) if last.end == stretch.start => last.end = stretch.end,
            _ => self.0.push(stretch),
        }
    }

    #[must_use]
    pub fn contains(&self, place: usize) -> bool {
        let behind = self.0.partition_point(|stretch| stretch.end <= place);
        self.0.get(behind).is_some_and(|next| next.start <= place)
    }

    /// Those below a place.
    #[must_use]
    pub fn below(&self, end: usize) -> Self {
        let cut = |stretch: &Range<usize>| stretch.start..stretch.end.min(end);
        let before = self.0.iter().take_while(|stretch| stretch.start < end);
        Self(before.map(cut).collect())
    }
}

impl FromIterator<usize> for Places {
    fn from_iter<I: IntoIterator<Item = usize>>(places: I) -> Self {
        let mut all = Self::default();
        for place in places {
            all.extend(place..place + 1);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_a_row_are_one_stretch() {
        let places: Places = [1, 2, 3, 7, 9].into_iter().collect();
        assert_eq!(places.0, [1..4, 7..8, 9..10]);
        let held: Vec<usize> = (0..12).filter(|place| places.contains(*place)).collect();
        assert_eq!(held, [1, 2, 3, 7, 9]);
        assert_eq!(places.below(3), [1, 2].into_iter().collect());
        assert_eq!(places.below(0), Places::default());
        assert_eq!(places.below(99), places);
    }
}
