-- Why: the few events of one step and the line of its execution go in as one statement, which is what
-- a chain of steps waits for; and it refuses a process whose epoch is over.
create view appended as
select
    owner.epoch, journal.seq, journal.workspace_id, journal.execution_id, journal.kind,
    journal.version, journal.at, journal.payload, journal.payload_blob, journal.payload_hash,
    journal.prev, journal.hash, executions.name, executions.title, executions.source,
    executions.status, executions.created_at, executions.started_at, executions.ended_at,
    executions.steps_total, executions.steps_done, executions.steps_failed, executions.waiting
from owner, journal, executions;

create trigger appended_in_one instead of insert on appended begin
    select raise(abort, 'another epoch') where new.epoch <> (select epoch from owner);
    insert into journal (
        seq, workspace_id, execution_id, kind, version, at, payload, payload_blob, payload_hash,
        prev, hash
    )
    values (
        new.seq, new.workspace_id, new.execution_id, new.kind, new.version, new.at, new.payload,
        new.payload_blob, new.payload_hash, new.prev, new.hash
    );
    insert into executions (
        id, workspace_id, name, title, source, status, created_at, started_at, ended_at,
        steps_total, steps_done, steps_failed, waiting
    )
    select
        new.execution_id, new.workspace_id, new.name, new.title, new.source, new.status,
        new.created_at, new.started_at, new.ended_at, new.steps_total, new.steps_done,
        new.steps_failed, new.waiting
    where new.status is not null
    on conflict (id) do update set
        name = excluded.name, title = excluded.title, source = excluded.source,
        status = excluded.status, started_at = excluded.started_at, ended_at = excluded.ended_at,
        steps_total = excluded.steps_total, steps_done = excluded.steps_done,
        steps_failed = excluded.steps_failed, waiting = excluded.waiting;
end;
