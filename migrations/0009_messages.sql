-- Why: messages are cited by position and deduplicated by key, so an import can be repeated.
create table messages (
    session_id text not null references sessions (id),
    key text not null,
    workspace_id text not null,
    position integer not null,
    role text not null check (role in ('user', 'assistant', 'tool', 'system')),
    kind text not null check (kind in (
        'text', 'thinking', 'tool_call', 'tool_result', 'meta', 'summary', 'limit'
    )),
    message text not null,
    primary key (session_id, key)
) strict, without rowid;

create index messages_in_order on messages (session_id, position);
