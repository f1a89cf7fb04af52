-- Why: a person says what a briefing always or never keeps, for one project or for all.
create table compression_rules (
    id text primary key,
    workspace_id text not null,
    project_id text,
    effect text not null check (effect in ('always_keep', 'never_keep')),
    subject text not null,
    created_at integer not null
) strict, without rowid;
