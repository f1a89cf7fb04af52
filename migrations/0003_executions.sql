-- Why: lists of executions are read without folding their journals; written beside the events.
create table executions (
    id text primary key,
    workspace_id text not null,
    name text not null,
    title text not null,
    source text not null,
    status text not null check (status in (
        'proposed', 'running', 'waiting', 'paused', 'cancelling',
        'done', 'failed', 'cancelled', 'stopped'
    )),
    created_at integer not null,
    started_at integer,
    ended_at integer,
    steps_total integer not null,
    steps_done integer not null,
    steps_failed integer not null,
    waiting integer not null
) strict, without rowid;

create index executions_open on executions (status)
    where status in ('running', 'waiting', 'paused', 'cancelling');
