//! What an import found, kept and left out.

use std::collections::BTreeMap;

use krake_domain::id::{ProjectId, SessionId};
use krake_domain::time::Timestamp;

/// Files that are named as left out one by one; the rest is counted.
const MOST_NAMED: usize = 200;

/// One import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub sessions: Vec<SessionReport>,
    /// Files that were read or known to be unchanged.
    pub files: u64,
    /// Their sizes.
    pub bytes: u64,
    /// Those of them that nothing was new in.
    pub unchanged: u64,
    pub new_messages: u64,
    pub broken_lines: u64,
    /// What was found and not imported.
    pub skipped: Vec<Left>,
    /// More that was left out than is named.
    pub more_skipped: u64,
    /// Secrets that were replaced, by kind.
    pub redactions: BTreeMap<String, u32>,
    /// Those of them whose words are kept encrypted from now on.
    pub kept_secrets: u64,
    /// Those whose words were to be kept and could not be.
    pub lost_secrets: u64,
    /// Why, of the last of those.
    pub lost_because: Option<String>,
}

/// A session that an import met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionReport {
    pub id: SessionId,
    /// The format's word.
    pub source: String,
    pub title: Option<String>,
    pub messages: u64,
    pub new_messages: u64,
    pub started_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    pub broken_lines: u32,
    /// The project that it was in already and stays in, where another one was wished.
    pub kept_in: Option<ProjectId>,
}

/// Where a session stays that was wished into a project.
pub(super) fn kept_in(wished: Option<ProjectId>, is_in: Option<ProjectId>) -> Option<ProjectId> {
    is_in.filter(|is_in| wished.is_some_and(|wished| wished != *is_in))
}

/// A file, or an entry of an archive, that was left out, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    pub path: String,
    pub why: String,
}

impl Report {
    pub(crate) fn leave(&mut self, path: impl Into<String>, why: impl Into<String>) {
        if self.skipped.len() < MOST_NAMED {
            self.skipped.push(Left {
                path: path.into(),
                why: why.into(),
            });
        } else {
            self.more_skipped += 1;
        }
    }

    pub(crate) fn add(&mut self, session: SessionReport) {
        self.new_messages += session.new_messages;
        self.broken_lines += u64::from(session.broken_lines);
        self.sessions.push(session);
    }

    pub(crate) fn not_kept(&mut self, secrets: u64, why: &str) {
        self.lost_secrets += secrets;
        self.lost_because = Some(why.to_owned());
    }

    pub(crate) fn count(&mut self, redactions: &BTreeMap<String, u32>) {
        for (kind, times) in redactions {
            *self.redactions.entry(kind.clone()).or_default() += times;
        }
    }
}
