-- Why: a call that a budget refused was never made and stands in no list of calls; whoever wonders why
-- nothing came finds it here.
create table refused_calls (
    id text primary key,
    workspace_id text not null,
    at integer not null,
    budget_id text not null,
    account_id text not null,
    project_id text,
    run_id text,
    purpose text not null,
    model text,
    reason text not null check (reason in ('spent', 'price_unknown')),
    unit text not null check (unit in ('usd', 'tokens')),
    cap integer not null,
    spent integer,
    wanted integer
) strict, without rowid;

create index refused_calls_by_budget on refused_calls (budget_id, at);
