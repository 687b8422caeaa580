-- Library: what happened to an idea or a node, and in its team.

-- How long a journal goes back, in ms.
local journal_reach = 100 * 86400000

-- Notes in the team's journal that the nth event in the history of what has the
-- key was at that time. Captures are not noted: the lists have them.
local function journal(key, n, event)
  local e = cjson.decode(event)
  local at = tonumber(e.at)
  if e.what == 'captured' or at < clock() - journal_reach then return end
  redis.call('ZADD', W .. 'journal:' .. string.match(key, '^[^-]+'), int(at), key .. ' ' .. int(n))
end

-- Appends an event, as JSON, to the history of what has the key.
local function append_event(key, event)
  journal(key, redis.call('RPUSH', W .. 'history:' .. key, event), event)
  redis.call('ZREMRANGEBYSCORE', W .. 'journal:' .. string.match(key, '^[^-]+'), '-inf', int(clock() - journal_reach))
end
