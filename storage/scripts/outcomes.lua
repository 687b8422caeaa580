-- Reads the newest outcomes of a team.
-- ARGV: team, how many.
-- Returns {flat record of an outcome, ...}, newest first.

local W = KEYS[1]
local outcomes = {}
for _, key in ipairs(redis.call('ZREVRANGE', W .. 'outcomes:' .. ARGV[1], 0, tonumber(ARGV[2]) - 1)) do
  outcomes[#outcomes + 1] = redis.call('HGETALL', W .. 'outcome:' .. key)
end
return outcomes
