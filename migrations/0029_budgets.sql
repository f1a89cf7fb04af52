-- Why: what a person lets Krake spend, and which accounts a person wants for what, hold until that
-- person changes them.
create table budgets (
    id text primary key,
    workspace_id text not null,
    over text not null,
    period text not null check (period in ('day', 'month', 'always')),
    unit text not null check (unit in ('usd', 'tokens')),
    cap integer not null,
    created_at integer not null
) strict, without rowid;

create table routing (
    workspace_id text not null,
    position integer not null,
    rule text not null,
    primary key (workspace_id, position)
) strict, without rowid;
