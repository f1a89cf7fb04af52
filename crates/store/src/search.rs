//! Finding messages: the words in their order first, then the words by how much they say.
//!
//! The rank is BM25 over a message's own words, with the edges of its neighbours at half and a third
//! of the weight. In a large store a word that thousands of messages hold finds nothing by itself
//! while a rarer one stands beside it, so that a search stays fast.

use krake_domain::id::SessionId;
use krake_domain::search::{Filters, Search, Term};
use krake_domain::session::Message;
use krake_domain::time::Timestamp;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::{SqliteArguments, SqliteConnection};

use crate::bulk::put;
use crate::error::StoreError;
use crate::messages;
use crate::row::row;
use crate::search_text;
use crate::store::Store;
use crate::words;

/// Weights of the columns body, prev, next, code, tool.
const RANK: &str = "bm25(message_words, 1.0, 0.5, 0.3, 0.3, 0.3)";
/// A word in more messages than this, and in more than one of `COMMON_SHARE`, is common.
const COMMON_FLOOR: i64 = 2_000;
const COMMON_SHARE: i64 = 200;
/// Names that stand for a word that no message holds as a word.
const MOST_NAMES: u32 = 8;
/// Shorter words are not looked for inside names.
const PART_LETTERS: usize = 4;

/// Whether the filters let a message of a session pass.
const PASSES: &str = r"
    ($3 is null or messages.role in (select value from json_each($3)))
    and ($4 is null or lower(messages.tool) in (select value from json_each($4)))
    and ($5 is null or messages.session_id = $5)
    and ($6 is null or messages.at >= $6)
    and ($7 is null or messages.at < $7)
    and ($8 is null or exists (
        select 1 from json_each($8) where
        sessions.project_id in (
            select id from projects where projects.id = value or projects.name = value
        )
        or instr(
            '/' || trim(replace(sessions.cwd, '\', '/'), '/') || '/',
            '/' || trim(replace(value, '\', '/'), '/') || '/'
        ) > 0
    ))
    and ($9 is null or sessions.account_id in (
        select accounts.id from json_each($9) cross join accounts
        where accounts.id = value or lower(accounts.name) = lower(value)
        union all select value from json_each($9)
    ))";

/// A message that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub session: SessionId,
    pub position: u64,
    pub message: Message,
    /// Above 1 where the words stand in their order, else the share of the best one.
    pub score: f64,
    pub title: Option<String>,
    pub source: Option<String>,
    pub cwd: Option<String>,
    /// The project's name.
    pub project: Option<String>,
    /// None of the words found it: it only means the same.
    pub by_meaning: bool,
    pub(crate) number: i64,
}

/// A session whose title was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleHit {
    pub session: SessionId,
    pub title: String,
    pub source: String,
    pub cwd: Option<String>,
    pub project: Option<String>,
    pub ended_at: Option<Timestamp>,
}

impl Store {
    /// The messages that fit best, without the first `skip`; where nothing but filters chooses, the
    /// newest.
    pub async fn search_messages(
        &self,
        search: &Search,
        skip: u32,
        limit: u32,
    ) -> Result<Vec<Hit>, StoreError> {
        let mut connection = self.readers().acquire().await?;
        find(&mut connection, search, skip, limit).await
    }

    /// Sessions whose titles hold the words, best first. Filters do not choose here.
    pub async fn search_titles(
        &self,
        search: &Search,
        limit: u32,
    ) -> Result<Vec<TitleHit>, StoreError> {
        if search.terms.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<TitleRow> = sqlx::query_as(
            "select sessions.id, sessions.title, sessions.source, sessions.cwd, sessions.ended_at,
             projects.name as project
             from session_titles join sessions on sessions.id = session_titles.session_id
             left join projects on projects.id = sessions.project_id
             where session_titles match $1 order by bm25(session_titles), sessions.id desc limit $2",
        )
        .bind(search_text::any(&Search::default(), &search.terms))
        .bind(limit)
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(TitleRow::parse).collect()
    }
}

/// As [`Store::search_messages`], on any connection that has the tables.
pub(crate) async fn find(
    connection: &mut SqliteConnection,
    search: &Search,
    skip: u32,
    limit: u32,
) -> Result<Vec<Hit>, StoreError> {
    let most = skip.saturating_add(limit);
    let ranked = if search.has_no_words() {
        newest(connection, &search.filters, most).await?
    } else {
        rank(connection, search, most).await?
    };
    let page = ranked.get(skip as usize..).unwrap_or_default();
    load(connection, page).await
}

/// Numbers of messages with their scores, best first.
pub(crate) type Ranked = Vec<(i64, f64)>;

pub(crate) async fn rank(
    connection: &mut SqliteConnection,
    search: &Search,
    most: u32,
) -> Result<Ranked, StoreError> {
    let filters = &search.filters;
    let mut ranked = Ranked::new();
    if let Some(sequence) = &search.sequence {
        let text = search_text::in_order(search, sequence);
        let rows = matching(connection, &text, filters, Order::Best, most).await?;
        ranked.extend(shares(rows).map(|(number, share)| (number, 1.0 + share)));
    }
    if ranked.len() >= most as usize {
        return Ok(ranked);
    }
    let (rare, common) = weigh(connection, &search.terms).await?;
    let rows = match (rare.as_slice(), common.as_slice()) {
        (_, []) => {
            let text = search_text::any(search, &rare);
            matching(connection, &text, filters, Order::Best, most).await?
        }
        ([], _) => {
            let text = search_text::all(search, &common);
            let rows = matching(connection, &text, filters, Order::Newest, most).await?;
            if rows.len() >= most as usize {
                rows
            } else {
                let text = search_text::any(search, &common);
                matching(connection, &text, filters, Order::Newest, most).await?
            }
        }
        // To rank by a common word, the index would walk through all that hold it.
        _ => {
            let text = search_text::any(search, &rare);
            matching(connection, &text, filters, Order::Best, most).await?
        }
    };
    let known: Vec<i64> = ranked.iter().map(|(number, _)| *number).collect();
    ranked.extend(shares(rows).filter(|(number, _)| !known.contains(number)));
    ranked.truncate(most as usize);
    Ok(ranked)
}

/// Each score as a share of the best one.
fn shares(rows: Ranked) -> impl Iterator<Item = (i64, f64)> {
    let best = rows.first().map_or(1.0, |(_, score)| *score);
    rows.into_iter().map(move |(number, score)| {
        let share = if best > 0.0 { score / best } else { 1.0 };
        (number, share)
    })
}

/// The terms that few messages hold, and those that many do. A word that none holds gives way to the
/// names that it is a part of.
async fn weigh(
    connection: &mut SqliteConnection,
    terms: &[Term],
) -> Result<(Vec<Term>, Vec<Term>), StoreError> {
    let newest: i64 = sqlx::query_scalar("select coalesce(max(number), 0) from messages")
        .fetch_one(&mut *connection)
        .await?;
    let most = COMMON_FLOOR.max(newest / COMMON_SHARE);
    let (mut rare, mut common) = (Vec::new(), Vec::new());
    for term in terms {
        let word = Term {
            beginning: false,
            ..term.clone()
        };
        let mut messages = count(connection, &word, most + 1).await?;
        // For a beginning the index puts together all that the words hold that begin so, which takes
        // long where it is a frequent word itself; that one alone tells then.
        if term.beginning && messages <= most {
            messages = count(connection, term, most + 1).await?;
        }
        match messages {
            0 => rare.extend(names_with(connection, term).await?),
            many if many > most => common.push(term.clone()),
            _ => rare.push(term.clone()),
        }
    }
    Ok((rare, common))
}

/// How many messages hold the term, counted up to `most`.
async fn count(
    connection: &mut SqliteConnection,
    term: &Term,
    most: i64,
) -> Result<i64, StoreError> {
    let counted = sqlx::query_scalar(
        "select count(*) from (select 1 from message_words where message_words match $1 limit $2)",
    )
    .bind(search_text::quoted(term))
    .bind(most)
    .fetch_one(connection)
    .await?;
    Ok(counted)
}

/// The term, and the names that hold it as a part.
async fn names_with(
    connection: &mut SqliteConnection,
    term: &Term,
) -> Result<Vec<Term>, StoreError> {
    let mut found = vec![term.clone()];
    let is_part = term
        .text
        .chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    if is_part && term.text.len() >= PART_LETTERS {
        let names: Vec<String> = sqlx::query_scalar(
            "select text from name_parts where text like $1 order by length(text), text limit $2",
        )
        .bind(format!("%{}%", term.text))
        .bind(MOST_NAMES)
        .fetch_all(connection)
        .await?;
        found.extend(names.into_iter().map(|text| Term {
            text,
            beginning: false,
        }));
    }
    Ok(found)
}

#[derive(Clone, Copy)]
pub(crate) enum Order {
    Best,
    Newest,
}

/// What the text finds and the filters let pass, in that order.
pub(crate) async fn matching(
    connection: &mut SqliteConnection,
    text: &str,
    filters: &Filters,
    order: Order,
    most: u32,
) -> Result<Ranked, StoreError> {
    let (score, by) = match order {
        Order::Best => (RANK, "score"),
        Order::Newest => ("-1.0", "message_words.rowid desc"),
    };
    let mut args = SqliteArguments::default();
    put(&mut args, text.to_owned());
    put(&mut args, most);
    let chosen = if filters.let_all_pass() {
        "where".to_owned()
    } else {
        bind(&mut args, filters);
        // The index leads: asked the other way round, SQLite would look up every message in it.
        format!(
            "cross join messages on messages.number = message_words.rowid
             left join sessions on sessions.id = messages.session_id where {PASSES} and"
        )
    };
    let query = format!(
        "select message_words.rowid, {score} as score from message_words {chosen}
         message_words match $1 order by {by} limit $2"
    );
    let mut rows: Ranked = sqlx::query_as_with(AssertSqlSafe(query), args)
        .fetch_all(connection)
        .await?;
    // The index gives the best ones the smallest numbers.
    for row in &mut rows {
        row.1 = -row.1;
    }
    Ok(rows)
}

/// The newest messages that the filters let pass.
pub(crate) async fn newest(
    connection: &mut SqliteConnection,
    filters: &Filters,
    most: u32,
) -> Result<Ranked, StoreError> {
    let mut args = SqliteArguments::default();
    put(&mut args, None::<String>);
    put(&mut args, most);
    bind(&mut args, filters);
    let query = format!(
        "select messages.number, 1.0 from messages
         left join sessions on sessions.id = messages.session_id
         where {PASSES} and $1 is null order by messages.number desc limit $2"
    );
    let query = sqlx::query_as_with(AssertSqlSafe(query), args);
    Ok(query.fetch_all(connection).await?)
}

/// What [`PASSES`] asks for, after the two arguments of every query.
fn bind(args: &mut SqliteArguments, filters: &Filters) {
    let list = |texts: Vec<String>| {
        (!texts.is_empty()).then(|| serde_json::to_string(&texts).expect("texts"))
    };
    put(args, list(filters.roles.iter().map(words::spell).collect()));
    let tools = filters.tools.iter().map(|name| name.to_lowercase());
    put(args, list(tools.collect()));
    put(args, filters.session.map(|id| id.to_string()));
    put(args, filters.after.map(|at| at.0));
    put(args, filters.before.map(|at| at.0));
    put(args, list(filters.projects.clone()));
    put(args, list(filters.accounts.clone()));
}

/// The messages of these numbers in this order.
pub(crate) async fn load(
    connection: &mut SqliteConnection,
    ranked: &[(i64, f64)],
) -> Result<Vec<Hit>, StoreError> {
    let numbers: Vec<i64> = ranked.iter().map(|(number, _)| *number).collect();
    let rows: Vec<HitRow> = sqlx::query_as(
        "select wanted.key as place, messages.number, messages.session_id, messages.position,
         messages.message, sessions.title, sessions.source, sessions.cwd, projects.name as project
         from json_each($1) as wanted
         cross join messages on messages.number = wanted.value
         left join sessions on sessions.id = messages.session_id
         left join projects on projects.id = sessions.project_id
         order by wanted.key",
    )
    .bind(serde_json::to_string(&numbers).expect("numbers"))
    .fetch_all(connection)
    .await?;
    // A message may have gone since it was ranked.
    rows.into_iter().map(|row| row.parse(ranked)).collect()
}

row! {
    struct HitRow {
        place: i64,
        number: i64,
        session_id: String,
        position: i64,
        message: String,
        title: Option<String>,
        source: Option<String>,
        cwd: Option<String>,
        project: Option<String>,
    }
}

impl HitRow {
    fn parse(self, ranked: &[(i64, f64)]) -> Result<Hit, StoreError> {
        let place: usize = words::count(self.place)?;
        Ok(Hit {
            session: words::parse(&self.session_id)?,
            position: words::count(self.position)?,
            message: messages::parse(&self.message)?,
            score: ranked.get(place).map_or(0.0, |(_, score)| *score),
            title: self.title,
            source: self.source,
            cwd: self.cwd,
            project: self.project,
            by_meaning: false,
            number: self.number,
        })
    }
}

row! {
    struct TitleRow {
        id: String,
        title: String,
        source: String,
        cwd: Option<String>,
        project: Option<String>,
        ended_at: Option<i64>,
    }
}

impl TitleRow {
    fn parse(self) -> Result<TitleHit, StoreError> {
        Ok(TitleHit {
            session: words::parse(&self.id)?,
            title: self.title,
            source: self.source,
            cwd: self.cwd,
            project: self.project,
            ended_at: self.ended_at.map(Timestamp),
        })
    }
}

#[cfg(test)]
#[path = "search_test.rs"]
mod tests;
