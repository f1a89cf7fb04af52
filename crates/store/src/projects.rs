//! Projects, and which sessions their folders hold.

use krake_domain::id::{ProjectId, SessionId, WorkspaceId};
use krake_domain::project::{Project, ProjectStatus};
use krake_domain::time::Timestamp;
use sqlx::sqlite::SqliteConnection;

use crate::commit::Tag;
use crate::error::StoreError;
use crate::kept_secrets::leave_empty_safes;
use crate::row::row;
use crate::store::Store;
use crate::words;

/// A project in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectRow {
    pub project: Project,
    pub sessions: u64,
    /// Accounts that worked on it, by their ids.
    pub accounts: Vec<String>,
    /// The end of its last session.
    pub last_session_at: Option<Timestamp>,
}

/// What became of a new project or a new name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Yes,
    /// Another project of the workspace has this name.
    NameTaken,
}

impl Store {
    /// Keeps a new project; the sessions that its folder holds become its own.
    pub async fn add_project(&self, project: Project) -> Result<Kept, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                if name_is_taken(connection, &project).await? {
                    return Ok(Kept::NameTaken);
                }
                sqlx::query(
                    "insert into projects (id, workspace_id, name, description, status, folder,
                     objectives, pinned, created_at, updated_at)
                     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                )
                .bind(project.id.to_string())
                .bind(project.workspace.to_string())
                .bind(project.name)
                .bind(project.description)
                .bind(words::spell(&project.status))
                .bind(project.folder.clone())
                .bind(list(&project.objectives))
                .bind(list(&project.pinned))
                .bind(project.created_at.0)
                .bind(project.updated_at.0)
                .execute(&mut *connection)
                .await?;
                if project.folder.is_some() {
                    sort_sessions(connection, project.workspace, None).await?;
                    transaction.changed(Tag::Sessions);
                }
                transaction.changed(Tag::Projects);
                Ok(Kept::Yes)
            })
        })
        .await
    }

    /// Replaces everything of a project but its id and its beginning.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn change_project(&self, project: Project) -> Result<Kept, StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                if name_is_taken(connection, &project).await? {
                    return Ok(Kept::NameTaken);
                }
                let changed = sqlx::query(
                    "update projects set name = $2, description = $3, status = $4, folder = $5,
                            objectives = $6, pinned = $7, updated_at = $8
                     where id = $1",
                )
                .bind(project.id.to_string())
                .bind(project.name)
                .bind(project.description)
                .bind(words::spell(&project.status))
                .bind(project.folder)
                .bind(list(&project.objectives))
                .bind(list(&project.pinned))
                .bind(project.updated_at.0)
                .execute(&mut *connection)
                .await?;
                if changed.rows_affected() == 0 {
                    return Err(StoreError::NotFound(format!("project {}", project.id)));
                }
                sort_sessions(connection, project.workspace, None).await?;
                transaction.changed(Tag::Projects);
                transaction.changed(Tag::Sessions);
                Ok(Kept::Yes)
            })
        })
        .await
    }

    /// Forgets a project; its sessions stay, without one or in the project whose folder holds them.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_project(&self, id: ProjectId) -> Result<(), StoreError> {
        self.write(move |transaction| {
            Box::pin(async move {
                let connection = &mut transaction.connection;
                sqlx::query("update sessions set project_fixed = 0 where project_id = $1")
                    .bind(id.to_string())
                    .execute(&mut *connection)
                    .await?;
                let workspace: Option<String> =
                    sqlx::query_scalar("delete from projects where id = $1 returning workspace_id")
                        .bind(id.to_string())
                        .fetch_optional(&mut *connection)
                        .await?;
                let workspace =
                    workspace.ok_or_else(|| StoreError::NotFound(format!("project {id}")))?;
                sort_sessions(connection, words::parse(&workspace)?, None).await?;
                // Its own word on secrets is gone with it, and with it perhaps the need of a key.
                leave_empty_safes(connection).await?;
                transaction.changed(Tag::Projects);
                transaction.changed(Tag::Sessions);
                Ok(())
            })
        })
        .await
    }

    /// The projects of a status or all, those last worked on first.
    pub async fn list_projects(
        &self,
        status: Option<ProjectStatus>,
    ) -> Result<Vec<ProjectRow>, StoreError> {
        let rows: Vec<Row> = sqlx::query_as(
            "select projects.*,
                    count(sessions.id) as sessions,
                    json_group_array(distinct sessions.account_id)
                        filter (where sessions.account_id is not null) as accounts,
                    max(coalesce(sessions.ended_at, sessions.started_at)) as last_session_at
             from projects left join sessions on sessions.project_id = projects.id
             where $1 is null or projects.status = $1
             group by projects.id
             order by max(projects.updated_at, coalesce(
                 max(coalesce(sessions.ended_at, sessions.started_at)), 0)) desc, projects.id desc",
        )
        .bind(status.map(|status| words::spell(&status)))
        .fetch_all(self.readers())
        .await?;
        rows.into_iter().map(Row::parse).collect()
    }

    /// One project by its id.
    pub async fn find_project(&self, id: ProjectId) -> Result<Option<ProjectRow>, StoreError> {
        let rows = self.list_projects(None).await?;
        Ok(rows.into_iter().find(|row| row.project.id == id))
    }
}

/// Gives every session (or this one) that no hand has placed to the project whose folder holds it.
pub(crate) async fn sort_sessions(
    connection: &mut SqliteConnection,
    workspace: WorkspaceId,
    session: Option<SessionId>,
) -> Result<(), StoreError> {
    sqlx::query(
        "update sessions set project_id = holding.project from (
             select sessions.id as session, (
                 select projects.id from projects
                 where projects.workspace_id = sessions.workspace_id
                   and projects.folder is not null
                   and substr(coalesce(place, cwd), 1, length(folder)) = folder
                   and substr(coalesce(place, cwd), length(folder) + 1, 1) in ('', '/', '\\')
                 order by length(folder) desc limit 1
             ) as project
             from sessions
             where project_fixed = 0 and workspace_id = $1 and ($2 is null or id = $2)
         ) as holding
         where sessions.id = holding.session and project_id is not holding.project",
    )
    .bind(workspace.to_string())
    .bind(session.map(|session| session.to_string()))
    .execute(connection)
    .await?;
    Ok(())
}

async fn name_is_taken(
    connection: &mut SqliteConnection,
    project: &Project,
) -> Result<bool, StoreError> {
    let others: i64 = sqlx::query_scalar(
        "select count(*) from projects where workspace_id = $1 and name = $2 and id <> $3",
    )
    .bind(project.workspace.to_string())
    .bind(project.name.clone())
    .bind(project.id.to_string())
    .fetch_one(connection)
    .await?;
    Ok(others > 0)
}

fn list<T: serde::Serialize>(items: &[T]) -> String {
    serde_json::to_string(items).expect("a list of plain data")
}

fn read<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|error| StoreError::Corrupt(format!("a project cannot be read: {error}")))
}

row! {
    struct Row {
        id: String,
        workspace_id: String,
        name: String,
        description: String,
        status: String,
        folder: Option<String>,
        objectives: String,
        pinned: String,
        created_at: i64,
        updated_at: i64,
        sessions: i64,
        accounts: String,
        last_session_at: Option<i64>,
    }
}

impl Row {
    fn parse(self) -> Result<ProjectRow, StoreError> {
        Ok(ProjectRow {
            project: Project {
                id: words::parse(&self.id)?,
                workspace: words::parse(&self.workspace_id)?,
                name: self.name,
                description: self.description,
                status: words::read(&self.status)?,
                folder: self.folder,
                objectives: read(&self.objectives)?,
                pinned: read(&self.pinned)?,
                created_at: Timestamp(self.created_at),
                updated_at: Timestamp(self.updated_at),
            },
            sessions: words::count(self.sessions)?,
            accounts: read(&self.accounts)?,
            last_session_at: self.last_session_at.map(Timestamp),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{imported, uuid};
    use krake_domain::project::Objective;

    fn project(name: &str, folder: Option<&str>) -> Project {
        Project {
            id: ProjectId::from_uuid(uuid()),
            workspace: WorkspaceId::PERSONAL,
            name: name.to_owned(),
            description: "d".to_owned(),
            status: ProjectStatus::Active,
            folder: folder.map(str::to_owned),
            objectives: vec![Objective {
                text: "reach it".to_owned(),
                done: true,
            }],
            pinned: vec!["src/main.rs".to_owned()],
            created_at: Timestamp(1),
            updated_at: Timestamp(1),
        }
    }

    async fn holder(store: &Store, native: &str) -> Option<String> {
        let sessions = store.list_sessions(None).await.unwrap();
        let session = sessions.iter().find(|row| row.native_id == native).unwrap();
        let projects = store.list_projects(None).await.unwrap();
        let found = projects
            .iter()
            .find(|row| Some(row.project.id) == session.project);
        found.map(|row| row.project.name.clone())
    }

    #[tokio::test]
    async fn sessions_follow_the_nearest_folder_and_stay_where_a_hand_put_them() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        for (native, cwd) in [
            ("a", "/work/app/src"),
            ("b", "/work/apple"),
            ("c", "/else"),
            ("w", "C:\\work\\app"),
        ] {
            store.import_session(imported(native, cwd)).await.unwrap();
        }
        let work = project("work", Some("/work"));
        assert_eq!(store.add_project(work.clone()).await.unwrap(), Kept::Yes);
        assert_eq!(holder(&store, "a").await.as_deref(), Some("work"));
        let app = project("app", Some("/work/app"));
        store.add_project(app.clone()).await.unwrap();
        store
            .add_project(project("windows", Some("C:\\work")))
            .await
            .unwrap();
        for (native, expected) in [
            ("a", Some("app")),
            ("b", Some("work")),
            ("c", None),
            ("w", Some("windows")),
        ] {
            assert_eq!(holder(&store, native).await.as_deref(), expected);
        }
        let mut by_hand = imported("c", "/else");
        by_hand.project = Some(work.id);
        store.import_session(by_hand).await.unwrap();
        assert_eq!(holder(&store, "c").await.as_deref(), Some("work"));
        store.remove_project(app.id).await.unwrap();
        assert_eq!(holder(&store, "a").await.as_deref(), Some("work"));
        let moved = Project {
            folder: Some("/elsewhere".to_owned()),
            ..work.clone()
        };
        store.change_project(moved).await.unwrap();
        assert_eq!(holder(&store, "a").await, None);
        assert_eq!(holder(&store, "c").await.as_deref(), Some("work"));
        store.remove_project(work.id).await.unwrap();
        assert_eq!(holder(&store, "c").await, None);
        assert_eq!(store.list_sessions(None).await.unwrap().len(), 4);
    }

    #[tokio::test]
    async fn a_name_is_given_once_and_a_project_comes_back_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_owner(dir.path()).await.unwrap();
        let first = project("one", None);
        assert_eq!(store.add_project(first.clone()).await.unwrap(), Kept::Yes);
        let second = project("one", None);
        assert_eq!(
            store.add_project(second.clone()).await.unwrap(),
            Kept::NameTaken
        );
        let row = store.find_project(first.id).await.unwrap().unwrap();
        assert_eq!((row.project, row.sessions), (first.clone(), 0));
        assert_eq!(store.find_project(second.id).await.unwrap(), None);
        let paused = Some(ProjectStatus::Paused);
        assert_eq!(store.list_projects(paused).await.unwrap(), []);
        let changed = Project {
            status: ProjectStatus::Paused,
            updated_at: Timestamp(9),
            ..first.clone()
        };
        store.change_project(changed.clone()).await.unwrap();
        assert_eq!(
            store.list_projects(paused).await.unwrap()[0].project,
            changed
        );
        assert!(matches!(
            store.change_project(project("two", None)).await,
            Err(StoreError::NotFound(_))
        ));
        assert!(matches!(
            store.remove_project(second.id).await,
            Err(StoreError::NotFound(_))
        ));
    }
}
