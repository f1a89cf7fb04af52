//! The span tree of an execution, with the names of OpenTelemetry.

use krake_domain::execution::ExecutionStatus;
use krake_domain::hash::Hash;
use krake_engine::execution::{Attempt, Outcome, State};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::context::Ctx;
use crate::error::ApiError;
use crate::executions::ExecutionRef;
use crate::view::moment::Moment;
use crate::visible::{visible, visible_line};
use crate::waits::{self, Wait, WaitOn};

/// One trace: the execution is its root span.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Trace {
    /// 32 hexadecimal digits, the same for the life of the execution.
    pub trace_id: String,
    pub spans: Vec<Span>,
}

/// One stretch of work or waiting.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct Span {
    /// 16 hexadecimal digits.
    pub span_id: String,
    pub parent_id: Option<String>,
    pub name: String,
    pub started_at: Moment,
    /// Absent while it lasts.
    pub ended_at: Option<Moment>,
    pub status: SpanStatus,
    /// Names of OpenTelemetry where it has them (`gen_ai.…`, `error.type`), else `krake.…`.
    pub attributes: Map<String, Value>,
}

/// The three states that OpenTelemetry knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SpanStatus {
    Unset,
    Ok,
    Error,
}

/// `executions.trace`
pub async fn trace(ctx: Ctx, input: ExecutionRef) -> Result<Trace, ApiError> {
    Ok(Trace::of(&*ctx.state(input.id).await?))
}

impl Trace {
    /// The trace of an execution that stands like this.
    #[must_use]
    pub fn of(state: &State) -> Self {
        let root = Span::of_execution(state);
        let mut spans = Vec::with_capacity(1 + 2 * state.steps.len());
        for (place, waits) in waits::of(state).iter().enumerate() {
            let node = state.graph.node(place);
            let above = match node.instance_of {
                Some((whole, _)) => Span::id_of_step(state, whole),
                None => root.span_id.clone(),
            };
            // A step that never took any time has no span.
            let Some(step) = Span::of_step(state, place, waits, &above) else {
                continue;
            };
            let parent = step.span_id.clone();
            spans.push(step);
            spans.extend(
                state.steps[place]
                    .attempts
                    .iter()
                    .map(|attempt| Span::of_attempt(state, place, attempt, &parent)),
            );
            spans.extend(
                waits
                    .iter()
                    .enumerate()
                    .map(|(number, wait)| Span::of_wait(state, place, number, wait, &parent)),
            );
        }
        spans.sort_by_key(|span| span.started_at);
        spans.insert(0, root);
        Self {
            trace_id: format!("{:032x}", state.id.uuid().as_u128()),
            spans,
        }
    }
}

impl Span {
    fn of_execution(state: &State) -> Self {
        let mut attributes = Map::from_iter([("krake.status".to_owned(), json!(state.status()))]);
        if let Some(cause) = &state.cause {
            attributes.insert("error.type".to_owned(), json!(cause.class));
        }
        Self {
            span_id: span_id(state, &["execution"]),
            parent_id: None,
            name: format!("execution {}", visible_line(&state.plan.name)),
            started_at: state.started_at.unwrap_or(state.created_at).into(),
            ended_at: state.ended_at.map(Moment),
            status: match (state.ended_at, state.status()) {
                (None, _) => SpanStatus::Unset,
                (Some(_), ExecutionStatus::Done) => SpanStatus::Ok,
                (Some(_), _) => SpanStatus::Error,
            },
            attributes,
        }
    }

    fn of_step(state: &State, place: usize, waits: &[Wait], parent: &str) -> Option<Self> {
        let (step, now) = (&state.plan.steps[place], &state.steps[place]);
        let ran = now.attempts.iter().map(|attempt| attempt.started_at);
        let has_items = now.items.as_ref().and(now.started_at);
        let started_at = ran
            .chain(waits.iter().map(|wait| wait.from))
            .chain(has_items)
            .min()?;
        Some(Self {
            span_id: Self::id_of_step(state, place),
            parent_id: Some(parent.to_owned()),
            name: format!("step {}", step.id),
            started_at: started_at.into(),
            ended_at: now.ended_at.map(Moment),
            status: match (now.ended_at, &now.failure) {
                (None, _) => SpanStatus::Unset,
                (Some(_), None) => SpanStatus::Ok,
                (Some(_), Some(_)) => SpanStatus::Error,
            },
            attributes: Map::from_iter([("krake.step".to_owned(), json!(step.id))]),
        })
    }

    fn id_of_step(state: &State, place: usize) -> String {
        span_id(state, &["step", state.plan.steps[place].id.as_str()])
    }

    fn of_attempt(state: &State, place: usize, attempt: &Attempt, parent: &str) -> Self {
        let step = &state.plan.steps[place];
        let (status, outcome) = match &attempt.outcome {
            Outcome::Running => (SpanStatus::Unset, "running"),
            Outcome::Succeeded => (SpanStatus::Ok, "succeeded"),
            Outcome::Failed(_) => (SpanStatus::Error, "failed"),
            Outcome::Interrupted => (SpanStatus::Error, "interrupted"),
            Outcome::Cancelled => (SpanStatus::Error, "cancelled"),
        };
        let tool = state.call(place, attempt.alternative).tool;
        let mut attributes = Map::from_iter([
            ("gen_ai.operation.name".to_owned(), json!("execute_tool")),
            ("gen_ai.tool.name".to_owned(), json!(tool)),
            ("krake.step".to_owned(), json!(step.id)),
            ("krake.attempt".to_owned(), json!(attempt.number)),
            ("krake.effect_class".to_owned(), json!(attempt.class)),
            ("krake.outcome".to_owned(), json!(outcome)),
        ]);
        if let Outcome::Failed(failure) = &attempt.outcome {
            attributes.insert("error.type".to_owned(), json!(failure.class));
            attributes.insert(
                "exception.message".to_owned(),
                json!(visible(&failure.message)),
            );
        }
        Self {
            span_id: span_id(
                state,
                &["attempt", step.id.as_str(), &attempt.number.to_string()],
            ),
            parent_id: Some(parent.to_owned()),
            name: format!("execute_tool {tool}"),
            started_at: attempt.started_at.into(),
            ended_at: attempt.ended_at.map(Moment),
            status,
            attributes,
        }
    }

    fn of_wait(state: &State, place: usize, number: usize, wait: &Wait, parent: &str) -> Self {
        let step = &state.plan.steps[place];
        Self {
            span_id: span_id(state, &["wait", step.id.as_str(), &number.to_string()]),
            parent_id: Some(parent.to_owned()),
            name: match wait.on {
                WaitOn::Approval => "wait for a person".to_owned(),
                WaitOn::Retry => "wait for the next attempt".to_owned(),
            },
            started_at: wait.from.into(),
            ended_at: wait.until.map(Moment),
            status: SpanStatus::Unset,
            attributes: Map::from_iter([
                ("krake.step".to_owned(), json!(step.id)),
                ("krake.wait".to_owned(), json!(wait.on)),
            ]),
        }
    }
}

/// The same for the same part of the same execution, always.
fn span_id(state: &State, parts: &[&str]) -> String {
    let uuid = state.id.uuid();
    let mut bytes: Vec<&[u8]> = vec![uuid.as_bytes()];
    bytes.extend(parts.iter().map(|part| part.as_bytes()));
    Hash::of_parts(&bytes).to_string()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use krake_domain::principal::Principal;
    use krake_runtime::{Drive, Options};

    use super::*;
    use crate::context::Core;
    use crate::metrics::ExecutionMetrics;
    use crate::view::moment::now;

    /// a and b at once, c after a: what a real run leaves.
    #[tokio::test(flavor = "multi_thread")]
    async fn a_real_run_has_a_whole_tree_and_true_numbers() {
        const PLAN: &str = "name: three\nsteps:\n  - { id: a, tool: wait, args: { ms: 40 } }\n  \
            - { id: b, tool: wait, args: { ms: 40 } }\n  - { id: c, tool: wait, args: { ms: 40 }, needs: [a] }\n";
        let home = tempfile::tempdir().unwrap();
        let options = Options {
            home: home.path().to_owned(),
            drive: Drive::Named,
            more_tools: Vec::new(),
        };
        let runtime = krake_runtime::start(options).await.unwrap();
        let ctx = Ctx::new(Core::Owner(runtime.clone()), Some(Principal::owner()));
        let orchestrate = crate::find("executions.orchestrate").unwrap();
        let made = orchestrate
            .call(ctx.clone(), json!({ "plan": PLAN }))
            .await
            .unwrap();
        let id = made["execution_id"].as_str().unwrap().parse().unwrap();
        runtime.settled(id).await.unwrap();

        let state = ctx.state(id).await.unwrap();
        let trace = Trace::of(&state);
        let ids: HashSet<&str> = trace
            .spans
            .iter()
            .map(|span| span.span_id.as_str())
            .collect();
        assert_eq!(
            (trace.spans.len(), ids.len()),
            (7, 7),
            "the execution, three steps, three attempts"
        );
        for span in &trace.spans[1..] {
            assert!(ids.contains(span.parent_id.as_deref().unwrap()), "{span:?}");
            assert!(span.ended_at >= Some(span.started_at), "{span:?}");
            assert_eq!(span.status, SpanStatus::Ok);
        }
        let metrics = ExecutionMetrics::of(&state, now());
        assert_eq!(
            (metrics.steps_started, metrics.attempts, metrics.repeats),
            (3, 3, 0)
        );
        assert_eq!(metrics.saved_ms, metrics.run_ms - metrics.busy_ms);
        assert!(
            metrics.saved_ms > 0 && metrics.busy_ms <= metrics.wall_ms,
            "{metrics:?}"
        );
        let path: Vec<&str> = metrics
            .critical_path
            .iter()
            .map(|step| step.as_str())
            .collect();
        assert_eq!(path, ["a", "c"]);
        runtime.stop().await.unwrap();
    }
}
