-- uses: op outbox
-- Ends what is held back of a lane.
-- ARGV: channel (or person), for how many ms to remember that it is open.
-- Returns {'stored'}.
-- Promises: what was held counts as waiting from now on, redraws of messages in
-- the channel too; what was refused before this and is told after it holds nothing.

local lane, remember, now = ARGV[1], tonumber(ARGV[2]), clock()
redis.call('DEL', W .. 'hold:to:' .. lane)
redis.call('SET', W .. 'hold:opened:' .. lane, int(now), 'PX', int(remember))
redis.call('ZADD', W .. 'outbox:lanes', 'XX', int(now), lane)
for _, other in ipairs(redis.call('ZRANGE', W .. 'outbox:lanes', 0, -1)) do
  if string.sub(other, 1, #lane + 1) == lane .. ' ' then
    for _, id in ipairs(redis.call('ZRANGE', W .. 'lane:' .. other, 0, -1)) do move(id, 'due', 'due', now) end
  end
end
return {'stored'}
