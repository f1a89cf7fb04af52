-- Why: the search index names a message by a number that stays the same, and filters by its moment
-- and its tool; both must be columns, and columns before the text, so that no text is read for them.
create table messages_numbered (
    number integer primary key,
    session_id text not null references sessions (id),
    key text not null,
    workspace_id text not null,
    position integer not null,
    role text not null check (role in ('user', 'assistant', 'tool', 'system')),
    kind text not null check (kind in (
        'text', 'thinking', 'tool_call', 'tool_result', 'meta', 'summary', 'limit'
    )),
    at integer,
    sidechain integer not null check (sidechain in (0, 1)),
    tool text,
    message text not null,
    unique (session_id, key)
) strict;

insert into messages_numbered (
    session_id, key, workspace_id, position, role, kind, at, sidechain, tool, message
)
select
    session_id, key, workspace_id, position, role, kind, message ->> '$.at',
    coalesce(message ->> '$.sidechain', 0), nullif(message ->> '$.tool.name', ''), message
from messages
order by session_id, position, key;

drop table messages;
alter table messages_numbered rename to messages;

create index messages_in_order on messages (session_id, position);
