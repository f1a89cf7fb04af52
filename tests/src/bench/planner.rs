//! The offline planner with many playbooks in a folder: how long one request takes, as it is asked.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use krake_runtime::{PlanRequest, Playbooks, builtin_catalog, plan_request};
use serde_json::Map;
use tokio_util::sync::CancellationToken;

/// Words that the playbooks are made of; each gets its own few of them.
const VERBS: &[&str] = &[
    "brief", "check", "write", "count", "compare", "collect", "measure", "water",
];
const THINGS: &[&str] = &[
    "repository",
    "site",
    "invoice",
    "plant",
    "report",
    "customer",
    "meeting",
    "picture",
    "server",
    "ticket",
    "letter",
];
/// What is asked, in turn: known and unknown words, values, slips.
const REQUESTS: &[&str] = &[
    "please write a report about invoice 17 for ~/work/foo",
    "chek the servers example.com and https://example.org",
    "what is the weather in Berlin?",
    "compare the pictures 400 with those of last week",
    "don't water the plants 12",
];

/// What was timed.
pub struct Timed {
    /// The first request: every file is read and prepared.
    pub first: Duration,
    /// Those after it, each with its look at the folder.
    pub requests: Vec<Duration>,
}

/// Times `rounds` requests against `count` playbooks.
///
/// # Errors
/// The folder cannot be written.
pub async fn planner(count: usize, rounds: usize) -> Result<Timed> {
    let home = tempfile::tempdir().context("a folder")?;
    let playbooks = Playbooks::new(home.path());
    std::fs::create_dir(playbooks.folder())?;
    for number in 0..count {
        let (name, text) = playbook(number);
        std::fs::write(playbooks.folder().join(format!("{name}.yaml")), text)?;
    }
    let (catalog, inputs) = (builtin_catalog(), Map::new());
    let stopping = CancellationToken::new();
    let mut requests = Vec::with_capacity(rounds);
    for round in 0..=rounds {
        let request = PlanRequest {
            query: REQUESTS[round % REQUESTS.len()],
            inputs: &inputs,
        };
        let begun = Instant::now();
        let answer = plan_request(&playbooks, &catalog, None, request, &stopping).await;
        requests.push(begun.elapsed());
        std::hint::black_box(answer);
    }
    Ok(Timed {
        first: requests.remove(0),
        requests,
    })
}

/// Its name and its text.
fn playbook(number: usize) -> (String, String) {
    let (verb, thing) = (VERBS[number % VERBS.len()], THINGS[number % THINGS.len()]);
    let text = format!(
        "name: {verb}-{thing}-{number}\n\
         description: {verb} the {thing} number {number} and say what was found.\n\
         examples:\n\
         - {verb} the {thing} {number} in ~/work/foo\n\
         - please {verb} every {thing} of customer {number} since yesterday\n\
         - I need the {thing} at https://example.com/{number}\n\
         inputs:\n\
         \x20 path: {{ type: string, default: '.', slot: path, description: The folder. }}\n\
         \x20 urls: {{ type: array, default: [], items: {{ type: string }}, slot: url }}\n\
         \x20 limit: {{ type: integer, default: 5, description: How many {thing}s at most. }}\n\
         steps: [{{ id: a, tool: wait, args: {{ ms: 1 }} }}]\n"
    );
    (format!("{verb}-{thing}-{number}"), text)
}
