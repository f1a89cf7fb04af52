//! The numbers of messages in memory, and how near each is to a question.
//!
//! Every one of them is looked at, one byte a number: up to as many messages as are held, that is
//! quicker than any index and forgets none. They are read when they are first asked for, then only
//! what is new, and let go when nobody searches.

use std::collections::HashMap;

use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::error::StoreError;
use crate::meaning::chosen;

/// Messages that have numbers at most: the newest.
const MOST_MESSAGES: i64 = 100_000;
/// What they take in memory at most.
const MOST_BYTES: i64 = 160 << 20;
/// How much of the message before counts: an answer often lies near what was asked, not near its words.
const BEFORE: f32 = 0.3;

/// How many messages have numbers at most where a text has so many.
pub(crate) fn most_messages(dimension: u32) -> i64 {
    MOST_MESSAGES.min(MOST_BYTES / i64::from(dimension.max(1)))
}

/// One vector as it is kept: a byte a number, and what a step of it stands for.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Cells {
    pub scale: f32,
    cells: Vec<i8>,
}

impl Cells {
    pub fn of(vector: &[f32]) -> Self {
        let largest = vector.iter().fold(0.0_f32, |most, one| most.max(one.abs()));
        if largest == 0.0 {
            return Self::default();
        }
        let scale = largest / 127.0;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "it is between -127 and 127"
        )]
        let cells = vector.iter().map(|one| (one / scale).round() as i8);
        Self {
            scale,
            cells: cells.collect(),
        }
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.cells
            .iter()
            .map(|cell| cell.to_ne_bytes()[0])
            .collect()
    }
}

/// One as it is kept: when it was added, its message, its scale, its cells, the message before.
type Kept = (i64, i64, f64, Vec<u8>, Option<i64>);

/// All that are held.
#[derive(Debug, Clone)]
pub(crate) struct Vectors {
    chosen_at: Timestamp,
    last: i64,
    dimension: usize,
    numbers: Vec<i64>,
    /// The number of the message before each, 0 where there is none.
    before: Vec<i64>,
    scales: Vec<f32>,
    cells: Vec<i8>,
    places: HashMap<i64, usize>,
}

impl Vectors {
    /// Those that are kept now, from those that were held before as far as they still hold; none
    /// where no model is chosen.
    pub async fn read(
        connection: &mut SqliteConnection,
        held: Option<Self>,
    ) -> Result<Option<Self>, StoreError> {
        let Some((model, _)) = chosen(connection).await? else {
            return Ok(None);
        };
        let empty = || Self {
            chosen_at: model.chosen_at,
            last: 0,
            dimension: model.dimension as usize,
            numbers: Vec::new(),
            before: Vec::new(),
            scales: Vec::new(),
            cells: Vec::new(),
            places: HashMap::new(),
        };
        let held = held.filter(|held| held.chosen_at == model.chosen_at);
        let mut vectors = held.unwrap_or_else(empty);
        let is_whole = vectors.add_new(connection).await?;
        if !is_whole || vectors.count(connection).await? != vectors.numbers.len() {
            // Some were dropped or made anew, and those cannot be told from here.
            vectors = empty();
            vectors.add_new(connection).await?;
        }
        Ok(Some(vectors))
    }

    /// Adds what was written since; whether none of it was held before.
    async fn add_new(&mut self, connection: &mut SqliteConnection) -> Result<bool, StoreError> {
        let rows: Vec<Kept> = sqlx::query_as(
            "select kept.added, kept.number, kept.scale, kept.vector, (
                 select before.number from messages as before
                 where before.session_id = messages.session_id
                   and before.position < messages.position
                 order by before.position desc limit 1
             )
             from message_vectors as kept cross join messages on messages.number = kept.number
             where kept.passed_over = 0 and kept.added > $1 order by kept.added",
        )
        .bind(self.last)
        .fetch_all(connection)
        .await?;
        for (added, number, scale, bytes, before) in rows {
            if bytes.len() != self.dimension {
                return Err(StoreError::Corrupt("a vector of another length".to_owned()));
            }
            self.last = self.last.max(added);
            let place = self.numbers.len();
            if self.places.insert(number, place).is_some() {
                return Ok(false);
            }
            self.numbers.push(number);
            self.before.push(before.unwrap_or(0));
            #[expect(clippy::cast_possible_truncation, reason = "it was written as this")]
            self.scales.push(scale as f32);
            self.cells.extend(bytes.into_iter().map(u8::cast_signed));
        }
        Ok(true)
    }

    async fn count(&self, connection: &mut SqliteConnection) -> Result<usize, StoreError> {
        let count: i64 =
            sqlx::query_scalar("select count(*) from message_vectors where passed_over = 0")
                .fetch_one(connection)
                .await?;
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    }

    /// Whether a question has as many numbers as these.
    pub fn fits(&self, question: &[f32]) -> bool {
        question.len() == self.dimension
    }

    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }

    /// How near each of those that may be found is to the question, which has length one.
    pub fn near(&self, question: &[f32], passes: impl Fn(i64) -> bool) -> Near {
        let question = Cells::of(question);
        let mut own: Vec<Option<f32>> = vec![None; self.numbers.len()];
        let mut own_of = |place: usize| -> f32 {
            *own[place].get_or_insert_with(|| {
                let cells = &self.cells[place * self.dimension..][..self.dimension];
                dot(&question.cells, cells) * question.scale * self.scales[place]
            })
        };
        let looked_at: Vec<usize> = (0..self.numbers.len())
            .filter(|place| passes(self.numbers[*place]))
            .collect();
        let mut values: Vec<(i64, f32)> = Vec::with_capacity(looked_at.len());
        let mean = mean(looked_at.iter().map(|place| own_of(*place)));
        for place in looked_at {
            let before = self.places.get(&self.before[place]);
            // What has nothing before it is neither nearer nor farther for that.
            let before = before.map_or(mean, |before| own_of(*before));
            values.push((self.numbers[place], own_of(place) + BEFORE * before));
        }
        Near::of(values)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a measure of nearness")]
fn dot(one: &[i8], other: &[i8]) -> f32 {
    let sum: i32 = one
        .iter()
        .zip(other)
        .map(|(one, other)| i32::from(*one) * i32::from(*other))
        .sum();
    sum as f32
}

#[expect(clippy::cast_precision_loss, reason = "a measure of nearness")]
fn mean(values: impl ExactSizeIterator<Item = f32>) -> f32 {
    let count = values.len().max(1) as f32;
    values.sum::<f32>() / count
}

/// How near messages are to one question: 1 the nearest of all that may be found, 0 the farthest.
#[derive(Debug, Default)]
pub(crate) struct Near {
    shares: HashMap<i64, f64>,
    /// What lies above is nearer than messages usually are.
    usual: f64,
}

impl Near {
    pub fn of(values: Vec<(i64, f32)>) -> Self {
        let (mut least, mut most) = (f32::INFINITY, f32::NEG_INFINITY);
        for (_, value) in &values {
            least = least.min(*value);
            most = most.max(*value);
        }
        let width = most - least;
        let alone = if values.len() == 1 { 1.0 } else { 0.0 };
        let share = |value: f32| {
            if width > 0.0 {
                (value - least) / width
            } else {
                alone
            }
        };
        let all = values.iter().map(|(_, value)| share(*value));
        let middle = mean(all.clone());
        let spread = mean(all.map(|one| (one - middle).powi(2))).sqrt();
        Self {
            usual: f64::from(middle + spread),
            shares: values
                .into_iter()
                .map(|(number, value)| (number, f64::from(share(value))))
                .collect(),
        }
    }

    /// The share of a message; none where it has no numbers.
    pub fn share(&self, number: i64) -> Option<f64> {
        self.shares.get(&number).copied()
    }

    /// The share that little is nearer than.
    pub fn usual(&self) -> f64 {
        self.usual
    }

    /// Those that stand out, nearest first, newest first where they are equally near.
    pub fn nearest(&self, most: usize) -> Vec<(i64, f64)> {
        let mut out: Vec<(i64, f64)> = self
            .shares
            .iter()
            .map(|(number, share)| (*number, *share))
            .filter(|(_, share)| *share >= self.usual && *share > 0.0)
            .collect();
        out.sort_by(|one, next| next.1.total_cmp(&one.1).then(next.0.cmp(&one.0)));
        out.truncate(most);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(vectors: &[(i64, i64, &[f32])]) -> Vectors {
        let mut all = Vectors {
            chosen_at: Timestamp(1),
            last: 0,
            dimension: vectors[0].2.len(),
            numbers: Vec::new(),
            before: Vec::new(),
            scales: Vec::new(),
            cells: Vec::new(),
            places: HashMap::new(),
        };
        for (number, before, vector) in vectors {
            let cells = Cells::of(vector);
            all.places.insert(*number, all.numbers.len());
            all.numbers.push(*number);
            all.before.push(*before);
            all.scales.push(cells.scale);
            all.cells.extend(cells.cells);
        }
        all
    }

    #[test]
    fn a_byte_a_number_keeps_what_is_near() {
        let vector: Vec<f32> = (0..768_u16)
            .map(|place| (f32::from(place) * 0.7).sin())
            .collect();
        let length = vector.iter().map(|one| one * one).sum::<f32>().sqrt();
        let vector: Vec<f32> = vector.iter().map(|one| one / length).collect();
        let cells = Cells::of(&vector);
        let same = dot(&cells.cells, &cells.cells) * cells.scale * cells.scale;
        assert!((same - 1.0).abs() < 0.005, "{same}");
        assert_eq!(cells.bytes().len(), 768);
        assert_eq!(Cells::of(&[0.0, 0.0]), Cells::default());
    }

    #[test]
    fn the_message_before_counts_a_third_and_none_counts_as_usual() {
        let all = held(&[
            (1, 0, &[1.0, 0.0]),
            (2, 1, &[0.6, 0.8]),
            (3, 9, &[0.6, 0.8]),
            (4, 2, &[0.0, 1.0]),
        ]);
        let near = all.near(&[1.0, 0.0], |_| true);
        assert_eq!(near.share(1), Some(1.0));
        assert_eq!(near.share(4), Some(0.0));
        assert!(near.share(2) > near.share(3), "{near:?}");
        assert_eq!(near.share(9), None);
        let best: Vec<i64> = near
            .nearest(9)
            .into_iter()
            .map(|(number, _)| number)
            .collect();
        assert_eq!(best, [1]);
        // What is shut out is not found, and still stands before the next.
        let near = all.near(&[1.0, 0.0], |number| number != 1);
        assert_eq!(near.share(1), None);
        assert_eq!(near.share(2), Some(1.0));
    }

    #[test]
    fn there_is_an_end_to_what_is_held() {
        assert_eq!(most_messages(768), 100_000);
        assert_eq!(most_messages(4_096), 40_960);
    }
}
