-- Why: an account that runs out in the middle of work becomes one draft of a handoff, which a restart
-- does not make again; what a person said to it stays. `position` tells the message of the session,
-- or the moment of the refusal, so that two who look at once draft one.
create table drafts (
    id text primary key,
    workspace_id text not null,
    project_id text references projects (id) on delete cascade,
    session_id text references sessions (id) on delete cascade,
    account_id text,
    position integer not null,
    source text not null check (source in ('tool_log', 'refusal', 'credit')),
    who text not null,
    said text not null,
    ran_out_at integer not null,
    resets_at integer,
    briefing text,
    history_tokens integer,
    trouble text,
    state text not null check (state in ('open', 'handed_over', 'rejected')),
    reason text,
    handoff_id text,
    created_at integer not null,
    over_at integer
) strict, without rowid;

create unique index drafts_once on drafts (coalesce(session_id, account_id), source, position);
create index drafts_of_sessions on drafts (session_id) where over_at is null;
create index drafts_to_look_at on drafts (state) where state = 'open' and over_at is null;

create trigger marks_of_drafts after update of state, over_at on drafts begin
    delete from threads where id = new.id;
end;
