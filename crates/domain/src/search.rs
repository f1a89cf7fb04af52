//! What is looked for in messages: words, phrases and filters, as they were read from a query.

use crate::id::SessionId;
use crate::session::Role;
use crate::time::Timestamp;

/// A query. Without any words, the filters alone choose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Search {
    /// Any of these finds; more of them, and rarer ones, find better.
    pub terms: Vec<Term>,
    /// All free words in their order: a message that holds them so comes first.
    pub sequence: Option<String>,
    /// Each of these must stand in the message, word for word.
    pub phrases: Vec<String>,
    /// None of these may.
    pub without: Vec<String>,
    pub filters: Filters,
    /// The free words as a person wrote them, where a model may be asked what they mean; none where
    /// they are only names, which words find better.
    pub asked: Option<String>,
}

impl Search {
    /// Whether nothing but filters chooses.
    #[must_use]
    pub fn has_no_words(&self) -> bool {
        self.terms.is_empty() && self.phrases.is_empty()
    }
}

/// One word, or a name whose parts stand side by side.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Term {
    pub text: String,
    /// The text is only the beginning of a word.
    pub beginning: bool,
}

/// Which messages are looked at. An empty list lets all pass; of a list one must fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    /// A project's name or id, or the folder that a session worked in, by its name or its path.
    pub projects: Vec<String>,
    /// Accounts by their ids or their names.
    pub accounts: Vec<String>,
    pub roles: Vec<Role>,
    /// Names of tools, in any case.
    pub tools: Vec<String>,
    pub session: Option<SessionId>,
    /// From this moment on.
    pub after: Option<Timestamp>,
    /// Before this moment.
    pub before: Option<Timestamp>,
}

impl Filters {
    /// Whether everything passes.
    #[must_use]
    pub fn let_all_pass(&self) -> bool {
        *self == Self::default()
    }
}
