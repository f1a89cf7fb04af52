-- Why: what was stored before a rule improved, or before a key was known, is looked through once more
-- when a person wants it. How far that is moves in the transaction of what it changes, so a crash goes
-- on from there and counts nothing twice. `secret_rules` says by which rules all that is stored was
-- looked through; a database from before has no row.
create table rescans (
    rescan integer primary key,
    workspace_id text not null,
    rules integer not null,
    asked_by text not null,
    begun_at integer not null,
    stage text not null check (stage in (
        'messages', 'records', 'parts', 'journal', 'index', 'file', 'ended'
    )),
    place text not null,
    found text not null,
    trouble text,
    ended_at integer,
    check ((stage = 'ended') = (ended_at is not null))
) strict;

create table rescanned_sessions (
    rescan integer not null references rescans (rescan) on delete cascade,
    workspace_id text not null,
    session_id text not null,
    primary key (rescan, session_id)
) strict, without rowid;

create table secret_rules (
    workspace_id text not null primary key,
    rules integer not null,
    since integer not null
) strict, without rowid;

-- Whether a row names a blob is asked for each part that is replaced.
create index file_parts_by_kept on file_parts (kept_hash);
create index journal_by_blob on journal (payload_blob) where payload_blob is not null;

-- A name that was part of a secret goes, and with it what it is found by.
create trigger name_parts_removed after delete on names begin
    insert into name_parts (name_parts, rowid, text) values ('delete', old.name, old.text);
end;
