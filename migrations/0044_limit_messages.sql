-- Why: how often accounts ran into their limits is told without reading every message.
create index messages_of_limits on messages (at) where kind = 'limit';
