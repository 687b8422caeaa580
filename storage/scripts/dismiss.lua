-- uses: op
-- Keeps that a node is not what an idea is for.
-- ARGV: op, idea, node.
-- Returns {'stored'} or {'no idea'}.
-- Promises: it is counted once for each idea; no change of the idea conflicts with
-- it: its version stays.

local op, key, node = ARGV[1], ARGV[2], ARGV[3]
local name, step = W .. 'idea:' .. key, 'dismiss ' .. key .. ' ' .. node

local before = replay(op, step)
if before then return before end
if redis.call('EXISTS', name) == 0 then return {'no idea'} end
local dismissed = redis.call('HGET', name, 'dismissed')
if not string.find(',' .. (dismissed or '') .. ',', ',' .. node .. ',', 1, true) then
  redis.call('HSET', name, 'dismissed', dismissed and dismissed .. ',' .. node or node)
  redis.call('HINCRBY', W .. 'feedback:' .. string.match(key, '^[^-]+'), node .. ' dismissed', 1)
end
return remember(op, step, {'stored'})
