-- uses: op
-- Library: which of the acts of one person on one value was the later.

-- How far the clocks of Slack and Redis may be apart before the one of Redis counts: a
-- time that is further ahead would hold off all that the person does until then. In µs.
local ahead = 5000000

-- Whether a later act of the person stands; else that this one does is noted for a
-- day. hash and field: where the value is. acted: when they acted by Slack's clock, in
-- µs; '>' and a time where they acted then or later, which stands if it comes last; ''
-- where Slack did not say, which does, too.
local function overtaken(hash, field, acted)
  local least, at = string.match(acted, '^(>?)(%d+)$')
  if not at then return false end
  local name = W .. 'acted:' .. hash
  local last = tonumber(redis.call('HGET', name, field) or '0')
  at = math.min(tonumber(at), clock() * 1000 + ahead)
  if at < last then return least == '' end
  redis.call('HSET', name, field, int(at))
  redis.call('EXPIRE', name, 86400)
  return false
end
