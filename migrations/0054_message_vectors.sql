-- Why: what a message means is kept as numbers of one byte each and their scale, a quarter of what
-- they take as they come. One that was passed over has nothing that could be asked for, or was not
-- taken by the model.
-- They are derived, so they go with their message and when its text becomes another.
create table message_vectors (
    number integer primary key,
    workspace_id text not null,
    added integer not null,
    passed_over integer not null check (passed_over in (0, 1)),
    scale real not null,
    vector blob not null
) strict;

create index message_vectors_in_order on message_vectors (passed_over, added);

create trigger message_vectors_removed after delete on messages begin
    delete from message_vectors where number = old.number;
end;

create trigger message_vectors_outdated after update of message on messages
when old.message <> new.message begin
    delete from message_vectors where number = old.number;
end;

-- The newest messages come first, and there is an end to how many.
create index messages_by_time on messages (at);
