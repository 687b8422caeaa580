-- uses: op outbox
-- Records that an entry was sent.
-- ARGV: id, attempt, message as "channel ts" or '', why nothing was sent or ''.
-- Returns {'stored'} or {'stale'}.
-- Promises: what was added while sending is drawn afterwards; a card is noted
-- in its idea, a ballot's message in the ballot. An attempt that was given up as unknown may still succeed.

local id, attempt, message, why = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local name, now = W .. 'out:' .. id, clock()
local entry = record(redis.call('HGETALL', name))

if entry.attempt ~= attempt then return {'stale'} end
if entry.state ~= 'sending' and entry.state ~= 'unknown' then
  -- The reply to this very answer was lost, or the lease ended meanwhile.
  if entry.message == message then return {'stored'} end
  return {'stale'}
end

redis.call('HSET', name, 'message', message, 'prior', 'due', 'code', why)
redis.call('HDEL', name, 'misses')
local keeps, field = keeper(id, entry.kind, entry.subject)
if keeps and message ~= '' and redis.call('EXISTS', keeps) == 1 then redis.call('HSET', keeps, field, message) end
settled(id, entry.author)
if entry.again then
  redis.call('HDEL', name, 'again')
  redis.call('HSET', name, 'first', int(now))
  move(id, entry.state, 'due', now + 1000)
else
  move(id, entry.state, 'sent', now + 86400000)
end
return {'stored'}
