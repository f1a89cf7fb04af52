-- Why: a mark is about the state that a person saw; when the approval or the execution moves on, the
-- mark ends with it, in the same transaction.
create trigger marks_of_executions after update of status on executions
when new.status <> old.status begin
    delete from threads where id = new.id;
end;

create trigger marks_of_approvals after update of status on approvals
when new.status <> old.status begin
    delete from threads where id = new.id;
end;
