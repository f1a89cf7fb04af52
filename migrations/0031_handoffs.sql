-- Why: a briefing waits in a queue until an account claims it; who had it and what came of it stays.
create table handoffs (
    id text primary key,
    workspace_id text not null,
    project_id text,
    folder text,
    from_account text,
    to_account text,
    goal text,
    state text not null check (state in ('pending', 'claimed', 'done')),
    briefing text not null,
    credits_used real,
    snapshot_id text references snapshots (id),
    created_at integer not null,
    claimed_at integer,
    claimed_by text,
    done_at integer,
    note text
) strict, without rowid;

create index handoffs_by_state on handoffs (state, id);
