-- Why: the inbox asks for what waits; derived from the approval events in the same transaction, and
-- what was asked and answered stays in those events alone.
create table approvals (
    id text primary key,
    workspace_id text not null,
    execution_id text not null,
    status text not null check (status in ('waiting', 'approved', 'rejected', 'expired', 'withdrawn')),
    asked_seq integer not null references journal (seq),
    ended_seq integer references journal (seq)
) strict, without rowid;

create index approvals_by_status on approvals (status, asked_seq);
create index approvals_by_execution on approvals (execution_id, asked_seq);
