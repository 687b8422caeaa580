-- uses: op
-- Counts who should have been looked at for a nudge by now.
-- Returns {now, how many, since when the first of them in ms or '', how many nudges
-- wait in the outbox}.

local now = clock()
local first = redis.call('ZRANGE', W .. 'nudges:due', 0, 0, 'WITHSCORES')[2]
return {
  int(now), redis.call('ZCOUNT', W .. 'nudges:due', '-inf', int(now)),
  first and tonumber(first) <= now and int(tonumber(first)) or '', redis.call('SCARD', W .. 'nudges:out'),
}
