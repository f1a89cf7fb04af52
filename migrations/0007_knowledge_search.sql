-- Why: knowledge is found by its words, whatever the accents, in the same file and transaction.
create virtual table knowledge_words using fts5 (
    title, text,
    content = 'knowledge', content_rowid = 'entry',
    tokenize = 'unicode61 remove_diacritics 2'
);

create trigger knowledge_words_added after insert on knowledge begin
    insert into knowledge_words (rowid, title, text) values (new.entry, new.title, new.text);
end;

create trigger knowledge_words_removed after delete on knowledge begin
    insert into knowledge_words (knowledge_words, rowid, title, text)
    values ('delete', old.entry, old.title, old.text);
end;

create trigger knowledge_words_changed after update of title, text on knowledge begin
    insert into knowledge_words (knowledge_words, rowid, title, text)
    values ('delete', old.entry, old.title, old.text);
    insert into knowledge_words (rowid, title, text) values (new.entry, new.title, new.text);
end;
