-- Why: sessions, accounts and briefings belong to a project; its folder says which sessions are its.
create table projects (
    id text primary key,
    workspace_id text not null,
    name text not null,
    description text not null,
    status text not null check (status in ('planned', 'active', 'paused', 'done')),
    folder text,
    objectives text not null,
    pinned text not null,
    created_at integer not null,
    updated_at integer not null,
    unique (workspace_id, name)
) strict, without rowid;

create index projects_by_folder on projects (folder);
