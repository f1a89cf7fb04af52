//! The offline planner with many playbooks: how long one request takes.

use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use krake_domain::plan::Plan;
use krake_engine::plan::parse;
use krake_engine::planner::{Library, match_request};
use serde_json::Map;

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
    /// Preparing the library, once for a set of playbooks.
    pub prepared: Duration,
    /// One request each.
    pub requests: Vec<Duration>,
}

/// Times `rounds` requests against `count` playbooks.
///
/// # Errors
/// A made playbook cannot be read.
pub fn planner(count: usize, rounds: usize) -> Result<Timed> {
    let plans: Vec<Plan> = (0..count).map(playbook).collect::<Result<_>>()?;
    let begun = Instant::now();
    let library = Library::of(plans.iter().map(|plan| (plan.name.as_str(), plan)));
    let prepared = begun.elapsed();
    let mut requests = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let begun = Instant::now();
        let answer = match_request(REQUESTS[round % REQUESTS.len()], &Map::new(), &library);
        requests.push(begun.elapsed());
        std::hint::black_box(answer);
    }
    Ok(Timed { prepared, requests })
}

fn playbook(number: usize) -> Result<Plan> {
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
    let parsed = parse(&text).map_err(|faults| anyhow!("{faults:?}"))?;
    Ok(parsed.plan)
}
