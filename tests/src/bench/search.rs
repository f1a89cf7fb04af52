//! Search among many messages: how long a query takes.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Result;
use krake_engine::search::parse;
use krake_store::Store;

use super::import::session;
use super::talk::Talk;

const SESSION: u64 = 500;
/// Hits that a page of the window asks for.
const PAGE: u32 = 30;

/// A store that grows, and what is asked of it.
pub struct Searched {
    store: Store,
    talk: Talk,
    messages: u64,
}

impl Searched {
    /// An empty one.
    ///
    /// # Errors
    /// The folder cannot be opened.
    pub async fn begin(home: &Path) -> Result<Self> {
        std::fs::create_dir_all(home)?;
        Ok(Self {
            store: Store::open_owner(home).await?,
            talk: Talk::new(7),
            messages: 0,
        })
    }

    /// Imports messages until there are so many.
    ///
    /// # Errors
    /// The store does not take them.
    pub async fn grow(&mut self, to: u64) -> Result<()> {
        while self.messages < to {
            let numbers = self.messages..self.messages + SESSION;
            let messages = numbers.map(|number| self.talk.message(number)).collect();
            let name = format!("s{}", self.messages);
            self.store.import_session(session(&name, messages)).await?;
            self.messages += SESSION;
        }
        Ok(())
    }

    /// Times queries as people write them: words of all frequencies, phrases, filters, names.
    ///
    /// # Errors
    /// A query fails.
    pub async fn ask(&mut self, rounds: u64) -> Result<Vec<Duration>> {
        let mut times = Vec::new();
        for round in 0..rounds {
            let count = 1 + self.talk.below(5);
            let words = self.talk.words(count);
            let query = match round % 8 {
                0 => format!("\"{}\" {words}", self.talk.words(2)),
                1 => format!("role:user {words}"),
                2 => format!("tool:bash {words}"),
                3 => format!("{0}Of {words} src/{0}", self.talk.word()),
                4 => format!("{words}*"),
                _ => words,
            };
            let search = parse(&query)?;
            let begun = Instant::now();
            let hits = self.store.search_messages(&search, 0, PAGE).await?;
            times.push(begun.elapsed());
            std::hint::black_box(hits);
        }
        Ok(times)
    }

    /// Bytes of the database for each message.
    ///
    /// # Errors
    /// The file is not there.
    pub async fn end(self) -> Result<u64> {
        let file = self.store.dir().join("krake.db");
        self.store.stop().await?;
        Ok(std::fs::metadata(file)?.len() / self.messages.max(1))
    }
}
