-- Writes a value, reads it back and takes it away.
-- ARGV: value.
-- Returns {what was read}.

redis.call('SET', KEYS[1], ARGV[1], 'PX', 60000)
local back = redis.call('GET', KEYS[1])
redis.call('DEL', KEYS[1])
return {back}
