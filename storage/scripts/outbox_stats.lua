-- uses: op
-- Counts the outbox.
-- Returns {due, sending, failed, unknown, ms for which the oldest entry that may
-- be claimed has waited for that}.

local late = 0
local oldest = redis.call('ZRANGE', W .. 'outbox:lanes', 0, 0, 'WITHSCORES')
if oldest[2] then late = math.max(0, clock() - tonumber(oldest[2])) end
return {
  redis.call('ZCARD', W .. 'outbox:due'),
  redis.call('ZCARD', W .. 'outbox:sending'),
  redis.call('ZCARD', W .. 'outbox:failed'),
  redis.call('ZCARD', W .. 'outbox:unknown'),
  late,
}
