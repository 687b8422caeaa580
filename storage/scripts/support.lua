-- uses: op history node draft outbox
-- Adds a piece of evidence to an opportunity.
-- ARGV: op, key, evidence as JSON, pieces it may have, now, event as JSON, whose
-- draft, its slot and form to drop or '', then nine values per outbox entry.
-- Returns {'stored', flat record, evidence as JSON}, {'full'} or {'no node'}.
-- Promises: adding conflicts with nothing, and with it no change of the opportunity
-- does: its version stays.

local op, key, piece, most, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
local event, user, slot, form = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local name, pieces, step = W .. 'opportunity:' .. key, W .. 'evidence:' .. key, 'support ' .. key

local function answer()
  return {'stored', redis.call('HGETALL', name), redis.call('LRANGE', pieces, 0, -1)}
end

if replay(op, step) then return answer() end
local changed = redis.call('HGET', name, 'changed')
if not changed then return {'no node'} end
if redis.call('LLEN', pieces) >= most then return {'full'} end

redis.call('RPUSH', pieces, piece)
if tonumber(now) > tonumber(changed) then redis.call('HSET', name, 'changed', now) end
append_event(key, event)
drop_draft(user, slot, form)
enqueue_all(10)
remember(op, step, {'stored'})
return answer()
