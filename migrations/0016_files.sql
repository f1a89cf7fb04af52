-- Why: what sessions were read from is kept in parts as it grows, so that a line more costs a line.
create table files (
    file integer primary key,
    workspace_id text not null,
    path text not null,
    format text not null,
    identity text,
    modified integer,
    bytes integer not null,
    broken_lines integer not null,
    read_at integer not null,
    unique (workspace_id, path)
) strict;

create table file_parts (
    file integer not null references files (file) on delete cascade,
    workspace_id text not null,
    start integer not null,
    bytes integer not null,
    hash text not null,
    kept_hash text not null,
    kept_bytes integer not null,
    primary key (file, start)
) strict, without rowid;
