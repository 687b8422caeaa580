-- Reads what happened in a team, captures too.
-- ARGV: team, since (ms), the most events and the most captures.
-- Returns {events {key, its number in the history, JSON, ...}, captures {key, created in ms, author, ...}, '1' where
-- there was more than that}, both the newest first.

local W, team, since, most = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local more = ''

local events = {}
local noted = redis.call('ZREVRANGEBYSCORE', W .. 'journal:' .. team, '+inf', ARGV[2], 'LIMIT', 0, most + 1)
if #noted > most then noted[#noted], more = nil, '1' end
for _, member in ipairs(noted) do
  local key, n = string.match(member, '^(%S+) (%d+)$')
  local event = redis.call('LINDEX', W .. 'history:' .. key, tonumber(n) - 1)
  if event then
    for _, value in ipairs({key, n, event}) do events[#events + 1] = value end
  end
end

-- Ideas are listed in the order in which they were captured.
local captures = {}
for _, list in ipairs({'list:', 'withdrawn:'}) do
  local from, found = 0, 0
  while true do
    local keys = redis.call('ZREVRANGE', W .. list .. team, from, from + 99)
    local older = #keys < 100
    for _, key in ipairs(keys) do
      local idea = redis.call('HMGET', W .. 'idea:' .. key, 'created', 'author')
      if tonumber(idea[1]) < since then
        older = true
        break
      end
      found = found + 1
      if found > most then
        older, more = true, '1'
        break
      end
      for _, value in ipairs({key, idea[1], idea[2]}) do captures[#captures + 1] = value end
    end
    if older then break end
    from = from + 100
  end
end
return {events, captures, more}
