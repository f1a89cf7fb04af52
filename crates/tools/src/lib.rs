//! The outer hands: files, git, HTTP, programs, JSON and text, each with a schema and an effect class.
//!
//! What it deliberately does not do: it never knows who calls or why, and has no database.
//! **Invariant:** whatever a tool touches outside the process goes through `krake-edge`.
//!
//! Reading order: the trait (`tool`), how a definition is made (`define`), what a person is shown
//! (`patch`, `size`), then the tools, one file each.

use std::sync::Arc;

pub mod tool;

pub mod define;
mod patch;
mod size;

mod fs;
mod git;
mod http_request;
mod json_query;
mod shell_run;
mod text_template;

pub use git::branches::{Branch, git_branches, git_switch};
pub use git::state::{GitState, git_state};
pub use git::work::{Keep, Kept, Work, WorkFile, free_branch, git_keep, git_work};

#[cfg(test)]
mod trial;

/// Every tool of this crate, one of each.
#[must_use]
pub fn builtin() -> Vec<Arc<dyn tool::Tool>> {
    vec![
        Arc::new(fs::read::FsRead::new()),
        Arc::new(fs::list::FsList::new()),
        Arc::new(fs::search::FsSearch::new()),
        Arc::new(fs::write::FsWrite::new()),
        Arc::new(git::status::GitStatus::new()),
        Arc::new(git::log::GitLog::new()),
        Arc::new(git::diff::GitDiff::new()),
        Arc::new(git::commit::GitCommit::new()),
        Arc::new(http_request::HttpRequest::new()),
        Arc::new(shell_run::ShellRun::new()),
        Arc::new(json_query::JsonQuery::new()),
        Arc::new(text_template::TextTemplate::new()),
    ]
}

/// Names of the contract that this version knows and does not build.
pub const PLANNED: &[&str] = &[
    "llm.complete",
    "agent.ask",
    "context.handoff",
    "table.query",
    "table.insert",
    "table.update",
    "service.check",
    "service.act",
    "notify.send",
    "calendar.free_slots",
    "calendar.create",
    "memory.get",
    "memory.put",
    "message.send",
    "message.await",
];

#[cfg(test)]
mod tests {
    use super::*;
    use krake_domain::tool::EffectClass;

    #[test]
    fn definitions_are_complete_and_names_are_given_once() {
        let mut names: Vec<String> = PLANNED.iter().map(|&name| name.to_owned()).collect();
        for tool in builtin() {
            let spec = tool.spec();
            assert_eq!(spec.args_schema["type"], "object", "{}", spec.name);
            assert_eq!(
                spec.args_schema["additionalProperties"], false,
                "{}",
                spec.name
            );
            assert_eq!(spec.output_schema["type"], "object", "{}", spec.name);
            assert!(
                spec.description.ends_with('.') && spec.timeout_ms > 0,
                "{}",
                spec.name
            );
            for (field, schema) in spec.args_schema["properties"].as_object().unwrap() {
                assert!(
                    schema["description"].is_string(),
                    "{}: {field} says nothing",
                    spec.name
                );
            }
            assert!(
                !spec.args_schema.to_string().contains("$ref"),
                "{}",
                spec.name
            );
            names.push(spec.name.clone());
        }
        let count = names.len();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn only_what_changes_the_world_is_more_than_harmless() {
        let changing: Vec<_> = builtin()
            .iter()
            .filter(|tool| !tool.spec().class.is_harmless())
            .map(|tool| tool.spec().name.clone())
            .collect();
        assert_eq!(
            changing,
            ["fs.write", "git.commit", "http.request", "shell.run"]
        );
        let blind: Vec<_> = builtin()
            .iter()
            .filter(|tool| tool.spec().class == EffectClass::Unsafe)
            .map(|tool| tool.spec().name.clone())
            .collect();
        assert_eq!(blind, ["http.request", "shell.run"]);
    }
}
