-- Why: work is spread over several accounts, with or without a key; the key itself is in the vault,
-- and here is only the name under which the vault keeps it.
create table accounts (
    id text primary key,
    workspace_id text not null,
    name text not null,
    email text,
    provider text not null check (provider in (
        'anthropic', 'openai', 'gemini', 'openai_compatible', 'ollama', 'claude_app', 'chatgpt_app',
        'gemini_app', 'other'
    )),
    plan text,
    specialization text,
    tags text not null,
    status text not null check (status in ('active', 'paused')),
    base_url text,
    model text,
    format text check (format in ('chat', 'responses')),
    credential_id text,
    created_at integer not null,
    updated_at integer not null,
    checked_at integer,
    check_outcome text,
    check_said text,
    check_ms integer,
    unique (workspace_id, name)
) strict, without rowid;
