use krake_domain::plan::{Author, Limits, Plan, Step, StepId};
use serde_json::{Map, json};

/// One after another.
#[must_use]
pub fn chain(steps: usize) -> Plan {
    plan(
        "chain",
        (0..steps)
            .map(|number| {
                step(
                    number,
                    "bench.noop",
                    number.checked_sub(1).into_iter().collect(),
                )
            })
            .collect(),
    )
}

/// One root, many beside each other, one that joins them.
#[must_use]
pub fn fan_out(width: usize) -> Plan {
    let mut steps = vec![step(0, "bench.noop", vec![])];
    steps.extend((1..=width).map(|number| step(number, "bench.noop", vec![0])));
    steps.push(step(width + 1, "bench.noop", (1..=width).collect()));
    plan("fan-out", steps)
}

/// Ten steps: one, eight beside each other, one.
#[must_use]
pub fn diamond() -> Plan {
    fan_out(8)
}

/// Five steps of 300 ms with a critical path of three.
#[must_use]
pub fn five_waits() -> Plan {
    let mut steps: Vec<Step> = [vec![], vec![], vec![0, 1], vec![0], vec![2, 3]]
        .into_iter()
        .enumerate()
        .map(|(number, needs)| step(number, "wait", needs))
        .collect();
    steps.iter_mut().for_each(|step| step.args = args(300));
    plan("five-waits", steps)
}

/// The uneven graph: dataflow needs 650 ms, level batches 1,050.
#[must_use]
pub fn uneven() -> Plan {
    let shape = [
        (100, vec![]),
        (500, vec![]),
        (500, vec![0]),
        (100, vec![1]),
        (50, vec![2, 3]),
    ];
    let steps = shape
        .into_iter()
        .enumerate()
        .map(|(number, (ms, needs))| Step {
            args: args(ms),
            ..step(number, "wait", needs)
        });
    plan("uneven", steps.collect())
}

fn plan(name: &str, steps: Vec<Step>) -> Plan {
    let limits = Limits {
        steps: Limits::MOST_STEPS,
        attempts: 1_000_000,
        parallel: 1_024,
        ..Limits::default()
    };
    Plan {
        name: name.to_owned(),
        description: String::new(),
        planned_by: Author::Person,
        examples: vec![],
        inputs: Map::new(),
        limits,
        steps,
        output: Some(json!(null)),
    }
}

fn step(number: usize, tool: &str, needs: Vec<usize>) -> Step {
    let id = |number: usize| StepId::parse(&format!("s{number}")).expect("letters and digits");
    Step {
        id: id(number),
        name: None,
        tool: tool.to_owned(),
        args: Map::new(),
        needs: needs.into_iter().map(id).collect(),
        when: None,
        for_each: None,
        alternatives: Vec::new(),
        approval: Default::default(),
        retry: Default::default(),
        timeout_ms: None,
        on_error: Default::default(),
        output: None,
    }
}

fn args(ms: u64) -> Map<String, serde_json::Value> {
    Map::from_iter([("ms".to_owned(), json!(ms))])
}
