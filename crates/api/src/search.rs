//! Search over everything that is kept: messages, titles of sessions, knowledge. Messages also by
//! what they mean, where a person chose a model for that.

use krake_domain::id::SessionId;
use krake_domain::search::Search;
use krake_domain::session::{MessageKind, Role};
use krake_engine::search::{Snippet, message_snippet, parse};
use krake_runtime::meaning::Asked;
use krake_store::Hit;
use serde::{Deserialize, Serialize};

use crate::context::Ctx;
use crate::error::{ApiError, Code};
use crate::knowledge::KnowledgeView;
use crate::view::moment::Moment;
use crate::visible::visible_line;

/// Hits of a page when the caller does not say.
const USUAL_LIMIT: u32 = 20;
const MOST_LIMIT: u32 = 100;
/// Pages go this deep; what stands further down is found by a better query.
const DEEPEST: u32 = 1_000;
/// Letters of a snippet.
const SNIPPET: usize = 240;
/// A cursor of pages that meaning found as well begins so.
const BY_MEANING: &str = "m";
/// Titles and entries beside the messages of the first page.
const BESIDE: u32 = 5;

/// What to look for.
#[derive(Debug, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchInput {
    /// Words, `"phrases"`, `-unwanted`, a beginning such as `brief*`, and the filters `project:`,
    /// `account:`, `session:`, `role:`, `tool:`, `after:` and `before:`.
    pub query: String,
    /// At most 100; 20 when absent.
    pub limit: Option<u32>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// By words alone, also where a model is chosen for the search by meaning.
    pub words_only: Option<bool>,
}

/// What was found, best first.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SearchView {
    pub hits: Vec<HitView>,
    /// Sessions whose titles hold the words; on the first page, and where no filter chooses.
    pub sessions: Vec<TitleView>,
    /// Knowledge entries that hold all of the words; as `sessions`.
    pub knowledge: Vec<KnowledgeView>,
    /// Give it back as `cursor`; absent at the end.
    pub next: Option<String>,
    /// Whether meaning found as well; absent where it is off, or was not asked.
    pub meaning: Option<SearchedMeaning>,
}

/// What the search by meaning did for a query.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SearchedMeaning {
    pub used: bool,
    /// Why words found alone.
    pub why: Option<String>,
}

/// A message that was found.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HitView {
    /// The session's id and the position: `ses_…#12`.
    pub id: String,
    /// Above 1 where the words stand in their order, else the share of the best hit's; where meaning
    /// finds as well, 0.7 of that and 0.3 of how near it is.
    pub score: f64,
    /// None of the words stands there or beside it: it only means the same.
    pub by_meaning: bool,
    /// None of the words stands in it, and one beside it holds them.
    pub beside: bool,
    /// The piece of the message that holds the most of what was looked for, on one line. A call of a
    /// tool is told by its name and what it was called with; what was found elsewhere in it follows.
    pub snippet: String,
    /// Where it stands in the snippet: first letter and the letter after, counted in characters.
    pub marks: Vec<[usize; 2]>,
    pub session: SessionId,
    /// The session's title.
    pub title: Option<String>,
    /// The project's name.
    pub project: Option<String>,
    /// The folder that the session worked in.
    pub folder: Option<String>,
    pub position: u64,
    pub role: Role,
    pub kind: MessageKind,
    pub tool: Option<String>,
    pub at: Option<Moment>,
}

/// A session whose title was found.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct TitleView {
    pub session: SessionId,
    pub title: String,
    /// The project's name.
    pub project: Option<String>,
    /// The folder that the session worked in.
    pub folder: Option<String>,
    pub ended_at: Option<Moment>,
}

/// `search`
pub async fn search(ctx: Ctx, input: SearchInput) -> Result<SearchView, ApiError> {
    let wanted = read(&input.query)?;
    let limit = input.limit.unwrap_or(USUAL_LIMIT).clamp(1, MOST_LIMIT);
    let Cursor { skip, by_meaning } = input.cursor.as_deref().map_or(Ok(Cursor::FIRST), cursor)?;
    let store = ctx.store()?;
    let asked = match &wanted.asked {
        Some(text) if by_meaning && input.words_only != Some(true) => {
            ctx.runtime()?.ask_meaning(text).await?
        }
        _ => Asked::Off,
    };
    let meaning = SearchedMeaning::of(&asked);
    // One more than asked for says whether there is a next page.
    let mut hits = match asked {
        Asked::Numbers(numbers) => {
            let both = store.search_by_both(&wanted, numbers, skip, limit + 1);
            both.await?
        }
        Asked::Off | Asked::No(_) => store.search_messages(&wanted, skip, limit + 1).await?,
    };
    let goes_on = hits.len() > limit as usize && skip + limit < DEEPEST;
    hits.truncate(limit as usize);
    let (mut sessions, mut knowledge) = (Vec::new(), Vec::new());
    if skip == 0 && wanted.filters.let_all_pass() {
        sessions = store.search_titles(&wanted, BESIDE).await?;
        let words: Vec<&str> = wanted
            .terms
            .iter()
            .map(|term| term.text.as_str())
            .chain(wanted.phrases.iter().map(String::as_str))
            .collect();
        knowledge = store.search_knowledge(&words.join(" "), BESIDE).await?;
    }
    Ok(SearchView {
        hits: hits.iter().map(|hit| HitView::of(hit, &wanted)).collect(),
        sessions: sessions
            .into_iter()
            .map(|found| TitleView {
                session: found.session,
                title: visible_line(&found.title),
                project: found.project.as_deref().map(visible_line),
                folder: found.cwd.as_deref().map(visible_line),
                ended_at: found.ended_at.map(Moment),
            })
            .collect(),
        knowledge: knowledge.into_iter().map(KnowledgeView::from).collect(),
        next: goes_on.then(|| {
            let by = meaning.as_ref().is_some_and(|meaning| meaning.used);
            format!("{}{}", if by { BY_MEANING } else { "" }, skip + limit)
        }),
        meaning,
    })
}

/// What a query looks for, or what is wrong with it.
fn read(query: &str) -> Result<Search, ApiError> {
    let bad = |why: String| ApiError::new(Code::BadInput, format!("field `query`: {why}"));
    let wanted = parse(query).map_err(|fault| bad(fault.to_string()))?;
    if wanted.has_no_words() && wanted.filters.let_all_pass() {
        return Err(bad("expected a word, a phrase or a filter".to_owned()));
    }
    Ok(wanted)
}

/// Where a page begins, and in which of the two orders.
struct Cursor {
    skip: u32,
    by_meaning: bool,
}

impl Cursor {
    const FIRST: Self = Self {
        skip: 0,
        by_meaning: true,
    };
}

fn cursor(text: &str) -> Result<Cursor, ApiError> {
    let (by_meaning, skip) = match text.strip_prefix(BY_MEANING) {
        Some(skip) => (true, skip),
        // The pages before were found by words alone.
        None => (false, text),
    };
    skip.parse()
        .ok()
        .filter(|skip| *skip < DEEPEST)
        .map(|skip| Cursor { skip, by_meaning })
        .ok_or_else(|| ApiError::new(Code::BadInput, "field `cursor`: expected `next` of a page"))
}

impl SearchedMeaning {
    fn of(asked: &Asked) -> Option<Self> {
        let (used, why) = match asked {
            Asked::Off => return None,
            Asked::Numbers(_) => (true, None),
            Asked::No(why) => (false, Some(visible_line(why))),
        };
        Some(Self { used, why })
    }
}

impl HitView {
    /// A hit as it is shown.
    #[must_use]
    pub fn of(hit: &Hit, wanted: &Search) -> Self {
        let message = &hit.message;
        let tool = message.tool.as_ref().map(|tool| tool.name.as_str());
        let (text, marks) = marked(message_snippet(
            message,
            hit.cwd.as_deref(),
            wanted,
            SNIPPET,
        ));
        Self {
            id: format!("{}#{}", hit.session, hit.position),
            score: hit.score,
            // Far down the words may have found it as well.
            by_meaning: hit.by_meaning && marks.is_empty(),
            beside: !hit.by_meaning && marks.is_empty() && !wanted.has_no_words(),
            snippet: text,
            marks,
            session: hit.session,
            title: hit.title.as_deref().map(visible_line),
            project: hit.project.as_deref().map(visible_line),
            folder: hit.cwd.as_deref().map(visible_line),
            position: hit.position,
            role: message.role,
            kind: message.kind,
            tool: tool.filter(|name| !name.is_empty()).map(visible_line),
            at: message.at.map(Moment),
        }
    }
}

/// The snippet with what hides written out, and where the marks are after that.
fn marked(snippet: Snippet) -> (String, Vec<[usize; 2]>) {
    let (mut shown, mut marks) = (String::new(), Vec::new());
    let mut letters = 0;
    for (part, is_found) in snippet.parts {
        let part = visible_line(&part);
        let end = letters + part.chars().count();
        if is_found {
            marks.push([letters, end]);
        }
        shown.push_str(&part);
        letters = end;
    }
    (shown, marks)
}
