//! What the tests of this crate share: events, batches, and an end without farewell.

use krake_domain::account::{Account, AccountStatus, Provider};
use krake_domain::approval::{Approval, ApprovalKind};
use krake_domain::blob::BlobRef;
use krake_domain::briefing::{Briefing, Coverage};
use krake_domain::delivery::Delivery;
use krake_domain::draft::{Draft, DraftState, RunOut, RunOutSource};
use krake_domain::event::{Event, Stamped};
use krake_domain::execution::ExecutionStatus;
use krake_domain::handoff::{Handoff, HandoffState};
use krake_domain::hash::Hash;
use krake_domain::id::{
    AccountId, ApprovalId, DraftId, ExecutionId, HandoffId, ProjectId, SessionId, WorkspaceId,
};
use krake_domain::plan::StepId;
use krake_domain::project::{Project, ProjectStatus};
use krake_domain::session::Usage;
use krake_domain::time::Timestamp;
use krake_domain::tool::{Assessment, EffectClass};
use serde_json::json;

use crate::batch::{Batch, Summary};
use crate::job::Job;
use crate::session_import::ImportedSession;
use crate::store::Store;

pub(crate) fn uuid() -> uuid::Uuid {
    uuid::Uuid::now_v7()
}

pub(crate) fn account(name: &str, provider: Provider) -> Account {
    Account {
        id: AccountId::from_uuid(uuid()),
        workspace: WorkspaceId::PERSONAL,
        name: name.to_owned(),
        email: Some("a@example.com".to_owned()),
        provider,
        plan: None,
        specialization: Some("code".to_owned()),
        tags: Vec::new(),
        status: AccountStatus::Active,
        base_url: None,
        model: None,
        format: None,
        prices: Vec::new(),
        credential: None,
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
        check: None,
    }
}

pub(crate) fn project(name: &str, folder: &str) -> Project {
    Project {
        id: ProjectId::from_uuid(uuid()),
        workspace: WorkspaceId::PERSONAL,
        name: name.to_owned(),
        description: String::new(),
        status: ProjectStatus::Active,
        folder: Some(folder.to_owned()),
        objectives: Vec::new(),
        pinned: Vec::new(),
        created_at: Timestamp(1),
        updated_at: Timestamp(1),
    }
}

pub(crate) fn execution() -> ExecutionId {
    ExecutionId::from_uuid(uuid())
}

pub(crate) fn step(name: &str) -> StepId {
    StepId::parse(name).unwrap()
}

/// A step's result of about so many bytes.
pub(crate) fn done(number: u32, bytes: usize) -> Event {
    Event::AttemptSucceeded {
        step: step("a"),
        attempt: number,
        output: json!({ "text": "x".repeat(bytes) }).into(),
        tainted: false,
    }
}

pub(crate) fn batch(execution: ExecutionId, events: impl IntoIterator<Item = Event>) -> Batch {
    Batch {
        workspace: WorkspaceId::PERSONAL,
        execution,
        events: (1..)
            .zip(events)
            .map(|(at, event)| Stamped {
                at: Timestamp(at),
                event,
            })
            .collect(),
        summary: None,
    }
}

pub(crate) fn summary(status: ExecutionStatus, steps_done: u32) -> Summary {
    Summary {
        name: "uneven".to_owned(),
        title: "Uneven graph".to_owned(),
        source: "plans/uneven.yaml".to_owned(),
        status,
        created_at: Timestamp(1),
        started_at: None,
        ended_at: None,
        steps_total: 5,
        steps_done,
        steps_failed: 0,
        waiting: 0,
    }
}

pub(crate) fn approval(execution: ExecutionId) -> Approval {
    Approval {
        id: ApprovalId::from_uuid(uuid()),
        execution,
        step: step("write"),
        kind: ApprovalKind::Call,
        tool: "fs.write".to_owned(),
        args: "{}".to_owned(),
        binding: Hash::ZERO,
        definition: Hash::ZERO,
        assessment: Assessment {
            class: EffectClass::Checkable,
            target: "HANDOFF.md".to_owned(),
            summary: "Writes HANDOFF.md".to_owned(),
            reversible: true,
            writes_under: None,
            reaches: None,
            target_state: None,
            diff: None,
        },
        because: "writes into a repository".to_owned(),
        question: None,
        failure: None,
        scopes: Vec::new(),
        asked_at: Timestamp(1),
        expires_at: Timestamp(2),
    }
}

/// A session without messages.
pub(crate) fn imported(native: &str, cwd: &str) -> ImportedSession {
    ImportedSession {
        id: SessionId::from_uuid(uuid()),
        workspace: WorkspaceId::PERSONAL,
        source: "claude_code".to_owned(),
        native_id: native.to_owned(),
        path: "/x/a.jsonl".to_owned(),
        cwd: Some(cwd.to_owned()),
        place: None,
        title: None,
        started_at: Some(Timestamp(1)),
        ended_at: Some(Timestamp(2)),
        usage: Usage {
            input: 7,
            ..Usage::default()
        },
        answers: Vec::new(),
        is_whole: false,
        raw: BlobRef {
            hash: Hash::ZERO,
            bytes: 3,
        },
        messages: Vec::new(),
        first: 0,
        broken_lines: 1,
        project: None,
        account_id: None,
        session_type: "imported".to_owned(),
        git_branch: None,
        git_commit: None,
        model: None,
        forked_from: None,
        redactions: std::collections::BTreeMap::new(),
        secrets: Vec::new(),
    }
}

/// A draft for a session that ran out at that moment, in its message 1.
pub(crate) fn draft(session: SessionId, at: i64) -> Draft {
    Draft {
        id: DraftId::from_uuid(uuid()),
        workspace: WorkspaceId::PERSONAL,
        project: None,
        run_out: RunOut {
            source: RunOutSource::ToolLog,
            session: Some(session),
            position: Some(1),
            account: None,
            who: "Claude Code".to_owned(),
            said: "limit reached".to_owned(),
            at: Timestamp(at),
            resets_at: Some(Timestamp(900)),
            resets_zone: Some("Europe/Berlin".to_owned()),
        },
        joined: Vec::new(),
        briefing: None,
        history_tokens: None,
        wanted: Vec::new(),
        trouble: Some("nothing to brief".to_owned()),
        state: DraftState::Open,
        reason: None,
        handoff: None,
        created_at: Timestamp(at + 1),
        over_at: None,
    }
}

/// A handoff that waits.
pub(crate) fn handoff() -> Handoff {
    Handoff {
        id: HandoffId::from_uuid(uuid()),
        workspace: WorkspaceId::PERSONAL,
        project: Some("shop".to_owned()),
        folder: None,
        from_account: Some("acc_a".to_owned()),
        to_account: Some("acc_b".to_owned()),
        goal: None,
        state: HandoffState::Pending,
        briefing: Briefing {
            text: "- The cart [#3]".to_owned(),
            tokens: 6,
            budget: 100,
            items: Vec::new(),
            coverage: Coverage::default(),
            cited: Vec::new(),
        },
        credits_used: Some(12.5),
        snapshot: None,
        history_tokens: Some(300_000),
        created_at: Timestamp(1),
        claimed_at: None,
        claimed_by: None,
        done_at: None,
        note: None,
        delivery: Delivery::default(),
    }
}

/// Ends the store without its farewell: the lock is free, nothing is marked as clean.
pub(crate) async fn abandon(store: Store) {
    store.readers().close().await;
    let jobs = store.queue().unwrap();
    jobs.send(Job::Abandon).await.ok().unwrap();
    jobs.closed().await;
}

/// Runs a pragma on the writing connection.
pub(crate) async fn pragma(store: &Store, text: &'static str) {
    let (reply, answer) = tokio::sync::oneshot::channel();
    let jobs = store.queue().unwrap();
    jobs.send(Job::Pragma(text, reply)).await.ok().unwrap();
    answer.await.unwrap();
}
