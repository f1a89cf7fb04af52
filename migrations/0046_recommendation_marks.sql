-- Why: a recommendation that a person does not want is not made again, or not before a moment.
create table recommendation_marks (
    workspace_id text not null,
    recommendation text not null,
    until integer,
    at integer not null,
    primary key (workspace_id, recommendation)
) strict, without rowid;
