-- Why: a call of a model is reserved before it is made and settled after it, so that calls side by
-- side cannot spend a budget twice, and a crash between the two leaves the reservation to be counted.
create table model_calls (
    id text primary key,
    workspace_id text not null,
    account_id text not null,
    project_id text,
    run_id text,
    purpose text not null,
    model text not null,
    state text not null check (state in ('reserved', 'done', 'lost', 'returned')),
    epoch integer not null,
    at integer not null,
    most_usd integer,
    most_tokens integer not null,
    usd integer,
    input integer,
    cache_read integer,
    cache_write integer,
    output integer,
    outcome text,
    took_ms integer
) strict, without rowid;

create index model_calls_by_time on model_calls (at);
create index model_calls_by_account on model_calls (account_id, at);
create index model_calls_by_run on model_calls (run_id) where run_id is not null;
