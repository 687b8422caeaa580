-- Reads running ballots that somebody is asked in.
-- ARGV: user, how many.
-- Returns {{title, '1' when they voted by that name or '0', flat record}, ...} by
-- deadline, the first first.

local W, user = KEYS[1], ARGV[1]
local polls = {}
for _, name in ipairs(redis.call('ZRANGE', W .. 'polls:' .. user, 0, tonumber(ARGV[2]) - 1)) do
  local key = string.match(name, '^[^:]+')
  polls[#polls + 1] = {
    redis.call('HGET', W .. 'idea:' .. key, 'title') or '',
    redis.call('HEXISTS', W .. 'votes:' .. name, user), redis.call('HGETALL', W .. 'ballot:' .. name),
  }
end
return polls
