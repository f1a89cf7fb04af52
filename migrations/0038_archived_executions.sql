-- Why: executions that came in with a capsule are kept to be read and exported again; they never
-- ran here, so they belong neither into the journal nor among what can be steered.
create table archived_executions (
    id text primary key,
    workspace_id text not null,
    name text not null,
    title text not null,
    source text not null,
    status text not null,
    created_at integer not null,
    started_at integer,
    ended_at integer,
    steps_total integer not null,
    steps_done integer not null,
    steps_failed integer not null
) strict, without rowid;

create table archived_events (
    execution_id text not null references archived_executions (id) on delete cascade,
    seq integer not null,
    workspace_id text not null,
    at integer not null,
    event text not null,
    primary key (execution_id, seq)
) strict, without rowid;
