//! The person at the gates: says yes to what is asked, and when the outcome is unknown, goes and looks.

use anyhow::Result;
use krake_domain::approval::{ApprovalKind, ApprovalStatus, Verdict};
use krake_domain::principal::Principal;
use krake_runtime::{AnswerError, Runtime};
use krake_store::{ApprovalFilter, Tag};
use tokio::sync::broadcast::error::RecvError;

use super::ledger::tell;

/// Answers until the runtime is gone.
pub async fn answer_all(runtime: Runtime, ledger: u16) -> Result<()> {
    let mut commits = runtime.subscribe();
    loop {
        let filter = ApprovalFilter {
            status: Some(ApprovalStatus::Waiting),
            execution: None,
            limit: 1_000,
        };
        for row in runtime.store().list_approvals(filter).await? {
            let verdict = match row.approval.kind {
                ApprovalKind::UnknownOutcome
                    if tell(ledger, &format!("ask {}", row.approval.assessment.target)).await?
                        > 0 =>
                {
                    Verdict::Happened
                }
                _ => Verdict::Approve,
            };
            match runtime
                .answer(row.approval.id, verdict, Principal::owner())
                .await
            {
                Ok(()) | Err(AnswerError::Conflict(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        loop {
            match commits.recv().await {
                Ok(commit) if commit.tags.contains(&Tag::Approvals) => break,
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return Ok(()),
            }
        }
    }
}
