-- Why: a request that is sent twice with one Idempotency-Key gets the first answer and acts once.
create table replies (
    key text primary key,
    workspace_id text not null,
    command text not null,
    request_hash blob not null check (length(request_hash) = 32),
    epoch integer not null,
    status integer,
    body text,
    created_at integer not null,
    check ((status is null) = (body is null))
) strict, without rowid;

create index replies_by_age on replies (created_at);
