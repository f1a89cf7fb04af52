-- Why: what a person put back into a drafted briefing was forgotten when the page was left. It is a
-- list of texts, as they were told as lost; a draft without one has none.
alter table drafts add column wanted text;
