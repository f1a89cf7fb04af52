//! Other arguments for a call that waits: the new question is waited for, for a moment.

use std::sync::Arc;
use std::time::Duration;

use krake_domain::approval::ApprovalStatus;
use krake_domain::id::{ApprovalId, ExecutionId};
use krake_domain::plan::StepId;
use krake_domain::principal::Principal;
use krake_engine::execution::{Input, StepPhase};
use krake_store::Tag;
use serde_json::Value;
use tokio::sync::broadcast::error::RecvError;

use crate::handle::{AnswerError, Runtime};

/// How long a tool may look at the new call before the caller is told that nothing is asked yet.
const TIME_TO_ASK: Duration = Duration::from_secs(5);

impl Runtime {
    /// Puts these arguments in place of those that the approval asks about; durable when this
    /// returns. The new approval, where it is asked within a few seconds.
    ///
    /// # Errors
    /// The edit had no effect; the variants say why.
    pub async fn edit(
        &self,
        approval: ApprovalId,
        args: Value,
        by: Principal,
    ) -> Result<Option<ApprovalId>, AnswerError> {
        if !by.is_person() {
            return Err(AnswerError::NotAPerson);
        }
        let found = self.store().find_approval(approval).await?;
        let row = found.ok_or(AnswerError::NotFound)?;
        if row.status != ApprovalStatus::Waiting {
            return Err(AnswerError::Conflict(row.status));
        }
        let commits = self.subscribe();
        let (execution, step) = (row.approval.execution, row.approval.step);
        let input = Input::Edit {
            approval,
            args: Arc::new(args),
            by,
        };
        self.tell(execution, approval, input).await?;
        let asked = self.asked_next(commits, execution, &step);
        Ok(tokio::time::timeout(TIME_TO_ASK, asked)
            .await
            .ok()
            .flatten())
    }

    /// The next question of this step; none where it goes another way.
    async fn asked_next(
        &self,
        mut commits: tokio::sync::broadcast::Receiver<Arc<krake_store::Commit>>,
        execution: ExecutionId,
        step: &StepId,
    ) -> Option<ApprovalId> {
        loop {
            let state = self.state(execution).await.ok()?;
            let place = state.graph.find(step.as_str())?;
            match state.steps[place].phase {
                StepPhase::WaitingApproval { approval } => return Some(approval),
                StepPhase::Ready { .. } | StepPhase::Assessing => {}
                _ => return None,
            }
            loop {
                match commits.recv().await {
                    Ok(commit) if commit.tags.contains(&Tag::Execution(execution)) => break,
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => break,
                    Err(RecvError::Closed) => return None,
                }
            }
        }
    }
}
