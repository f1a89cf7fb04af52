-- Why: what a person said about a thread of the inbox: looked at and done, or not before a moment.
-- The threads themselves follow from approvals and executions. What ended badly before there was a
-- place for it was seen where it ended.
create table threads (
    id text primary key,
    workspace_id text not null,
    done_at integer,
    snoozed_until integer,
    check ((done_at is null) <> (snoozed_until is null))
) strict, without rowid;

create index threads_asleep on threads (snoozed_until) where snoozed_until is not null;
create index executions_to_look_at on executions (status) where status in ('failed', 'stopped');

insert into threads (id, workspace_id, done_at)
select id, workspace_id, coalesce(ended_at, created_at) from executions
where status = 'failed' or (status = 'stopped' and ended_at is not null);
