-- uses: op idea
-- Files ideas of a team that were stored before there were orphans, before nodes
-- had a set of what is linked to them, before parked ideas could wait for an
-- outcome to turn red, before those with several links were counted, or before the
-- Product Backlog had an order; and weighs that.
-- ARGV: team, order after which to go on, how many ideas.
-- Returns {order of the last one}, or {} when there are no more.
-- Promises: doing it twice is doing it once.

local team, after, n = ARGV[1], ARGV[2], tonumber(ARGV[3])
local found = redis.call('ZRANGEBYSCORE', W .. 'list:' .. team, '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, n)
for i = 1, #found, 2 do
  file(record(redis.call('HGETALL', W .. 'idea:' .. found[i])))
end
if #found > 0 then return {found[#found]} end

redis.call('DEL', W .. 'totals:' .. team)
for _, key in ipairs(redis.call('ZRANGE', W .. 'list:' .. team .. ':backlog', 0, -1)) do
  weigh(record(redis.call('HGETALL', W .. 'idea:' .. key)), 1)
end
return {}
