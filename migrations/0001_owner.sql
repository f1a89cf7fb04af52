-- Why: one row says which start of Krake may write (epoch) and whether the last one stopped cleanly.
-- It is about the whole file, above every workspace, so it carries no workspace_id.
create table owner (
    id integer primary key check (id = 1),
    epoch integer not null,
    clean integer not null check (clean in (0, 1))
) strict;

insert into owner (id, epoch, clean) values (1, 0, 1);
