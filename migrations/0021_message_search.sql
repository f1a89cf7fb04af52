-- Why: messages are found by their words, by those of their neighbours, by the words that names are
-- made of, and by their tool. Only the index is kept here: the texts stay in messages.
create virtual table message_words using fts5(
    body, prev, next, code, tool,
    content = '', contentless_delete = 1,
    tokenize = 'porter unicode61 remove_diacritics 2'
);

-- Larger pieces are written at once, which an import is faster by.
insert into message_words (message_words, rank) values ('hashsize', 8388608);

create trigger message_words_removed after delete on messages begin
    delete from message_words where rowid = old.number;
end;

-- Why: a part of a name is found too. Names are kept once each, however often they are written.
create table names (
    name integer primary key,
    workspace_id text not null,
    text text not null,
    unique (workspace_id, text)
) strict;

create virtual table name_parts using fts5(
    text,
    content = 'names', content_rowid = 'name',
    tokenize = 'trigram', detail = none
);

create trigger name_parts_added after insert on names begin
    insert into name_parts (rowid, text) values (new.name, new.text);
end;
