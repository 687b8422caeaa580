-- Reads running rounds that somebody is asked in.
-- ARGV: user, how many.
-- Returns {{1 when they answered by that name or 0, flat record}, ...} by deadline,
-- the first first.

local W, user = KEYS[1], ARGV[1]
local rounds = {}
for _, name in ipairs(redis.call('ZRANGE', W .. 'rounds:' .. user, 0, tonumber(ARGV[2]) - 1)) do
  rounds[#rounds + 1] = {redis.call('HEXISTS', W .. 'answers:' .. name, user), redis.call('HGETALL', W .. 'round:' .. name)}
end
return rounds
