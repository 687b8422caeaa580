-- uses: op outbox
-- Ends what is held back of a lane.
-- ARGV: channel (or person).
-- Returns {'stored'}.
-- Promises: what was held counts as waiting from now on.

local lane = ARGV[1]
redis.call('DEL', W .. 'hold:to:' .. lane)
redis.call('ZADD', W .. 'outbox:lanes', 'XX', int(clock()), lane)
return {'stored'}
