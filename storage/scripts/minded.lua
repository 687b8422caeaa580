-- Reads the open outcomes that somebody owns whose next check-in is due.
-- ARGV: user, by when it was due (ms), how many.
-- Returns {flat record of an outcome, ...}, the one that is late for longest first.

local W = KEYS[1]
local outcomes = {}
for _, key in ipairs(redis.call('ZRANGEBYSCORE', W .. 'minds:' .. ARGV[1], '-inf', ARGV[2], 'LIMIT', 0, ARGV[3])) do
  outcomes[#outcomes + 1] = redis.call('HGETALL', W .. 'outcome:' .. key)
end
return outcomes
