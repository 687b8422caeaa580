-- uses: op outbox
-- Records that the message which showed an entry is lost.
-- ARGV: id, attempt, code.
-- Returns {'stored'} or {'stale'}.
-- Promises: the entry is due, and neither it nor its idea names that message.

local id, attempt, code = ARGV[1], ARGV[2], ARGV[3]
local name = W .. 'out:' .. id
local entry = record(redis.call('HGETALL', name))

if entry.attempt ~= attempt then return {'stale'} end
if entry.state ~= 'sending' then
  if entry.state == 'due' and entry.code == code then return {'stored'} end
  return {'stale'}
end

redis.call('HDEL', name, 'message', 'again')
if entry.kind == 'idea.card' then redis.call('HDEL', W .. 'idea:' .. entry.subject, 'card') end
redis.call('HSET', name, 'code', code, 'prior', 'due')
move(id, 'sending', 'due', clock())
return {'stored'}
