-- Why: context is frozen before it is handed over, so that it can be compared and brought back.
create table snapshots (
    id text primary key,
    workspace_id text not null,
    project_id text,
    folder text,
    name text not null,
    created_at integer not null,
    frozen text not null
) strict, without rowid;
