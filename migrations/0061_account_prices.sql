-- Why: what the models of a server of one's own or of a gateway cost, no table knows. A person says it,
-- each time with its moment, so that earlier calls keep the price that they had.
alter table accounts add column prices text;
