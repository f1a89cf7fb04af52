-- Why: the append-only list of events is the truth about every execution; the hashes chain the rows,
-- and a payload can be erased without breaking the chain.
create table journal (
    seq integer primary key,
    workspace_id text not null,
    execution_id text not null,
    kind text not null,
    version integer not null,
    at integer not null,
    payload text,
    payload_blob text,
    payload_hash blob not null,
    prev blob not null,
    hash blob not null,
    check (payload is null or payload_blob is null)
) strict;

create index journal_by_execution on journal (execution_id, seq);
