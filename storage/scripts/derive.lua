-- uses: op idea
-- Files ideas of a team that were stored before there were orphans, and weighs
-- its Product Backlog.
-- ARGV: team, order after which to go on, how many ideas.
-- Returns {order of the last one}, or {} when there are no more.
-- Promises: doing it twice is doing it once.

local team, after, n = ARGV[1], ARGV[2], tonumber(ARGV[3])
local found = redis.call('ZRANGEBYSCORE', W .. 'list:' .. team, '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, n)
for i = 1, #found, 2 do
  local idea = redis.call('HMGET', W .. 'idea:' .. found[i], 'outcomes', 'stage')
  if not idea[1] and idea[2] ~= 'parked' then redis.call('ZADD', W .. 'orphans:' .. team, found[i + 1], found[i]) end
end
if #found > 0 then return {found[#found]} end

redis.call('DEL', W .. 'totals:' .. team)
for _, key in ipairs(redis.call('ZRANGE', W .. 'list:' .. team .. ':backlog', 0, -1)) do
  weigh(record(redis.call('HGETALL', W .. 'idea:' .. key)), 1)
end
return {}
