//! Drafts of work that belongs to no project: the folder that its project could have, and the briefing
//! anew once there is one.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use krake_domain::draft::{Draft, DraftState};
use krake_domain::id::{DraftId, SessionId};
use krake_domain::time::Timestamp;
use krake_edge::path::InnerPath;
use krake_edge::root::Root;
use krake_store::StoreError;

use crate::accounts::AccountError;
use crate::handle::Runtime;

/// A briefing is not made anew before this time: a project that another account works in grows all the
/// time.
const REST: Duration = Duration::from_secs(20);

/// What a draft was briefed from.
pub(super) struct Looked {
    messages: u64,
    at: Timestamp,
}

impl Runtime {
    /// The folder that the project of a session could have: the work tree that it worked in, else the
    /// very folder. None where nobody knows, where it is gone, and where it holds other work as well,
    /// as the home folder does.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn folder_for_project(
        &self,
        session: SessionId,
    ) -> Result<Option<PathBuf>, StoreError> {
        let row = self.store().find_session(session).await?;
        let Some(cwd) = row.and_then(|row| row.cwd) else {
            return Ok(None);
        };
        let found = tokio::task::spawn_blocking(move || {
            let home = std::env::home_dir().and_then(|home| Root::open(&home).ok());
            folder_of_work(Path::new(&cwd), home.as_ref().map(Root::canonical))
        });
        Ok(found.await.ok().flatten())
    }

    /// Gives the drafts whose session has a project by now that project and its briefing.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn place_drafts(&self) -> Result<(), AccountError> {
        let known = self.store().drafts_in_force().await?;
        self.place_known(&known).await
    }

    /// The draft with the briefing of its work as it is now; the one that it had where there is none.
    ///
    /// # Errors
    /// The disk refused.
    pub async fn briefed_anew(&self, draft: Draft) -> Result<Draft, AccountError> {
        let mut anew = draft.clone();
        self.brief_draft(&mut anew).await?;
        let is_better = anew.briefing.is_some();
        Ok(if is_better { anew } else { draft })
    }

    /// Briefs open drafts anew whose project got more messages since the last look; when to look again.
    /// What came in while a store was first read is in the briefing that a person sees.
    pub(super) async fn brief_grown(
        &self,
        looked: &mut BTreeMap<DraftId, Looked>,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, AccountError> {
        let known = self.store().drafts_in_force().await?;
        let mut again: Option<Timestamp> = None;
        for draft in known {
            let (DraftState::Open, Some(project)) = (draft.state, draft.project) else {
                looked.remove(&draft.id);
                continue;
            };
            let messages = self.store().count_messages_of(project).await?;
            let seen = Looked { messages, at: now };
            match looked.get(&draft.id) {
                Some(last) if last.messages == messages => {}
                Some(last) if now < last.at.plus(REST) => {
                    let over = last.at.plus(REST);
                    again = Some(again.map_or(over, |at| at.min(over)));
                }
                // More may have come in while its briefing was made: it is made once more.
                None if now < draft.created_at.plus(REST) => {
                    let (messages, at) = (0, draft.created_at);
                    looked.insert(draft.id, Looked { messages, at });
                    let over = at.plus(REST);
                    again = Some(again.map_or(over, |at| at.min(over)));
                }
                // What it was made of before this process began, nobody knows any more.
                _ => {
                    let anew = self.briefed_anew(draft).await?;
                    looked.insert(anew.id, seen);
                    self.store().brief_draft(anew).await?;
                }
            }
        }
        Ok(again)
    }

    pub(super) async fn place_known(&self, known: &[Draft]) -> Result<(), AccountError> {
        let without = known
            .iter()
            .filter(|draft| draft.project.is_none() && draft.state == DraftState::Open);
        for draft in without {
            let Some(session) = draft.run_out.session else {
                continue;
            };
            let row = self.store().find_session(session).await?;
            let Some(project) = row.and_then(|row| row.project) else {
                continue;
            };
            let mut placed = draft.clone();
            placed.project = Some(project);
            self.brief_draft(&mut placed).await?;
            self.store().brief_draft(placed).await?;
        }
        Ok(())
    }
}

/// The work tree that this folder is in, else the folder itself; none where it is gone, or holds other
/// work as well, as the home folder does.
pub(crate) fn folder_of_work(cwd: &Path, home: Option<&Path>) -> Option<PathBuf> {
    let folder = Root::open(cwd).ok()?.canonical().to_owned();
    let is_wide = |folder: &Path| {
        folder.parent().is_none() || home.is_some_and(|home| home.starts_with(folder))
    };
    let git = InnerPath::found(Path::new(".git"));
    let is_top = |folder: &&Path| {
        let root = Root::open(folder).ok();
        root.is_some_and(|root| matches!(root.find_unfollowed(&git), Ok(Some(_))))
    };
    let top = folder
        .ancestors()
        .take_while(|folder| !is_wide(folder))
        .find(is_top);
    let place = top.unwrap_or(&folder);
    (!is_wide(place)).then(|| place.to_owned())
}

#[cfg(test)]
mod tests {
    use krake_domain::id::{ProjectId, WorkspaceId};
    use krake_domain::project::{Project, ProjectStatus};
    use serde_json::json;
    use tokio_util::sync::CancellationToken;
    use uuid::Uuid;

    use super::*;
    use crate::clock;
    use crate::import::{Wish, import_path};
    use crate::start::{Drive, Options, start};

    #[tokio::test(flavor = "multi_thread")]
    async fn what_comes_in_while_a_draft_is_made_is_in_it_after_a_rest() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            home: folder.path().join("home"),
            drive: Drive::Named,
            more_tools: Vec::new(),
        };
        let runtime = start(options).await.unwrap();
        let store = runtime.store();
        let project = Project {
            id: ProjectId::from_uuid(Uuid::now_v7()),
            workspace: WorkspaceId::PERSONAL,
            name: "shop".to_owned(),
            description: String::new(),
            status: ProjectStatus::Active,
            folder: Some("/work/shop".to_owned()),
            objectives: Vec::new(),
            pinned: Vec::new(),
            created_at: Timestamp(1),
            updated_at: Timestamp(1),
        };
        store.add_project(project).await.unwrap();
        let at = Timestamp(clock::now().0 - 600_000).to_rfc3339();
        let record = |session: &str, more: serde_json::Value| {
            let mut record = json!({
                "uuid": format!("{session}-{}", more["type"]), "parentUuid": null, "sessionId": session,
                "cwd": "/work/shop", "timestamp": at,
            });
            let fields = record.as_object_mut().unwrap();
            fields.extend(more.as_object().unwrap().clone());
            format!("{record}\n")
        };
        let asks =
            |text: &str| json!({ "type": "user", "message": { "role": "user", "content": text } });
        let import = async |name: &str, lines: String| {
            let file = folder.path().join(name);
            std::fs::write(&file, lines).unwrap();
            let (wish, cancel) = (Wish::default(), CancellationToken::new());
            let report = import_path(store, &file, &wish, &cancel).await.unwrap();
            assert_eq!(report.sessions.len(), 1, "{report:?}");
        };
        let limit = json!({
            "type": "assistant", "parentUuid": "a-\"user\"", "error": "rate_limit", "isApiErrorMessage": true,
            "message": { "role": "assistant", "content": [{ "type": "text", "text": "limit reached" }] },
        });
        let ran_out = record("a", asks("Make the totals exact.")) + &record("a", limit);
        import("a.jsonl", ran_out).await;
        assert_eq!(runtime.draft_what_ran_out().await.unwrap(), 1);
        // The rest of a first scan, before anybody has looked.
        import("b.jsonl", record("b", asks("Never round before the sum."))).await;
        let draft = &store.drafts_in_force().await.unwrap()[0];
        let (id, made) = (draft.id, draft.created_at);
        let text = async || {
            let draft = store.find_draft(id).await.unwrap().unwrap();
            draft.briefing.unwrap().text
        };
        let mut looked = BTreeMap::new();
        let again = runtime.brief_grown(&mut looked, made).await.unwrap();
        assert_eq!(again, Some(made.plus(REST)));
        assert!(!text().await.contains("Never round"));
        let after = made.plus(REST);
        let again = runtime.brief_grown(&mut looked, after).await.unwrap();
        assert!(again.is_none() && text().await.contains("Never round"));
        runtime.stop().await.unwrap();
    }

    #[test]
    fn the_work_tree_is_the_folder_and_the_home_folder_is_none() {
        let home = tempfile::tempdir().unwrap();
        let home = home.path().canonicalize().unwrap();
        let deep = home.join("work/shop/src/cart");
        std::fs::create_dir_all(&deep).unwrap();
        let folder = |cwd: &Path| folder_of_work(cwd, Some(&home));
        assert_eq!(folder(&deep), Some(deep.clone()), "no work tree");
        std::fs::create_dir(home.join("work/shop/.git")).unwrap();
        // That somebody keeps the settings of their shell in git makes no project of the home folder.
        std::fs::create_dir(home.join(".git")).unwrap();
        assert_eq!(folder(&deep), Some(home.join("work/shop")));
        assert_eq!(folder(&home.join("work")), Some(home.join("work")));
        for none in [&home, home.parent().unwrap(), Path::new("/")] {
            assert_eq!(folder(none), None, "{none:?}");
        }
        assert_eq!(folder(&home.join("gone")), None);
    }
}
