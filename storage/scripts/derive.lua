-- uses: op idea ballot node round run team
-- Files ideas of a team that were stored before there were orphans, before nodes
-- had a set of what is linked to them, before parked ideas could wait for an
-- outcome to turn red, before those with several links were counted, before the
-- Product Backlog had an order, or before anybody was nudged; and weighs that.
-- ARGV: team, order after which to go on, how many ideas.
-- Returns {order of the last one}, or {} when there are no more.
-- Promises: doing it twice is doing it once.

local team, after, n = ARGV[1], ARGV[2], tonumber(ARGV[3])
local found = redis.call('ZRANGEBYSCORE', W .. 'list:' .. team, '(' .. after, '+inf', 'WITHSCORES', 'LIMIT', 0, n)
for i = 1, #found, 2 do
  local idea = record(redis.call('HGETALL', W .. 'idea:' .. found[i]))
  file(idea)
  wrote(idea.author, team)
  local runs = redis.call('HGETALL', W .. 'runs:' .. idea.key)
  for j = 1, #runs, 2 do summarize(idea.key, runs[j], runs[j + 1]) end
  if idea.ballot then
    local ballot = idea.key .. ':' .. idea.ballot
    ask_all(ballot, record(redis.call('HGETALL', W .. 'ballot:' .. ballot)))
  end
end
if #found > 0 then return {found[#found]} end

redis.call('DEL', W .. 'totals:' .. team)
for _, key in ipairs(redis.call('ZRANGE', W .. 'list:' .. team .. ':backlog', 0, -1)) do
  weigh(record(redis.call('HGETALL', W .. 'idea:' .. key)), 1)
end
local stored = record(redis.call('HGETALL', W .. 'team:' .. team))
enlist(stored)
for number = 1, tonumber(stored.rounds or '0') do
  local round = team .. ':' .. number
  if redis.call('HEXISTS', W .. 'round:' .. round, 'started') == 1 and redis.call('HEXISTS', W .. 'round:' .. round, 'closed') == 0 then
    ask_round(round, record(redis.call('HGETALL', W .. 'round:' .. round)))
  end
end
for _, key in ipairs(redis.call('ZRANGE', W .. 'outcomes:' .. team, 0, -1)) do mind(key, {}) end
return {}
