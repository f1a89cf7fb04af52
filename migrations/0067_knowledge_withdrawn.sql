-- Why: after a restore of a snapshot what was learned later counted beside what it had replaced. It
-- stands as withdrawn now, and nothing is deleted: the state before the restore brings it back.
alter table knowledge add column withdrawn_at integer;
