-- Why: a handoff whose commit was refused went out all the same. It stands as not sent now, and that is
-- a state of its own. SQLite changes no check of a column, so the table is made anew.
create table handoffs_new (
    id text primary key,
    workspace_id text not null,
    project_id text,
    folder text,
    from_account text,
    to_account text,
    goal text,
    state text not null check (
        state in ('preparing', 'pending', 'claimed', 'done', 'withdrawn', 'not_sent')
    ),
    briefing text not null,
    credits_used real,
    snapshot_id text references snapshots (id),
    created_at integer not null,
    claimed_at integer,
    claimed_by text,
    done_at integer,
    note text,
    delivery text not null default '{}',
    history_tokens integer
) strict, without rowid;

insert into handoffs_new
select id, workspace_id, project_id, folder, from_account, to_account, goal, state, briefing,
    credits_used, snapshot_id, created_at, claimed_at, claimed_by, done_at, note, delivery,
    history_tokens
from handoffs;

drop table handoffs;
alter table handoffs_new rename to handoffs;

create index handoffs_by_state on handoffs (state, id);
create index handoffs_by_project on handoffs (project_id, id);

create trigger marks_of_handoffs after update of state on handoffs
when new.state <> old.state begin
    delete from threads where id = new.id;
end;
