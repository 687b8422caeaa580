-- Reads what happened in a team, captures too.
-- ARGV: team, since (ms), the most events and the most captures.
-- Returns {events {key, its number in the history, JSON, ...}, captures {key, created in
-- ms, author, ...}, the moment (ms) after which all there was is among them, or '' where
-- nothing is left out}, both the newest first.

local W, team, since, most = KEYS[1], ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local cut = 0

-- Notes that what happened at that moment is left out.
local function left_out(at) cut = math.max(cut, tonumber(at)) end

local events = {}
local noted = redis.call('ZREVRANGEBYSCORE', W .. 'journal:' .. team, '+inf', ARGV[2], 'WITHSCORES', 'LIMIT', 0, most + 1)
if #noted > 2 * most then left_out(noted[#noted]) end
for i = 1, math.min(#noted, 2 * most), 2 do
  local key, n = string.match(noted[i], '^(%S+) (%d+)$')
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
        older = true
        left_out(idea[1])
        break
      end
      for _, value in ipairs({key, idea[1], idea[2]}) do captures[#captures + 1] = value end
    end
    if older then break end
    from = from + 100
  end
end
return {events, captures, cut > 0 and string.format('%.0f', cut) or ''}
