//! One step of a plan that has not run: what it is going to touch, as far as that is known.

use krake_domain::plan::{Plan, StepId};
use krake_domain::tool::{Catalog, EffectClass};
use krake_engine::plan::graph::Graph;
use krake_engine::plan::preview;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::plans::Asks;
use crate::visible::visible_line;

/// A step, looked at before it runs.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StepPreview {
    pub id: StepId,
    pub name: String,
    pub tool: String,
    /// What the tool does, in its own words.
    pub about: String,
    /// The worst class where it depends on the arguments.
    pub class: EffectClass,
    pub effect: Effect,
    /// What it reads or writes: a file, an address, a command. What only a run can know stands as
    /// `‹step›`, an input that was not given as `‹input›`.
    pub target: String,
    /// With the inputs filled in, in the same way.
    pub args: Value,
    pub asks: AsksWhen,
    /// Why it asks, or when.
    pub because: Option<String>,
    /// With the needs that references make.
    pub needs: Vec<StepId>,
    /// From 0; steps of one wave could run side by side.
    pub wave: u32,
    pub critical: bool,
    /// How long it is taken to last.
    pub guess_ms: u64,
    /// Other calls, tried in this order when the one before has failed for good.
    pub alternatives: Vec<AlternativeLook>,
}

/// An alternative, looked at before anything runs.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct AlternativeLook {
    pub tool: String,
    pub class: EffectClass,
    pub effect: Effect,
    pub target: String,
    pub asks: AsksWhen,
    pub because: Option<String>,
}

/// What a step does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    Computes,
    Reads,
    Writes,
}

/// Whether a step stops for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AsksWhen {
    Never,
    /// It depends on what its arguments turn out to be.
    Perhaps,
    Always,
}

impl StepPreview {
    /// Every step of a plan that passed the check, in the order of the plan.
    #[must_use]
    pub fn all(
        plan: &Plan,
        graph: &Graph,
        catalog: &Catalog,
        inputs: &Map<String, Value>,
        critical: &[usize],
    ) -> Vec<Self> {
        let id_of = |place: &usize| plan.steps[*place].id.clone();
        let looks = preview(plan, graph, inputs).into_iter().enumerate();
        let step = |(place, look): (usize, krake_engine::plan::Preview)| {
            let step = &plan.steps[place];
            let spec = &catalog.find(&step.tool)?.spec;
            let asks = Asks::of_call(step, &step.tool, plan.planned_by, catalog);
            let others = step.alternatives.iter().zip(look.alternatives);
            let alternatives = others.filter_map(|(other, target)| {
                let spec = &catalog.find(&other.tool)?.spec;
                let asks = Asks::of_call(step, &other.tool, plan.planned_by, catalog);
                Some(AlternativeLook {
                    tool: other.tool.clone(),
                    class: spec.class,
                    effect: Effect::of(class_of(&other.tool, &other.args).unwrap_or(spec.class)),
                    target: visible_line(&target),
                    asks: AsksWhen::of(asks.as_ref()),
                    because: asks.map(|asks| asks.because),
                })
            });
            let node = graph.node(place);
            Some(Self {
                id: step.id.clone(),
                name: visible_line(step.name.as_deref().unwrap_or(step.id.as_str())),
                tool: step.tool.clone(),
                about: spec.description.clone(),
                class: spec.class,
                effect: Effect::of(class_of(&step.tool, &step.args).unwrap_or(spec.class)),
                target: visible_line(&look.target),
                args: look.args,
                alternatives: alternatives.collect(),
                asks: AsksWhen::of(asks.as_ref()),
                because: asks.map(|asks| asks.because),
                needs: node.needs.iter().map(id_of).collect(),
                wave: node.wave,
                critical: critical.contains(&place),
                guess_ms: look.guess_ms,
            })
        };
        looks.filter_map(step).collect()
    }
}

impl AsksWhen {
    fn of(asks: Option<&Asks>) -> Self {
        match asks {
            None => Self::Never,
            Some(asks) if asks.certain => Self::Always,
            Some(_) => Self::Perhaps,
        }
    }
}

impl Effect {
    fn of(class: EffectClass) -> Self {
        match class {
            EffectClass::Pure => Self::Computes,
            EffectClass::Read => Self::Reads,
            EffectClass::Keyed | EffectClass::Checkable | EffectClass::Unsafe => Self::Writes,
        }
    }
}

/// The class where the arguments already say it: a request that only looks.
fn class_of(tool: &str, args: &Map<String, Value>) -> Option<EffectClass> {
    let method = args.get("method").and_then(Value::as_str);
    (tool == "http.request" && matches!(method, Some("GET" | "HEAD"))).then_some(EffectClass::Read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use krake_engine::plan::parse;

    #[test]
    fn a_request_that_only_looks_reads_and_what_stays_here_asks_nobody() {
        let look = |author: &str| -> Vec<(Effect, AsksWhen)> {
            let plan = parse(&format!(
                "{{name: p, planned_by: {author}, steps: [{{id: a, tool: http.request, args: {{method: GET, url: 'https://a.example'}}}}, {{id: b, tool: http.request, args: {{method: POST, url: 'https://a.example'}}}}, {{id: c, tool: knowledge.add}}, {{id: d, tool: context.import}}]}}"
            ))
            .unwrap()
            .plan;
            let graph = Graph::build(&plan).unwrap();
            let catalog = krake_runtime::builtin_catalog();
            StepPreview::all(&plan, &graph, &catalog, &Map::new(), &[])
                .iter()
                .map(|step| (step.effect, step.asks))
                .collect()
        };
        use AsksWhen::{Always, Never, Perhaps};
        use Effect::{Reads, Writes};
        assert_eq!(
            look("person"),
            [
                (Reads, Perhaps),
                (Writes, Perhaps),
                (Writes, Never),
                (Writes, Never)
            ]
        );
        assert!(look("model").iter().all(|(_, asks)| *asks == Always));
    }
}
