-- Why: a person may allow more than one call; made in the transaction of the event that says so,
-- dated, counted as it is used, and taken back without being forgotten.
create table rules (
    id text primary key,
    workspace_id text not null,
    tool text not null,
    definition text not null,
    pattern text not null,
    approval_id text not null,
    created_at integer not null,
    created_by text not null,
    expires_at integer not null,
    revoked_at integer,
    revoked_by text,
    times_used integer not null default 0,
    last_used_at integer
) strict, without rowid;
