//! A world for tests: virtual time, hands that keep a ledger, and a process that can die.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use krake_domain::approval::{ApprovalKind, ApprovalStatus, Verdict};
use krake_domain::event::{Event, Record, Stamped};
use krake_domain::execution::ExecutionStatus;
use krake_domain::failure::{Failure, FailureClass};
use krake_domain::hash::Hash;
use krake_domain::id::{ExecutionId, WorkspaceId};
use krake_domain::plan::{Plan, StepId};
use krake_domain::principal::Principal;
use krake_domain::rule::Rule;
use krake_domain::time::Timestamp;
use krake_domain::tool::{Assessment, Catalog, EffectClass, Finding, ToolSpec};
use serde_json::{Map, Value, json};

use super::sim_tools::{SCHEMAS, catalog};
use super::{Effect, Env, Input, Refusal, Schemas, State, Timer, adopt, drive, fold};
use crate::plan::{check, parse};

/// Where the process dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Death {
    /// After the n-th commit, before its effects.
    AfterCommit(usize),
    /// After the n-th effect, before its result is written.
    AfterEffect(usize),
}

pub struct World {
    pub catalog: Catalog,
    schemas: Arc<Schemas>,
    pub journal: Vec<Record>,
    pub state: State,
    pub now: Timestamp,
    epoch: u64,
    pub effects: VecDeque<Effect>,
    timers: BTreeSet<(Timestamp, Timer)>,
    /// What really happened outside: step, key, class.
    pub ledger: Vec<(String, String, EffectClass)>,
    /// What the hands answer for a step, in turn; then they succeed.
    pub faults: BTreeMap<String, VecDeque<Failure>>,
    /// What looking finds for a step, where it is not read off the ledger.
    pub findings: BTreeMap<String, Finding>,
    /// How a person answers; none: nobody is there.
    pub verdict: Option<Verdict>,
    pub deaths: Vec<Death>,
    pub deliver_twice: bool,
    /// Hands that are told to stop do so before they have done anything.
    pub obedient: bool,
    /// Hands return a text of so many bytes.
    pub large: Option<usize>,
    /// How often somebody allows more where a limit stopped it.
    pub grants: usize,
    /// Standing rules, as their events made them.
    pub rules: Vec<Rule>,
    /// What every call touches.
    pub target: String,
    /// Every call that is assessed only looks, at this origin.
    pub looks_at: Option<String>,
    commits: usize,
    performed: usize,
}

impl World {
    pub fn new(text: &str) -> Self {
        let catalog = catalog();
        let parsed = parse(text).unwrap_or_else(|faults| panic!("{faults:#?}"));
        check(&parsed, &catalog).unwrap_or_else(|faults| panic!("{faults:#?}"));
        Self::of_plan(parsed.plan, catalog)
    }

    fn of_plan(plan: Plan, catalog: Catalog) -> Self {
        let id = ExecutionId::from_parts(Timestamp(1_000), Hash::of(b"execution"));
        let event = Event::ExecutionCreated {
            plan: Box::new(plan),
            inputs: Map::new(),
            source: "test".to_owned(),
            roots: vec![],
            by: Principal::owner(),
            rerun: None,
        };
        let created = Stamped {
            at: Timestamp(1_000),
            event,
        };
        let state = State::begin(id, WorkspaceId::PERSONAL, &created).unwrap();
        let mut world = Self {
            schemas: SCHEMAS.clone(),
            catalog,
            journal: Vec::new(),
            state,
            now: Timestamp(1_000),
            epoch: 1,
            effects: VecDeque::new(),
            timers: BTreeSet::new(),
            ledger: Vec::new(),
            faults: BTreeMap::new(),
            findings: BTreeMap::new(),
            verdict: Some(Verdict::Approve),
            deaths: Vec::new(),
            deliver_twice: false,
            obedient: false,
            large: None,
            grants: 0,
            rules: Vec::new(),
            target: "the target".to_owned(),
            looks_at: None,
            commits: 0,
            performed: 0,
        };
        world.append(vec![created.event]);
        world
    }

    /// A world in which the execution of this one is repeated; its ledger goes on.
    pub fn rerun(&self, from: Option<&str>) -> Self {
        let from = from.map(|step| StepId::try_from(step.to_owned()).unwrap());
        let adoption = adopt(&self.state, from.as_ref(), &self.state.inputs).unwrap();
        let mut world = Self::of_plan(adoption.plan.clone(), catalog());
        let Event::ExecutionCreated { rerun, .. } = &mut world.journal[0].event else {
            panic!("the first event is another one");
        };
        *rerun = Some(Box::new(adoption.rerun));
        world.state.id = ExecutionId::from_parts(Timestamp(2_000), Hash::of(b"again"));
        world.append(adoption.events);
        for record in &mut world.journal {
            record.execution = world.state.id;
        }
        world.state = fold(&world.journal).unwrap();
        world.ledger = self.ledger.clone();
        world.grants = self.grants;
        world
    }

    /// Runs until the execution ends, or nothing can happen without a person who is not there.
    pub fn run(&mut self) {
        self.input(Input::Start).unwrap();
        self.go_on();
    }

    pub fn go_on(&mut self) {
        for _ in 0..20_000 {
            if self.state.status().is_ended() {
                return;
            }
            if let Some(effect) = self.effects.pop_front() {
                self.perform(effect);
            } else if !self.answer_one() && !self.fire_one() && !self.allow_more() {
                return;
            }
        }
        panic!("no end in sight");
    }

    pub fn input(&mut self, input: Input) -> Result<(), Refusal> {
        let env = Env {
            now: self.now,
            epoch: self.epoch,
            hold: false,
            catalog: &self.catalog,
            schemas: &self.schemas,
            rules: &self.rules,
        };
        let turn = drive(&mut self.state, input, &env)?;
        if turn.events.is_empty() {
            assert!(
                turn.effects.is_empty(),
                "effects without events are not durable"
            );
            return Ok(());
        }
        self.append(turn.events);
        self.commits += 1;
        if self.dies(Death::AfterCommit(self.commits)) {
            self.restart();
        } else {
            self.effects.extend(turn.effects);
        }
        Ok(())
    }

    /// The process ends without a word and another one takes over.
    pub fn restart(&mut self) {
        self.effects.clear();
        self.timers.clear();
        self.epoch += 1;
        self.state = fold(&self.journal).unwrap();
        self.input(Input::Recover {
            epoch: self.epoch,
            after_crash: true,
        })
        .unwrap();
    }

    /// Folds the journal with one more event, as another version may have written it.
    pub fn replay(&mut self, event: Event) {
        self.append(vec![event]);
        self.state = fold(&self.journal).unwrap();
    }

    pub fn remove_tool(&mut self, name: &str) {
        let specs: Vec<ToolSpec> = self
            .catalog
            .iter()
            .filter(|entry| entry.spec.name != name)
            .map(|entry| entry.spec.clone())
            .collect();
        self.catalog = Catalog::new(specs, &[]);
    }

    pub fn kinds(&self) -> Vec<&'static str> {
        self.journal
            .iter()
            .map(|record| record.event.kind())
            .collect()
    }

    /// The journal as text: one line an event, for snapshots.
    pub fn story(&self) -> String {
        let line = |record: &Record| {
            let mut value = serde_json::to_value(&record.event).unwrap();
            let fields = value.as_object_mut().unwrap();
            let step = fields
                .get("step")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let extra = ["output", "failure", "because", "approval"]
                .iter()
                .filter_map(|name| {
                    fields
                        .get(*name)
                        .filter(|_| *name != "approval" || fields["kind"] == "approval_asked")
                })
                .map(|value| match value {
                    Value::Object(inner) if inner.contains_key("because") => {
                        inner["because"].to_string()
                    }
                    Value::Object(inner) if inner.contains_key("message") => {
                        inner["message"].to_string()
                    }
                    other => other.to_string(),
                })
                .collect::<Vec<_>>()
                .join(" ");
            format!(
                "{:>6} {} {step} {extra}",
                record.at.0 - 1_000,
                record.event.kind()
            )
            .trim_end()
            .to_owned()
        };
        self.journal.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn append(&mut self, events: Vec<Event>) {
        for event in events {
            // Through text, as the journal keeps it: nothing may get lost on the way.
            let event: Event =
                serde_json::from_str(&serde_json::to_string(&event).unwrap()).unwrap();
            if let Event::RuleMade { rule } = &event {
                self.rules.push((**rule).clone());
            }
            let seq = self.journal.len() as u64 + 1;
            self.journal.push(Record {
                seq,
                workspace: WorkspaceId::PERSONAL,
                execution: self.state.id,
                at: self.now,
                event,
            });
        }
    }

    fn perform(&mut self, effect: Effect) {
        let input = match effect {
            Effect::SetTimer { timer, at } => {
                self.timers.insert((at, timer));
                return;
            }
            Effect::Close => return,
            Effect::CancelRun { step, attempt } => Input::Finished {
                step,
                attempt,
                result: Err(Failure::new(FailureClass::Cancelled, "cancelled")),
            },
            Effect::Assess { step, tool, .. } => {
                let result = match self.fault(&format!("assess {step}")) {
                    Some(failure) => Err(failure),
                    None => Ok(self.assessment(&tool)),
                };
                Input::Assessed { step, result }
            }
            Effect::Run {
                step,
                attempt,
                key,
                class,
                ..
            } => {
                let told_to_stop = self.obedient && self.effects.iter().any(|effect| matches!(effect, Effect::CancelRun { step: other, .. } if *other == step));
                let fault = if told_to_stop {
                    Some(Failure::new(FailureClass::Cancelled, "cancelled"))
                } else {
                    self.fault(step.as_str())
                };
                let happens = fault
                    .as_ref()
                    .is_none_or(|failure| matches!(failure.class, FailureClass::UnknownOutcome));
                if happens {
                    self.ledger.push((step.to_string(), key, class));
                }
                let result = match fault {
                    Some(failure) => Err(failure),
                    None => Ok(Arc::new(match self.large {
                        Some(bytes) => json!("x".repeat(bytes)),
                        None => json!({ "from": step }),
                    })),
                };
                Input::Finished {
                    step,
                    attempt,
                    result,
                }
            }
            Effect::Look { step, attempt, .. } => {
                let happened = self.ledger.iter().any(|(done, ..)| *done == step.as_str());
                let finding = self
                    .findings
                    .get(step.as_str())
                    .cloned()
                    .unwrap_or(if happened {
                        Finding::Happened {
                            output: json!({ "from": step }),
                        }
                    } else {
                        Finding::NotHappened
                    });
                Input::Looked {
                    step,
                    attempt,
                    finding,
                }
            }
        };
        self.now = Timestamp(self.now.0 + 1);
        self.performed += 1;
        if self.dies(Death::AfterEffect(self.performed)) {
            return self.restart();
        }
        self.input(input.clone()).unwrap();
        if self.deliver_twice && !matches!(self.state.status(), status if status.is_ended()) {
            self.input(input).unwrap();
        }
    }

    fn assessment(&self, tool: &str) -> Assessment {
        let known = self.catalog.find(tool).map(|entry| entry.spec.class);
        let looks = self.looks_at.as_ref().map(|_| EffectClass::Read);
        Assessment {
            class: looks.or(known).unwrap_or(EffectClass::Unsafe),
            target: self.target.clone(),
            summary: format!("call {tool}"),
            reversible: true,
            writes_under: None,
            reaches: self.looks_at.clone(),
            target_state: Some(Hash::of(b"now")),
            diff: None,
        }
    }

    fn fault(&mut self, step: &str) -> Option<Failure> {
        self.faults.get_mut(step).and_then(VecDeque::pop_front)
    }

    /// Performs at most so many effects.
    pub fn run_some(&mut self, most: usize) {
        for _ in 0..most {
            match self.effects.pop_front() {
                Some(effect) => self.perform(effect),
                None if self.answer_one() || self.fire_one() || self.allow_more() => {}
                None => return,
            }
            if self.state.status().is_ended() {
                return;
            }
        }
    }

    /// Answers what waits, as far as the verdict fits.
    pub fn answer_all(&mut self) -> bool {
        let waiting: Vec<_> = self
            .state
            .gates
            .values()
            .filter(|gate| gate.status == ApprovalStatus::Waiting)
            .map(|gate| gate.approval.id)
            .collect();
        let verdict = self.verdict.clone().unwrap();
        waiting
            .into_iter()
            .map(|approval| {
                self.input(Input::Answer {
                    approval,
                    verdict: verdict.clone(),
                    by: Principal::owner(),
                })
            })
            .any(|result| result.is_ok())
    }

    fn answer_one(&mut self) -> bool {
        let waiting = self
            .state
            .gates
            .values()
            .find(|gate| gate.status == ApprovalStatus::Waiting)
            .map(|gate| gate.approval.id);
        let (Some(approval), Some(verdict)) = (waiting, self.verdict.clone()) else {
            return false;
        };
        let asked = &self.state.gates[&approval].approval;
        let verdict = match (asked.kind, verdict, &asked.question) {
            (_, verdict @ Verdict::Reject { .. }, _) => verdict,
            (_, _, Some(question)) => Verdict::Answer {
                text: question
                    .choices
                    .first()
                    .cloned()
                    .unwrap_or_else(|| "a word".to_owned()),
            },
            (ApprovalKind::Failed, Verdict::Skip, _) => Verdict::Skip,
            (_, Verdict::Skip, _) => Verdict::Approve,
            (_, Verdict::Allow { scope }, _) if asked.scopes.contains(&scope) => {
                Verdict::Allow { scope }
            }
            (_, Verdict::Allow { .. }, _) => Verdict::Approve,
            (ApprovalKind::UnknownOutcome, verdict, _) => verdict,
            _ => Verdict::Approve,
        };
        self.input(Input::Answer {
            approval,
            verdict,
            by: Principal::owner(),
        })
        .unwrap();
        true
    }

    fn allow_more(&mut self) -> bool {
        if self.grants == 0 || self.state.status() != ExecutionStatus::Stopped {
            return false;
        }
        self.grants -= 1;
        self.input(Input::Resume {
            by: Principal::owner(),
        })
        .unwrap();
        true
    }

    fn fire_one(&mut self) -> bool {
        let nobody = self.verdict.is_none();
        let next = self
            .timers
            .iter()
            .find(|(_, timer)| !(nobody && matches!(timer, Timer::Expiry { .. })))
            .cloned();
        let Some((at, timer)) = next else {
            return false;
        };
        self.timers.remove(&(at, timer.clone()));
        self.now = self.now.max(at);
        self.input(Input::TimerFired { timer }).unwrap();
        true
    }

    /// Lets the time to answer run out.
    pub fn expire(&mut self) {
        let timers = std::mem::take(&mut self.timers);
        for (at, timer) in timers {
            self.now = self.now.max(at);
            self.input(Input::TimerFired { timer }).unwrap();
        }
    }

    fn dies(&mut self, here: Death) -> bool {
        let before = self.deaths.len();
        self.deaths.retain(|death| *death != here);
        self.deaths.len() < before
    }
}
