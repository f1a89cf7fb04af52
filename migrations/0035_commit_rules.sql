-- Why: whether work is committed before it is handed over is asked once for each project.
create table commit_rules (
    project_id text primary key references projects (id) on delete cascade,
    workspace_id text not null,
    rule text not null check (rule in ('never', 'ask', 'always')),
    branch text not null
) strict, without rowid;
