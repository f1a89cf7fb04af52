-- Why: a secret is put into the vault before the account that has it, and taken out after it; a
-- crash in between leaves a row here, so that no secret stays behind without anybody's knowledge.
create table credentials (
    id text primary key,
    workspace_id text not null,
    account_id text not null,
    place text not null check (place in ('keychain', 'file')),
    state text not null check (state in ('adding', 'kept', 'leaving')),
    epoch integer not null,
    created_at integer not null
) strict, without rowid;
