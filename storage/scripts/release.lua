-- uses: op outbox
-- Ends what is held back of a lane.
-- ARGV: channel (or person).
-- Returns {'stored'}.
-- Promises: what was held counts as waiting from now on, redraws of messages in
-- the channel too.

local lane, now = ARGV[1], clock()
redis.call('DEL', W .. 'hold:to:' .. lane)
redis.call('ZADD', W .. 'outbox:lanes', 'XX', int(now), lane)
for _, other in ipairs(redis.call('ZRANGE', W .. 'outbox:lanes', 0, -1)) do
  if string.sub(other, 1, #lane + 1) == lane .. ' ' then
    for _, id in ipairs(redis.call('ZRANGE', W .. 'lane:' .. other, 0, -1)) do move(id, 'due', 'due', now) end
  end
end
return {'stored'}
