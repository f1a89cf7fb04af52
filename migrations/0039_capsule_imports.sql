-- Why: an import of a capsule can be taken back, so each thing that it brought is written down with
-- a hash of what it was then; what was changed since stays.
create table capsule_imports (
    id text primary key,
    workspace_id text not null,
    file text not null,
    content_hash text not null,
    made_at integer,
    imported_at integer not null,
    undone_at integer,
    brought integer not null,
    playbooks text not null
) strict, without rowid;

create table capsule_items (
    import_id text not null references capsule_imports (id) on delete cascade,
    place integer not null,
    workspace_id text not null,
    noun text not null,
    id text not null,
    incoming text not null,
    digest text not null,
    primary key (import_id, place)
) strict, without rowid;

create index capsule_items_by_incoming on capsule_items (noun, incoming);
