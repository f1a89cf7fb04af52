-- Why: a tool that says "resets 5pm" does not say where it is 5pm. The zone that was assumed is kept, so
-- that the moment is never shown as more certain than it is.
alter table drafts add column resets_zone text;
