-- Why: messages are found by their meaning only by a model that a person chose, and the numbers of one
-- model say nothing to those of another. So the choice stands once, and `written` counts what was made
-- for it, so that whoever holds the numbers in memory knows what is new.
create table meaning_model (
    workspace_id text not null primary key,
    account_id text not null,
    model text not null,
    place text not null,
    dimension integer not null check (dimension between 1 and 4096),
    paused integer not null check (paused in (0, 1)),
    chosen_at integer not null,
    written integer not null
) strict, without rowid;
