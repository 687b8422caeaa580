-- Reads one record for a backup.
-- ARGV: kind, id.
-- Returns {ttl in ms or below 0, {field, value, ...}, events of an idea}.

local name = KEYS[1] .. ARGV[1] .. ':' .. ARGV[2]
local events = {}
if ARGV[1] == 'idea' then events = redis.call('LRANGE', KEYS[1] .. 'history:' .. ARGV[2], 0, -1) end
return {redis.call('PTTL', name), redis.call('HGETALL', name), events}
