-- Why: an answer of a model is counted once, in however many files it stands, and what was spent by
-- day, account, project and model is told at once, however many messages there are. Answers without
-- a name of their own are kept as sums of their session.
create table answers (
    answer blob primary key,
    named integer not null check (named in (0, 1)),
    answers integer not null,
    workspace_id text not null,
    session_id text not null references sessions (id) on delete cascade,
    at integer not null,
    model text not null,
    above integer not null,
    input integer not null,
    output integer not null,
    cache_read integer not null,
    cache_write integer not null,
    reasoning integer not null
) strict, without rowid;

create index answers_by_session on answers (session_id);

-- Sums by quarter of an hour, with which every time zone begins its days. The model is empty where
-- it is not known; `above` is the number of tokens beyond which a price may be another.
create table usage (
    session_id text not null references sessions (id) on delete cascade,
    quarter integer not null,
    model text not null,
    above integer not null,
    workspace_id text not null,
    answers integer not null,
    input integer not null,
    output integer not null,
    cache_read integer not null,
    cache_write integer not null,
    reasoning integer not null,
    primary key (session_id, quarter, model, above)
) strict, without rowid;

-- What was imported before is known as one sum for each session. A fork repeats what its parent
-- answered, so its sum is left out until its file is read again, as every file is once.
insert into usage
select id, coalesce(ended_at, started_at) / 900000, coalesce(model, ''), 0, workspace_id, 1,
    usage ->> '$.input', usage ->> '$.output', usage ->> '$.cache_read', usage ->> '$.cache_write',
    usage ->> '$.reasoning'
from sessions
where forked_from is null and coalesce(ended_at, started_at) is not null
  and (usage ->> '$.input') + (usage ->> '$.output') + (usage ->> '$.cache_read')
      + (usage ->> '$.cache_write') > 0;

update files set modified = null;
