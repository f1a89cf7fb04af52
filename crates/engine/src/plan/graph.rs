//! The shape of a plan: who needs whom, in which wave, and how long the way to the end is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use krake_domain::plan::{Plan, Step, StepId};

use crate::expr::{Expr, ExprError, Template, TemplateError};

/// What a step without a known duration is taken to last when paths are compared, in milliseconds.
const GUESS_MS: u64 = 1_000;

/// A plan's steps as numbered nodes, in the order of the plan.
#[derive(Debug, Clone)]
pub struct Graph {
    index: BTreeMap<StepId, usize>,
    nodes: Vec<Node>,
}

/// One step in the graph. Numbers are positions in [`Plan::steps`].
#[derive(Debug, Clone)]
pub struct Node {
    /// What must have ended before, without repetition, in order.
    pub needs: Vec<usize>,
    /// What waits for this one.
    pub dependents: Vec<usize>,
    /// Steps whose output this one reads; a part of `needs`.
    pub reads: Vec<usize>,
    pub args: Arc<Template>,
    /// The arguments of the alternatives, in their order.
    pub alternatives: Vec<Arc<Template>>,
    /// The list of a `for_each` step; none for its instances.
    pub for_each: Option<Arc<Template>>,
    pub when: Option<Arc<Expr>>,
    /// The `for_each` step that this one is an instance of, and the number of its item.
    pub instance_of: Option<(usize, usize)>,
    /// The instances of a `for_each` step that has its list.
    pub instances: std::ops::Range<usize>,
    /// 0 for a step without needs, else one more than the latest need.
    pub wave: u32,
    /// Length of the longest way from the start of this step to the end of the plan, in guessed milliseconds.
    pub remaining_ms: u64,
}

/// Why the steps are no graph.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    #[error("step `{0}` is there twice")]
    Duplicate(StepId),
    #[error("step `{step}` needs `{need}`, which is not in the plan")]
    MissingNeed { step: StepId, need: String },
    #[error("the steps wait for each other: {}", .0.iter().map(StepId::as_str).collect::<Vec<_>>().join(" → "))]
    Cycle(Vec<StepId>),
    #[error("step `{step}`, args.{}: {}", .error.path.join("."), .error.error)]
    Args { step: StepId, error: TemplateError },
    #[error("step `{step}`, alternatives.{number}.args.{}: {}", .error.path.join("."), .error.error)]
    Alternative {
        step: StepId,
        number: usize,
        error: TemplateError,
    },
    #[error("step `{step}`, for_each: {}", .error.error)]
    ForEach { step: StepId, error: TemplateError },
    #[error("step `{step}`, when: {error}")]
    When { step: StepId, error: ExprError },
}

impl Graph {
    /// Builds the graph; every fault is found, not only the first.
    ///
    /// # Errors
    /// Duplicate ids, needs that are missing, cycles, references that cannot be read.
    pub fn build(plan: &Plan) -> Result<Self, Vec<GraphError>> {
        let mut errors = Vec::new();
        let mut index = BTreeMap::new();
        for (place, step) in plan.steps.iter().enumerate() {
            if index.insert(step.id.clone(), place).is_some() {
                errors.push(GraphError::Duplicate(step.id.clone()));
            }
        }
        let mut nodes: Vec<Node> = plan
            .steps
            .iter()
            .map(|step| node(step, &index, &mut errors))
            .collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        for place in 0..nodes.len() {
            for need in nodes[place].needs.clone() {
                nodes[need].dependents.push(place);
            }
        }
        let order = order(&nodes).map_err(|cycle| {
            vec![GraphError::Cycle(
                cycle
                    .into_iter()
                    .map(|place| plan.steps[place].id.clone())
                    .collect(),
            )]
        })?;
        for &place in &order {
            nodes[place].wave = nodes[place]
                .needs
                .iter()
                .map(|need| nodes[*need].wave + 1)
                .max()
                .unwrap_or(0);
        }
        for &place in order.iter().rev() {
            let after = nodes[place]
                .dependents
                .iter()
                .map(|next| nodes[*next].remaining_ms)
                .max()
                .unwrap_or(0);
            nodes[place].remaining_ms = after.saturating_add(guess_ms(&plan.steps[place]));
        }
        Ok(Self { index, nodes })
    }

    /// Adds what a `for_each` step does for its items, as nodes of their own behind all others.
    /// They need what it needs and nothing waits for them but the step itself.
    pub fn expand(&mut self, place: usize, ids: Vec<StepId>) {
        let first = self.nodes.len();
        let whole = &self.nodes[place];
        let per_item = |when: &Arc<Expr>| when.names_item();
        let instance = Node {
            dependents: Vec::new(),
            for_each: None,
            when: whole.when.clone().filter(per_item),
            ..whole.clone()
        };
        self.nodes[place].instances = first..first + ids.len();
        for (number, id) in ids.into_iter().enumerate() {
            self.index.insert(id, first + number);
            self.nodes.push(Node {
                instance_of: Some((place, number)),
                ..instance.clone()
            });
        }
    }

    /// The number of a step.
    #[must_use]
    pub fn find(&self, step: &str) -> Option<usize> {
        self.index.get(step).copied()
    }

    /// The node of that number.
    #[must_use]
    pub fn node(&self, place: usize) -> &Node {
        &self.nodes[place]
    }

    /// All steps in the order of the plan, each `for_each` step with its instances behind it.
    pub fn in_order(&self) -> impl Iterator<Item = usize> {
        let written = self.nodes.iter().enumerate();
        written
            .filter(|(_, node)| node.instance_of.is_none())
            .flat_map(|(place, node)| std::iter::once(place).chain(node.instances.clone()))
    }

    /// How many steps there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no steps.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The steps that could run side by side if each wave waited for the one before; for display
    /// only. Instances stand in the wave of their `for_each` step and are not listed.
    #[must_use]
    pub fn waves(&self) -> Vec<Vec<usize>> {
        let count = self
            .nodes
            .iter()
            .map(|node| node.wave as usize + 1)
            .max()
            .unwrap_or(0);
        let mut waves = vec![Vec::new(); count];
        for (place, node) in self.nodes.iter().enumerate() {
            if node.instance_of.is_none() {
                waves[node.wave as usize].push(place);
            }
        }
        waves
    }

    /// The longest way through the plan by `length_ms`, as step numbers from first to last.
    #[must_use]
    pub fn critical_path(&self, length_ms: &dyn Fn(usize) -> u64) -> Vec<usize> {
        let mut by_wave: Vec<usize> = (0..self.nodes.len()).collect();
        by_wave.sort_by_key(|place| (self.nodes[*place].wave, self.is_expanded(*place)));
        let mut longest: Vec<(u64, Option<usize>)> = vec![(0, None); self.nodes.len()];
        for place in by_wave {
            // A `for_each` step ends after its instances, and takes no time of its own.
            let node = &self.nodes[place];
            let before = node
                .needs
                .iter()
                .copied()
                .chain(node.instances.clone())
                .map(|need| (longest[need].0, Some(need)))
                .max_by_key(|(length, need)| (*length, std::cmp::Reverse(*need)));
            let (length, from) = before.unwrap_or((0, None));
            let own = if self.is_expanded(place) {
                0
            } else {
                length_ms(place)
            };
            longest[place] = (length.saturating_add(own), from);
        }
        let mut at = (0..self.nodes.len())
            .max_by_key(|place| (longest[*place].0, std::cmp::Reverse(*place)));
        let mut path = Vec::new();
        while let Some(place) = at {
            path.push(place);
            at = longest[place].1;
        }
        path.reverse();
        path
    }

    fn is_expanded(&self, place: usize) -> bool {
        !self.nodes[place].instances.is_empty()
    }
}

/// How long a step is taken to last before it has run.
#[must_use]
pub fn guess_ms(step: &Step) -> u64 {
    match step.tool.as_str() {
        "wait" => step
            .args
            .get("ms")
            .and_then(serde_json::Value::as_u64)
            .unwrap_or(GUESS_MS),
        _ => GUESS_MS,
    }
}

fn node(step: &Step, index: &BTreeMap<StepId, usize>, errors: &mut Vec<GraphError>) -> Node {
    let args =
        Template::parse(&serde_json::Value::Object(step.args.clone())).unwrap_or_else(|error| {
            errors.push(GraphError::Args {
                step: step.id.clone(),
                error,
            });
            Template::Plain(serde_json::Value::Null)
        });
    let when = step
        .when
        .as_deref()
        .and_then(|text| match Expr::parse(text) {
            Ok(expr) => Some(expr),
            Err(error) => {
                errors.push(GraphError::When {
                    step: step.id.clone(),
                    error,
                });
                None
            }
        });
    let for_each = step.for_each.as_ref().map(|list| {
        Template::parse(list).unwrap_or_else(|error| {
            errors.push(GraphError::ForEach {
                step: step.id.clone(),
                error,
            });
            Template::Plain(serde_json::Value::Null)
        })
    });
    let alternatives: Vec<Template> = step
        .alternatives
        .iter()
        .enumerate()
        .map(|(number, other)| {
            Template::parse(&serde_json::Value::Object(other.args.clone())).unwrap_or_else(
                |error| {
                    errors.push(GraphError::Alternative {
                        step: step.id.clone(),
                        number,
                        error,
                    });
                    Template::Plain(serde_json::Value::Null)
                },
            )
        })
        .collect();
    let mut read: BTreeSet<&str> = BTreeSet::new();
    for template in [Some(&args), for_each.as_ref()]
        .into_iter()
        .flatten()
        .chain(&alternatives)
    {
        template.each_expr(&mut |expr| {
            expr.each_step(&mut |name| {
                read.insert(name);
            })
        });
    }
    if let Some(expr) = &when {
        expr.each_step(&mut |name| {
            read.insert(name);
        });
    }
    let mut place_of = |name: &str| {
        let found = index.get(name).copied();
        if found.is_none() {
            errors.push(GraphError::MissingNeed {
                step: step.id.clone(),
                need: name.to_owned(),
            });
        }
        found
    };
    let reads: Vec<usize> = read.iter().filter_map(|name| place_of(name)).collect();
    let mut needs: BTreeSet<usize> = step
        .needs
        .iter()
        .filter_map(|need| place_of(need.as_str()))
        .collect();
    needs.extend(&reads);
    Node {
        needs: needs.into_iter().collect(),
        dependents: Vec::new(),
        reads,
        args: Arc::new(args),
        alternatives: alternatives.into_iter().map(Arc::new).collect(),
        for_each: for_each.map(Arc::new),
        when: when.map(Arc::new),
        instance_of: None,
        instances: 0..0,
        wave: 0,
        remaining_ms: 0,
    }
}

/// The steps in an order in which needs come first, or one cycle, its first step repeated at the end.
fn order(nodes: &[Node]) -> Result<Vec<usize>, Vec<usize>> {
    let mut missing: Vec<usize> = nodes.iter().map(|node| node.needs.len()).collect();
    let mut order: Vec<usize> = (0..nodes.len())
        .filter(|place| missing[*place] == 0)
        .collect();
    let mut next = 0;
    while let Some(&place) = order.get(next) {
        next += 1;
        for &dependent in &nodes[place].dependents {
            missing[dependent] -= 1;
            if missing[dependent] == 0 {
                order.push(dependent);
            }
        }
    }
    if order.len() == nodes.len() {
        return Ok(order);
    }
    // Whatever is left has a need that is left too, so walking needs must come round.
    let stuck = |place: usize| missing[place] > 0;
    let mut seen_at = vec![usize::MAX; nodes.len()];
    let mut walk = Vec::new();
    let mut at = (0..nodes.len())
        .find(|place| stuck(*place))
        .expect("fewer are ordered than there are");
    while seen_at[at] == usize::MAX {
        seen_at[at] = walk.len();
        walk.push(at);
        at = nodes[at]
            .needs
            .iter()
            .copied()
            .find(|need| stuck(*need))
            .expect("a stuck step has a stuck need");
    }
    let mut cycle = walk.split_off(seen_at[at]);
    cycle.push(at);
    cycle.reverse();
    Err(cycle)
}
