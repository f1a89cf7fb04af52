-- Why: a capsule brings what answers took; taking one back that extended a session must know which of
-- them it brought.
alter table answers add column import_id text;
