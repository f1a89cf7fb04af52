//! Finding messages by words and by meaning together.
//!
//! Where the words stand in their order, that message stays first. The others are ranked by 0.7 of
//! what their words are worth and 0.3 of how near they are to the question; messages that only mean
//! the same are added. What a query demands, and its filters, hold for both.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use krake_domain::search::{Filters, Search};
use sqlx::sqlite::SqliteConnection;

use crate::error::StoreError;
use crate::search::{Hit, Order, Ranked, load, matching, newest, rank};
use crate::search_text;
use crate::store::Store;
use crate::vectors::{Near, Vectors};

/// What words and meaning are worth.
const WORDS: f64 = 0.7;
const MEANING: f64 = 0.3;
/// So many are ranked by their words; pages go no deeper.
const MOST_BY_WORDS: u32 = 1_000;
/// So many are added that only mean the same.
const MOST_BY_MEANING: usize = 50;

/// What is held in memory, and since when nobody asked for it.
#[derive(Default)]
pub(crate) struct Held {
    vectors: Option<Arc<Vectors>>,
    asked: Option<Instant>,
}

impl Store {
    /// As [`Store::search_messages`], also by the numbers of what is asked, which have length one.
    ///
    /// # Errors
    /// The numbers are not as many as those of the messages, or the database cannot be read.
    pub async fn search_by_both(
        &self,
        search: &Search,
        question: Vec<f32>,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<Hit>, StoreError> {
        let mut connection = self.readers().acquire().await?;
        let held = self.held_vectors(&mut connection).await?;
        let by_words = if search.has_no_words() {
            newest(&mut connection, &search.filters, MOST_BY_WORDS).await?
        } else {
            rank(&mut connection, search, MOST_BY_WORDS).await?
        };
        let near = match held {
            Some(vectors) if !search.has_no_words() && vectors.fits(&question) => {
                let passes = Passing::of(&mut connection, search).await?;
                let look = move || vectors.near(&question, |number| passes.lets(number));
                tokio::task::spawn_blocking(look)
                    .await
                    .map_err(|error| StoreError::Io(error.to_string()))?
            }
            _ => Near::default(),
        };
        let (ranked, by_meaning) = fuse(by_words, &near);
        let end = ranked.len().min(skip.saturating_add(limit) as usize);
        let page = ranked.get(skip as usize..end).unwrap_or_default();
        let mut hits = load(&mut connection, page).await?;
        for hit in &mut hits {
            hit.by_meaning = by_meaning.contains(&hit.number);
        }
        Ok(hits)
    }

    /// Lets go of what is held in memory where nobody has searched by meaning for so long.
    pub async fn release_vectors(&self, unused: Duration) {
        let mut held = self.inner.held.lock().await;
        if held.asked.is_some_and(|asked| asked.elapsed() >= unused) {
            *held = Held::default();
        }
    }

    async fn held_vectors(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<Option<Arc<Vectors>>, StoreError> {
        let mut held = self.inner.held.lock().await;
        let before = held.vectors.take().map(Arc::unwrap_or_clone);
        held.vectors = Vectors::read(connection, before).await?.map(Arc::new);
        held.asked = Some(Instant::now());
        Ok(held.vectors.clone().filter(|vectors| !vectors.is_empty()))
    }
}

/// Which messages may be found by their meaning.
struct Passing {
    /// Absent: all that are not shut out.
    only: Option<HashSet<i64>>,
    without: HashSet<i64>,
}

impl Passing {
    async fn of(connection: &mut SqliteConnection, search: &Search) -> Result<Self, StoreError> {
        let set = |rows: Ranked| rows.into_iter().map(|(number, _)| number).collect();
        let filters = &search.filters;
        let only = if !search.phrases.is_empty() {
            let text = search_text::any(search, &[]);
            Some(matching(connection, &text, filters, Order::Newest, u32::MAX).await?)
        } else if !filters.let_all_pass() {
            Some(newest(connection, filters, u32::MAX).await?)
        } else {
            None
        };
        let without = match search_text::unwanted(search) {
            Some(text) => {
                let all = Filters::default();
                matching(connection, &text, &all, Order::Newest, u32::MAX).await?
            }
            None => Ranked::new(),
        };
        Ok(Self {
            only: only.map(set),
            without: set(without),
        })
    }

    fn lets(&self, number: i64) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&number))
            && !self.without.contains(&number)
    }
}

/// All in one order, and those that no word has found.
fn fuse(by_words: Ranked, near: &Near) -> (Ranked, HashSet<i64>) {
    // Above 1 the words stand in their order, which nothing goes before.
    let split = by_words.partition_point(|(_, score)| *score > 1.0);
    let (in_order, others) = by_words.split_at(split);
    let found: HashSet<i64> = by_words.iter().map(|(number, _)| *number).collect();
    let mut by_meaning = HashSet::new();
    let mut scores: Vec<(i64, f64)> = others
        .iter()
        .map(|(number, words)| {
            // One that has no numbers yet is neither near nor far.
            let share = near.share(*number).unwrap_or_else(|| near.usual());
            (*number, WORDS * words + MEANING * share)
        })
        .collect();
    let nearest = near.nearest(MOST_BY_MEANING + found.len());
    let added = nearest
        .into_iter()
        .filter(|(number, _)| !found.contains(number));
    for (number, share) in added.take(MOST_BY_MEANING) {
        by_meaning.insert(number);
        scores.push((number, MEANING * share));
    }
    scores.sort_by(|one, next| next.1.total_cmp(&one.1));
    let ranked = in_order.iter().copied().chain(scores).collect();
    (ranked, by_meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_in_order_stay_first_and_what_only_means_the_same_is_added() {
        let near = Near::of(vec![(1, 0.0), (2, 0.0), (3, 0.9), (4, 1.0), (5, 0.1)]);
        let by_words = vec![(1, 1.4), (2, 1.0), (3, 0.9), (9, 0.2)];
        let (ranked, by_meaning) = fuse(by_words, &near);
        let order: Vec<i64> = ranked.iter().map(|(number, _)| *number).collect();
        // One without numbers is neither near nor far.
        assert_eq!(order, [1, 3, 2, 9, 4], "{ranked:?}");
        assert_eq!(by_meaning.into_iter().collect::<Vec<_>>(), [4]);
        assert!(
            (ranked[1].1 - 0.9).abs() < 1e-6,
            "0.7 of 0.9 and 0.3 of 0.9"
        );
        assert!((ranked[0].1 - 1.4).abs() < 1e-9);
    }

    #[test]
    fn without_any_numbers_the_order_is_that_of_the_words() {
        let by_words: Ranked = vec![(1, 1.4), (2, 1.0), (3, 0.9), (9, 0.2)];
        let order = |ranked: &Ranked| ranked.iter().map(|(number, _)| *number).collect::<Vec<_>>();
        let (ranked, by_meaning) = fuse(by_words.clone(), &Near::default());
        assert_eq!(order(&ranked), order(&by_words));
        assert!(by_meaning.is_empty());
    }
}
