//! Which rows a capsule holds.

use krake_domain::id::ProjectId;

/// All, or what belongs to one project.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CapsuleScope {
    Everything,
    Project(ProjectId),
}

impl CapsuleScope {
    /// What `$1` is in the conditions below.
    pub(crate) fn project(self) -> Option<String> {
        match self {
            Self::Everything => None,
            Self::Project(id) => Some(id.to_string()),
        }
    }
}

/// The condition under which a row of a noun belongs to the scope; `$1` is the project, or nothing.
pub(crate) fn condition(noun: &str) -> &'static str {
    match noun {
        "projects" => "$1 is null or id = $1",
        "sessions" | "handoffs" | "compression_rules" => "$1 is null or project_id = $1",
        // What it was drafted for must come along.
        "drafts" => {
            "$1 is null or (project_id = $1 and (session_id is null
                 or session_id in (select id from sessions where project_id = $1)))"
        }
        "files" => "$1 is null or path in (select path from sessions where project_id = $1)",
        "accounts" => {
            "$1 is null or id in (
                 select account_id from sessions where project_id = $1 and account_id is not null
                 union select from_account from handoffs where project_id = $1 and from_account is not null
                 union select to_account from handoffs where project_id = $1 and to_account is not null
                 union select claimed_by from handoffs where project_id = $1 and claimed_by is not null)"
        }
        "snapshots" => {
            "$1 is null or project_id = $1
             or id in (select snapshot_id from handoffs where project_id = $1 and snapshot_id is not null)"
        }
        "budgets" => "$1 is null or over ->> '$.project_id' = $1",
        // What cites a session of the project, with all that it replaced and was replaced by.
        "knowledge" => {
            "$1 is null or id in (
                 with recursive cited (id, superseded_by) as (
                     select id, superseded_by from knowledge
                     where exists (
                         select 1 from json_each(knowledge.sources) as source
                         join sessions on sessions.project_id = $1
                         where instr(source.value, sessions.id) > 0)
                     union
                     select other.id, other.superseded_by from knowledge as other
                     join cited on other.id = cited.superseded_by or other.superseded_by = cited.id
                 )
                 select id from cited)"
        }
        // What was run, and which account is asked, is about everything.
        _ => "$1 is null",
    }
}
