//! Search over everything that is kept: messages, titles of sessions, knowledge.

use krake_domain::id::SessionId;
use krake_domain::search::Search;
use krake_domain::session::{MessageKind, Role};
use krake_engine::search::{parse, snippet};
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
}

/// A message that was found.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct HitView {
    /// The session's id and the position: `ses_…#12`.
    pub id: String,
    /// Above 1 where the words stand in their order, else the share of the best hit's.
    pub score: f64,
    /// The piece of the message that holds the most of what was looked for, on one line.
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
    let skip = input.cursor.as_deref().map_or(Ok(0), cursor)?;
    let store = ctx.store()?;
    // One more than asked for says whether there is a next page.
    let mut hits = store.search_messages(&wanted, skip, limit + 1).await?;
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
        next: goes_on.then(|| (skip + limit).to_string()),
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

fn cursor(text: &str) -> Result<u32, ApiError> {
    text.parse()
        .ok()
        .filter(|skip| *skip < DEEPEST)
        .ok_or_else(|| ApiError::new(Code::BadInput, "field `cursor`: expected `next` of a page"))
}

impl HitView {
    /// A hit as it is shown.
    #[must_use]
    pub fn of(hit: &Hit, wanted: &Search) -> Self {
        let message = &hit.message;
        let tool = message.tool.as_ref().map(|tool| tool.name.as_str());
        let (text, marks) = marked(&message.text, wanted);
        Self {
            id: format!("{}#{}", hit.session, hit.position),
            score: hit.score,
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
fn marked(text: &str, wanted: &Search) -> (String, Vec<[usize; 2]>) {
    let (mut shown, mut marks) = (String::new(), Vec::new());
    let mut letters = 0;
    for (part, is_found) in snippet(text, wanted, SNIPPET).parts {
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
