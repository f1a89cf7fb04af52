-- Why: the secrets of one project may have to be dropped where those of all others are kept, or the
-- other way round. A project without a row goes by what holds for all.
create table project_secret_policy (
    project_id text primary key references projects (id) on delete cascade,
    workspace_id text not null,
    policy text not null check (policy in ('drop', 'encrypt'))
) strict, without rowid;
