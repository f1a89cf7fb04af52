-- Why: an account that was called by its name was kept under that name, and what it did was counted
-- for nobody.
update sessions
set account_id = (select id from accounts where name = sessions.account_id)
where account_id in (select name from accounts);

update handoffs
set from_account = (select id from accounts where name = handoffs.from_account)
where from_account in (select name from accounts);

update handoffs
set to_account = (select id from accounts where name = handoffs.to_account)
where to_account in (select name from accounts);

update handoffs
set claimed_by = (select id from accounts where name = handoffs.claimed_by)
where claimed_by in (select name from accounts);
