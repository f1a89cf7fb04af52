-- Why: what Krake freezes by itself was named in English in every language. It says what it was made
-- before now, and a name is what a person gave.
alter table snapshots add column occasion text check (occasion in ('handoff', 'restore'));

update snapshots set occasion = 'handoff', name = ''
where name = 'before a handoff' and id in (select snapshot_id from handoffs);

update snapshots set occasion = 'restore', name = trim(substr(name, 23), '`')
where name like 'before the restore of _%';
