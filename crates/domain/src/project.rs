//! A piece of work of the user: what it is for, where it lies, how far it is.

use serde::{Deserialize, Serialize};

use crate::id::{ProjectId, WorkspaceId};
use crate::rule::is_inside;
use crate::time::Timestamp;

/// One project. Its name is its own within a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    pub id: ProjectId,
    pub workspace: WorkspaceId,
    pub name: String,
    pub description: String,
    pub status: ProjectStatus,
    /// The canonical path of the folder that holds it.
    pub folder: Option<String>,
    pub objectives: Vec<Objective>,
    /// Paths that every briefing is to mention.
    pub pinned: Vec<String>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Where a project stands.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ProjectStatus {
    Planned,
    #[default]
    Active,
    Paused,
    Done,
}

/// Something to be reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objective {
    pub text: String,
    pub done: bool,
}

/// How many of the objectives are reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ObjectivesReached {
    pub done: usize,
    pub total: usize,
}

impl ObjectivesReached {
    /// Of these; nothing where there are none, because then nobody knows.
    #[must_use]
    pub fn of(objectives: &[Objective]) -> Option<Self> {
        (!objectives.is_empty()).then(|| Self {
            done: objectives.iter().filter(|objective| objective.done).count(),
            total: objectives.len(),
        })
    }
}

impl Project {
    /// The project that holds a folder: the one with the longest path wins.
    #[must_use]
    pub fn holding<'p>(projects: &'p [Self], place: &str) -> Option<&'p Self> {
        projects
            .iter()
            .filter_map(|project| Some((project.folder.as_deref()?, project)))
            .filter(|(folder, _)| is_inside(place, folder))
            .max_by_key(|(folder, _)| folder.len())
            .map(|(_, project)| project)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(name: &str, folder: Option<&str>) -> Project {
        Project {
            id: ProjectId::from_parts(Timestamp(1), crate::hash::Hash::of(name.as_bytes())),
            workspace: WorkspaceId::PERSONAL,
            name: name.to_owned(),
            description: String::new(),
            status: ProjectStatus::Active,
            folder: folder.map(str::to_owned),
            objectives: Vec::new(),
            pinned: Vec::new(),
            created_at: Timestamp(1),
            updated_at: Timestamp(1),
        }
    }

    #[test]
    fn the_nearest_folder_holds_a_session() {
        let projects = [
            project("none", None),
            project("work", Some("/home/a/work")),
            project("app", Some("/home/a/work/app")),
        ];
        for (place, expected) in [
            ("/home/a/work/app/src", Some("app")),
            ("/home/a/work/app", Some("app")),
            ("/home/a/work/apple", Some("work")),
            ("/home/a/work", Some("work")),
            ("/home/a", None),
        ] {
            let found = Project::holding(&projects, place);
            assert_eq!(found.map(|project| project.name.as_str()), expected);
        }
    }

    #[test]
    fn progress_is_unknown_without_objectives() {
        assert_eq!(ObjectivesReached::of(&[]), None);
        let objective = |done| Objective {
            text: "x".to_owned(),
            done,
        };
        let reached = ObjectivesReached::of(&[objective(true), objective(false)]);
        assert_eq!(reached, Some(ObjectivesReached { done: 1, total: 2 }));
    }
}
