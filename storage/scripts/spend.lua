-- uses: op
-- Takes one of what somebody and all together may spend in a day.
-- ARGV: user, how many for one person, how many for all.
-- Returns {1 or 0 when either is used up, left for the user, left for all}.
-- Promises: whoever asks at once, no more are taken than there are; none of either
-- when one is used up.

local user, most, most_of_all = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local name = W .. 'spent:' .. int(math.floor(clock() / 86400000))
local spent = redis.call('HMGET', name, 'user ' .. user, 'all')
local mine, all = tonumber(spent[1] or '0'), tonumber(spent[2] or '0')
local taken = 0
if mine < most and all < most_of_all then
  taken = 1
  mine = redis.call('HINCRBY', name, 'user ' .. user, 1)
  all = redis.call('HINCRBY', name, 'all', 1)
  redis.call('EXPIRE', name, 172800)
end
return {taken, math.max(0, most - mine), math.max(0, most_of_all - all)}
