//! One limit is one draft: a further session of the same account and the same work joins it.

use krake_domain::draft::{Draft, DraftState, Met};

use crate::accounts::AccountError;
use crate::handle::Runtime;

impl Runtime {
    /// Adds the session of a new draft to the known one of the same limit and work, whose briefing is
    /// then of both. `false`: there is none. What was handed over is none: the work of this session was
    /// not in it.
    pub(super) async fn join(
        &self,
        new: &Draft,
        known: &mut [Draft],
    ) -> Result<bool, AccountError> {
        let run_out = &new.run_out;
        let (Some(session), Some(position)) = (run_out.session, run_out.position) else {
            return Ok(false);
        };
        let met = Met {
            session,
            position,
            at: run_out.at,
        };
        let resets = run_out
            .resets_at
            .map(|at| (at, run_out.resets_zone.clone()));
        for draft in known {
            let is_one = draft.state != DraftState::HandedOver && draft.is_met_by(run_out);
            if !is_one || !self.is_same_work(draft, new).await? {
                continue;
            }
            if !self
                .store()
                .join_draft(draft.id, met, resets.clone())
                .await?
            {
                continue;
            }
            draft.joined.push(met);
            if draft.run_out.resets_at.is_none() {
                draft.run_out.resets_at = run_out.resets_at;
            }
            if let Some(grown) = self.store().find_draft(draft.id).await? {
                let anew = self.briefed_anew(grown).await?;
                self.store().brief_draft(anew).await?;
            }
            return Ok(true);
        }
        Ok(false)
    }

    /// Whether both would go out together: of one project, or of one folder that no project has.
    async fn is_same_work(&self, one: &Draft, other: &Draft) -> Result<bool, AccountError> {
        if one.project.is_some() || other.project.is_some() {
            return Ok(one.project == other.project);
        }
        let (Some(one), Some(other)) = (one.run_out.session, other.run_out.session) else {
            return Ok(false);
        };
        let folder = self.folder_for_project(one).await?;
        Ok(folder.is_some() && folder == self.folder_for_project(other).await?)
    }
}
