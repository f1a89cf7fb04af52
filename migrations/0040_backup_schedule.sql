-- Why: how often a backup is made by itself and how many of them are kept is a person's to say.
create table backup_schedule (
    workspace_id text not null primary key,
    hours integer not null check (hours between 0 and 8760),
    keep integer not null check (keep between 1 and 1000)
) strict, without rowid;
