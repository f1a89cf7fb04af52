//! Which commands of the table other tools may call, and under which names.

use std::sync::{Arc, LazyLock};

use krake_api::{Command, Kind, find};
use rmcp::model::{Tool, ToolAnnotations};
use serde_json::Value;

/// One tool: a command of the table under the name that a model sees.
pub struct Offer {
    pub command: &'static Command,
    pub tool: Tool,
}

/// Name for the model, name in the table, and what a model should know before it calls.
const OFFERED: [(&str, &str, &str); 16] = [
    (
        "search",
        "search",
        "Find what was said and done in earlier sessions, whichever tool they were held in: words, \"phrases\", -unwanted, and filters such as project: role: tool: after: before:. Each hit names its session and position.",
    ),
    (
        "read_session",
        "sessions.messages",
        "The messages of one session, or those around one message: `ses_…#12`, the id of a hit of search. Where a briefing cites [s2#12], take the id that it names for s2 beside its text.",
    ),
    (
        "list_projects",
        "projects.list",
        "The projects, those last worked on first.",
    ),
    (
        "list_sessions",
        "sessions.list",
        "The sessions of a project, the last ended first.",
    ),
    (
        "get_briefing",
        "briefings.make",
        "What the work so far left to know, within a budget of tokens: goal, decisions, open items, files, commands, errors, each line with its source. Ask at the beginning, before you read files.",
    ),
    (
        "list_handoffs",
        "handoffs.list",
        "Handoffs in the queue: work that another account left for the next one. get_handoff shows one with its briefing.",
    ),
    (
        "get_handoff",
        "handoffs.show",
        "One handoff: its briefing, each line with its source, from whom to whom it goes and whether somebody has it.",
    ),
    (
        "claim_handoff",
        "handoffs.claim",
        "Take a pending handoff, when you go on with that work; only one gets it. The answer holds its briefing.",
    ),
    (
        "end_handoff",
        "handoffs.done",
        "Say that the work of a claimed handoff is done, with a note of what came of it.",
    ),
    (
        "create_handoff",
        "handoffs.create",
        "Leave the work for the next account: a briefing of these sessions, this project or this context goes into the queue.",
    ),
    (
        "search_knowledge",
        "knowledge.search",
        "Find what was learned in earlier work: patterns, solutions and practices that hold these words. Ask before you solve something again.",
    ),
    (
        "list_knowledge",
        "knowledge.list",
        "The newest entries of the knowledge base, of one category or of all.",
    ),
    (
        "add_knowledge",
        "knowledge.add",
        "Keep something worth knowing beyond this session: one pattern, solution or practice, with its sources.",
    ),
    (
        "list_executions",
        "executions.list",
        "What Krake ran or runs, newest first, with a line of summary.",
    ),
    (
        "show_execution",
        "executions.show",
        "One execution with its steps: what each did, why it failed, what waits for a person.",
    ),
    (
        "list_playbooks",
        "playbooks.list",
        "The plans that are kept for reuse, with their inputs.",
    ),
];

/// All tools, in a stable order.
pub fn offers() -> &'static [Offer] {
    static OFFERS: LazyLock<Vec<Offer>> = LazyLock::new(|| {
        let known = OFFERED.iter();
        known
            .filter_map(|(name, command, about)| Some(offer(name, find(command)?, about)))
            .collect()
    });
    &OFFERS
}

fn offer(name: &'static str, command: &'static Command, about: &'static str) -> Offer {
    let schema = match command.input_schema() {
        Value::Object(schema) => schema,
        _ => serde_json::Map::new(),
    };
    let reads = command.kind == Kind::Query;
    let hints = ToolAnnotations::new()
        .read_only(reads)
        .destructive(false)
        .open_world(false);
    Offer {
        command,
        tool: Tool::new(name, about, Arc::new(schema)).with_annotations(hints),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_that_is_offered_stands_in_the_table() {
        assert_eq!(offers().len(), OFFERED.len());
    }

    #[test]
    fn no_tool_answers_for_a_person() {
        for offer in offers() {
            let machine = krake_domain::principal::Principal::machine(crate::mcp::MACHINE_NAME);
            assert!(
                offer.command.access.check(Some(&machine)).is_ok(),
                "{} would refuse everybody who calls it here",
                offer.tool.name
            );
        }
    }

    #[test]
    fn every_tool_takes_an_object() {
        for offer in offers() {
            assert_eq!(
                offer.tool.input_schema["type"], "object",
                "{}",
                offer.tool.name
            );
        }
    }
}
