-- Why: each session of one account that met the same limit made a draft of its own, and one limit of a
-- project stood in the inbox several times. These are the sessions besides the one that a draft was
-- made for. A capsule leaves them out: where it is taken in, the next look finds them again.
create table draft_sessions (
    draft_id text not null references drafts (id) on delete cascade,
    workspace_id text not null,
    session_id text not null references sessions (id) on delete cascade,
    position integer not null,
    met_at integer not null,
    primary key (session_id, position)
) strict, without rowid;

create index sessions_of_drafts on draft_sessions (draft_id);
