-- Why: sessions are found by their titles.
create virtual table session_titles using fts5(
    title, session_id unindexed,
    tokenize = 'porter unicode61 remove_diacritics 2'
);

insert into session_titles (title, session_id)
select title, id from sessions where title is not null;

create trigger session_titles_added after insert on sessions when new.title is not null begin
    insert into session_titles (title, session_id) values (new.title, new.id);
end;

create trigger session_titles_changed after update of title on sessions
when old.title is not new.title begin
    delete from session_titles where session_id = old.id;
    insert into session_titles (title, session_id)
    select new.title, new.id where new.title is not null;
end;

create trigger session_titles_removed after delete on sessions begin
    delete from session_titles where session_id = old.id;
end;
