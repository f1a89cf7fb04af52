-- Why: what was learned is kept with its sources; a correction supersedes and deletes nothing.
create table knowledge (
    entry integer primary key,
    id text not null unique,
    workspace_id text not null,
    key text not null,
    category text not null,
    title text not null,
    text text not null,
    sources text not null,
    created_at integer not null,
    superseded_by text references knowledge (id),
    unique (workspace_id, key)
) strict;

create index knowledge_by_category on knowledge (category, entry);
