-- Why: a session is imported once per tool and native id; a second import only adds to it.
create table sessions (
    id text primary key,
    workspace_id text not null,
    source text not null,
    native_id text not null,
    path text not null,
    cwd text,
    title text,
    started_at integer,
    ended_at integer,
    usage text not null,
    raw_hash text not null,
    raw_bytes integer not null,
    broken_lines integer not null,
    unique (workspace_id, source, native_id)
) strict, without rowid;

create index sessions_by_cwd on sessions (cwd);
