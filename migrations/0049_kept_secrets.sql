-- Why: a person may want the words of secrets that were found in what came in kept, encrypted, instead
-- of dropped. The key of a safe is in the vault and never here; a row of it is written before the key
-- is put there and forgotten after it is taken out, so that no key stays behind without anybody's
-- knowledge. The digest is made with that key, so nobody can try words against it.
create table safes (
    id text primary key,
    workspace_id text not null,
    place text not null check (place in ('keychain', 'file')),
    state text not null check (state in ('adding', 'kept', 'leaving')),
    epoch integer not null,
    created_at integer not null
) strict, without rowid;

create table secret_policy (
    workspace_id text not null primary key,
    policy text not null check (policy in ('drop', 'encrypt')),
    safe_id text references safes (id)
) strict, without rowid;

create table kept_secrets (
    id text primary key,
    workspace_id text not null,
    safe_id text not null references safes (id),
    kind text not null,
    token text not null,
    digest text not null,
    sealed blob not null,
    session_id text,
    found_at integer not null,
    unique (safe_id, digest)
) strict, without rowid;

create index kept_secrets_by_token on kept_secrets (token);
