-- Why: a session that grew elsewhere is extended by a capsule instead of coming in a second time; to
-- take that back, what its row was before and how many messages it had are written down.
alter table capsule_items add column before text;
alter table capsule_items add column kept integer;
