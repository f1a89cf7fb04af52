-- Why: what a briefing saves is measured against the whole history that it stands for.
alter table handoffs add column history_tokens integer;
