use krake_domain::plan::{
    Alternative, ApprovalMode, Author, Limits, OnError, Plan, Retry, Step, StepId,
};
use krake_domain::position::Position;
use serde_json::{Map, Value};

use super::diagnostic::{Code, Diagnostic};
use super::reader::{Reader, get};
use super::source::{self, Kind, Node};

/// Keys of the plan file that this version does not build; named so that the message can say so.
const STEP_KEYS_NOT_BUILT: &[&str] = &["agent", "locks", "cache"];
const LIMIT_KEYS_NOT_BUILT: &[&str] = &["tokens", "money"];

/// A plan with the places of its parts.
#[derive(Debug, Clone)]
pub struct Parsed {
    pub plan: Plan,
    pub(super) root: Node,
}

impl Parsed {
    /// Where the part stands that a path of field names and item numbers leads to.
    #[must_use]
    pub fn place(&self, path: &[&str]) -> Position {
        self.root.follow(path.iter().copied()).at
    }
}

/// Reads a plan file, YAML or JSON. Every fault is found, not only the first.
///
/// # Errors
/// The faults, each with line and column, in the order of the text.
pub fn parse(text: &str) -> Result<Parsed, Vec<Diagnostic>> {
    let root = source::read(text).map_err(|fault| vec![fault])?;
    let mut reader = Reader::default();
    let plan = reader.plan(&root);
    reader.faults.sort_by_key(|fault| fault.at);
    match plan {
        Some(plan) if reader.faults.is_empty() => Ok(Parsed { plan, root }),
        _ => Err(reader.faults),
    }
}

impl Reader {
    fn plan(&mut self, root: &Node) -> Option<Plan> {
        const KEYS: &[&str] = &[
            "name",
            "description",
            "examples",
            "inputs",
            "limits",
            "steps",
            "output",
            "planned_by",
        ];
        let fields = self.fields(root, "a plan", KEYS, &[])?;
        let name = self
            .required(root, fields, "name", "a plan")
            .and_then(|node| self.text(node, "name"));
        let steps = self
            .required(root, fields, "steps", "a plan")
            .and_then(|node| self.steps(node));
        let plan = Plan {
            name: name.unwrap_or_default(),
            description: get(fields, "description")
                .and_then(|node| self.text(node, "description"))
                .unwrap_or_default(),
            planned_by: get(fields, "planned_by")
                .and_then(|node| {
                    let words = [("person", Author::Person), ("model", Author::Model)];
                    self.word(node, "planned_by", &words)
                })
                .unwrap_or_default(),
            examples: get(fields, "examples")
                .map(|node| self.texts(node, "examples"))
                .unwrap_or_default(),
            inputs: get(fields, "inputs")
                .map(|node| self.inputs(node))
                .unwrap_or_default(),
            limits: get(fields, "limits")
                .map(|node| self.limits(node))
                .unwrap_or_default(),
            steps: steps?,
            output: get(fields, "output").map(Node::value),
        };
        Some(plan)
    }

    fn inputs(&mut self, node: &Node) -> Map<String, Value> {
        const SLOTS: &[&str] = &["path", "url", "date", "repo", "account", "text"];
        let Some(fields) = self.object(node, "inputs") else {
            return Map::new();
        };
        let mut inputs = Map::new();
        for (key, schema) in fields {
            let value = schema.value();
            if !value.is_object() {
                self.wrong(
                    schema,
                    &key.text,
                    "a JSON Schema such as `{ type: string, default: \".\" }`",
                );
                continue;
            }
            if let Some(slot) = value.get("slot")
                && !slot.as_str().is_some_and(|slot| SLOTS.contains(&slot))
            {
                self.wrong(
                    schema.follow(["slot"]),
                    "slot",
                    &format!("one of {}", SLOTS.join(", ")),
                );
            }
            if let Err(error) = jsonschema::validator_for(&value) {
                self.push(Diagnostic::new(
                    schema.at,
                    Code::BadSchema,
                    format!(
                        "the schema of input `{}` is not a JSON Schema: {error}",
                        key.text
                    ),
                ));
            }
            inputs.insert(key.text.clone(), value);
        }
        inputs
    }

    fn limits(&mut self, node: &Node) -> Limits {
        const KEYS: &[&str] = &["steps", "attempts", "time", "parallel"];
        let mut limits = Limits::default();
        let Some(fields) = self.fields(node, "limits", KEYS, LIMIT_KEYS_NOT_BUILT) else {
            return limits;
        };
        for (name, most, target) in [
            ("steps", u64::from(Limits::MOST_STEPS), &mut limits.steps),
            ("attempts", u64::from(u32::MAX), &mut limits.attempts),
            (
                "parallel",
                u64::from(Limits::MOST_PARALLEL),
                &mut limits.parallel,
            ),
        ] {
            if let Some(node) = get(fields, name)
                && let Some(number) = self.whole(node, name, 1, most)
            {
                *target = u32::try_from(number).unwrap_or(u32::MAX);
            }
        }
        if let Some(node) = get(fields, "time") {
            limits.time_s = self
                .whole(node, "time", 1, 366 * 24 * 3_600)
                .unwrap_or(limits.time_s);
        }
        limits
    }

    fn steps(&mut self, node: &Node) -> Option<Vec<Step>> {
        let Kind::List(items) = &node.kind else {
            self.wrong(node, "steps", "a list of steps");
            return None;
        };
        if items.is_empty() {
            self.push(
                Diagnostic::new(node.at, Code::MissingKey, "the plan has no steps")
                    .expected("at least one step"),
            );
        }
        let steps: Vec<Option<Step>> = items.iter().map(|item| self.step(item)).collect();
        steps.into_iter().collect()
    }

    fn step(&mut self, node: &Node) -> Option<Step> {
        const KEYS: &[&str] = &[
            "id",
            "name",
            "tool",
            "args",
            "needs",
            "for_each",
            "when",
            "approval",
            "retry",
            "alternatives",
            "timeout_ms",
            "on_error",
            "output",
        ];
        let fields = self.fields(node, "a step", KEYS, STEP_KEYS_NOT_BUILT)?;
        let id = self
            .required(node, fields, "id", "a step")
            .and_then(|node| self.step_id(node, "id"));
        // A step whose `agent` was refused above needs no second message about its missing tool.
        let has_agent = fields.iter().any(|(key, _)| key.text == "agent");
        let tool = match get(fields, "tool") {
            Some(node) => self.text(node, "tool"),
            None if has_agent => None,
            None => {
                self.required(node, fields, "tool", "a step");
                None
            }
        };
        let args =
            get(fields, "args").and_then(|node| self.object(node, "args").map(|_| node.value()));
        Some(Step {
            name: get(fields, "name").and_then(|node| self.text(node, "name")),
            args: args
                .and_then(|value| value.as_object().cloned())
                .unwrap_or_default(),
            needs: get(fields, "needs")
                .map(|node| self.needs(node))
                .unwrap_or_default(),
            for_each: get(fields, "for_each").and_then(|node| self.list(node)),
            when: get(fields, "when").and_then(|node| self.condition(node)),
            approval: get(fields, "approval")
                .and_then(|node| {
                    self.word(
                        node,
                        "approval",
                        &[
                            ("policy", ApprovalMode::Policy),
                            ("always", ApprovalMode::Always),
                            ("never", ApprovalMode::Never),
                        ],
                    )
                })
                .unwrap_or_default(),
            retry: get(fields, "retry")
                .map(|node| self.retry(node))
                .unwrap_or_default(),
            alternatives: get(fields, "alternatives")
                .map(|node| self.alternatives(node))
                .unwrap_or_default(),
            timeout_ms: get(fields, "timeout_ms")
                .and_then(|node| self.whole(node, "timeout_ms", 1, 366 * 24 * 3_600_000)),
            on_error: get(fields, "on_error")
                .and_then(|node| self.on_error(node))
                .unwrap_or_default(),
            output: get(fields, "output").and_then(|node| self.schema(node)),
            id: id?,
            tool: tool?,
        })
    }

    fn alternatives(&mut self, node: &Node) -> Vec<Alternative> {
        let Kind::List(items) = &node.kind else {
            self.wrong(
                node,
                "alternatives",
                "a list such as `[{ tool: …, args: { … } }]`",
            );
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| self.alternative(item))
            .collect()
    }

    fn alternative(&mut self, node: &Node) -> Option<Alternative> {
        const NOT_BUILT: &[&str] = &["agent", "account"];
        let fields = self.fields(node, "an alternative", &["tool", "args"], NOT_BUILT)?;
        if fields
            .iter()
            .any(|(key, _)| NOT_BUILT.contains(&key.text.as_str()))
        {
            return None;
        }
        let tool = self.required(node, fields, "tool", "an alternative")?;
        let args = get(fields, "args").and_then(|node| {
            self.object(node, "args")?;
            node.value().as_object().cloned()
        });
        Some(Alternative {
            tool: self.text(tool, "tool")?,
            args: args.unwrap_or_default(),
        })
    }

    fn on_error(&mut self, node: &Node) -> Option<OnError> {
        self.word(
            node,
            "on_error",
            &[
                ("fail", OnError::Fail),
                ("continue", OnError::Continue),
                ("ask", OnError::Ask),
            ],
        )
    }

    fn retry(&mut self, node: &Node) -> Retry {
        let mut retry = Retry::default();
        let Some(fields) = self.fields(node, "retry", &["max", "backoff_ms", "factor"], &[]) else {
            return retry;
        };
        if let Some(node) = get(fields, "max") {
            retry.max = self
                .whole(node, "max", 0, 100)
                .and_then(|max| u32::try_from(max).ok())
                .unwrap_or(retry.max);
        }
        if let Some(node) = get(fields, "backoff_ms") {
            retry.backoff_ms = self
                .whole(node, "backoff_ms", 0, 3_600_000)
                .unwrap_or(retry.backoff_ms);
        }
        if let Some(node) = get(fields, "factor") {
            match &node.kind {
                Kind::Scalar(Value::Number(number))
                    if number
                        .as_f64()
                        .is_some_and(|factor| (1.0..=10.0).contains(&factor)) =>
                {
                    retry.factor = number.as_f64().unwrap_or(retry.factor)
                }
                _ => self.wrong(node, "factor", "a number from 1 to 10"),
            }
        }
        retry
    }

    fn needs(&mut self, node: &Node) -> Vec<StepId> {
        let Kind::List(items) = &node.kind else {
            self.wrong(node, "needs", "a list of step ids");
            return Vec::new();
        };
        items
            .iter()
            .filter_map(|item| self.step_id(item, "needs"))
            .collect()
    }

    /// A list, or a text that is one reference and nothing else.
    fn list(&mut self, node: &Node) -> Option<Value> {
        let is_reference = |text: &str| text.starts_with("${{") && text.ends_with("}}");
        match &node.kind {
            Kind::List(_) => Some(node.value()),
            Kind::Scalar(Value::String(text)) if is_reference(text.trim()) => {
                Some(Value::String(text.trim().to_owned()))
            }
            _ => {
                self.wrong(node, "for_each", "a list, or `${{ … }}` that gives one");
                None
            }
        }
    }

    fn condition(&mut self, node: &Node) -> Option<String> {
        let expected = "`${{ … }}`, true or false";
        match &node.kind {
            Kind::Scalar(Value::Bool(yes)) => Some(yes.to_string()),
            Kind::Scalar(Value::String(text)) => match text
                .trim()
                .strip_prefix("${{")
                .and_then(|rest| rest.strip_suffix("}}"))
            {
                Some(inner) => Some(inner.trim().to_owned()),
                None => {
                    self.wrong(node, "when", expected);
                    None
                }
            },
            _ => {
                self.wrong(node, "when", expected);
                None
            }
        }
    }

    fn schema(&mut self, node: &Node) -> Option<Value> {
        let value = node.value();
        match jsonschema::validator_for(&value) {
            Ok(_) if value.is_object() => Some(value),
            Ok(_) => {
                self.wrong(node, "output", "a JSON Schema");
                None
            }
            Err(error) => {
                self.push(Diagnostic::new(
                    node.at,
                    Code::BadSchema,
                    format!("`output` is not a JSON Schema: {error}"),
                ));
                None
            }
        }
    }
}
