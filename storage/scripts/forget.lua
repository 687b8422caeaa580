-- uses: op outbox
-- Records that the message which showed an entry is lost.
-- ARGV: id, attempt, code.
-- Returns {'stored'} or {'stale'}.
-- Promises: the entry is due, and neither it nor what it draws names that message.

local id, attempt, code = ARGV[1], ARGV[2], ARGV[3]
local name = W .. 'out:' .. id
local entry = record(redis.call('HGETALL', name))

if entry.attempt ~= attempt then return {'stale'} end
if entry.state ~= 'sending' then
  if entry.state == 'due' and entry.code == code then return {'stored'} end
  return {'stale'}
end

redis.call('HDEL', name, 'message', 'again')
local keeps, field = keeper(id, entry.kind, entry.subject)
if keeps then redis.call('HDEL', keeps, field) end
redis.call('HSET', name, 'code', code, 'prior', 'due')
move(id, 'sending', 'due', clock())
return {'stored'}
