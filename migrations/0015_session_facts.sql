-- Why: a session says whose it is, what it was for and what it cost; `place` is where its folder
-- really lies, and a project that was named by hand is not taken from it by a folder.
alter table sessions add column project_id text references projects (id) on delete set null;
alter table sessions add column project_fixed integer not null default 0;
alter table sessions add column place text;
alter table sessions add column account_id text;
alter table sessions add column session_type text not null default 'imported';
alter table sessions add column objectives text not null default '[]';
alter table sessions add column credits_used real;
alter table sessions add column git_branch text;
alter table sessions add column git_commit text;
alter table sessions add column model text;
alter table sessions add column forked_from text;
alter table sessions add column redactions text not null default '{}';

create index sessions_by_project on sessions (project_id);
create index sessions_by_account on sessions (account_id);
create index sessions_by_path on sessions (path);
