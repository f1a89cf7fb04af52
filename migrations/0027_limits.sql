-- Why: what a provider lets an account use is seen now and then by different eyes; each look is kept
-- with its time and source, so that the rate of use can be told from several of them.
create table limits (
    account_id text not null,
    workspace_id text not null,
    span text not null check (span in ('minute', 'five_hours', 'day', 'week', 'month', 'balance')),
    unit text not null,
    source text not null check (source in ('headers', 'refusal', 'tool_log', 'manual')),
    seen_at integer not null,
    most integer,
    remaining integer,
    resets_at integer,
    primary key (account_id, span, unit, source, seen_at)
) strict, without rowid;
