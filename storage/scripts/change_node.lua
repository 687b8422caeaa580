-- uses: op history node parking draft outbox
-- Changes a node that is still at the version the change was made from.
-- ARGV: op, key, version, event as JSON, whose draft, its slot and form to drop or
-- '', now, the node that all under this one hangs under from now on or '', event as
-- JSON for each of those or '', number of values to set, number of fields to clear,
-- field, value, ..., field, ..., then nine values per outbox entry.
-- Returns {'stored' or 'conflict', flat record, evidence as JSON} or {'no node'}.
-- Promises: fields that are not named stay as they are; a conflict changes nothing
-- and is not kept as the operation's result; nothing comes to hang under itself,
-- whatever others move meanwhile; what is merged goes to an heir that is open; of the
-- ideas that wait for an outcome to turn red, none is missed.

local op, key, version, event, user, slot, form = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local now, heir, moved, sets, clears = ARGV[8], ARGV[9], ARGV[10], tonumber(ARGV[11]), tonumber(ARGV[12])
local name, step = node_record(key), 'change ' .. key

local function answer(status, flat)
  return {status, flat, redis.call('LRANGE', W .. 'evidence:' .. key, 0, -1)}
end

local before = replay(op, step)
if before then return answer('stored', before) end
local old = record(redis.call('HGETALL', name))
if not old.key then return {'no node'} end
local round = heir ~= '' and (goes_round(key, heir) or redis.call('HEXISTS', node_record(heir), 'closed') == 1)
for i = 13, 12 + sets, 2 do
  if ARGV[i] == 'parent' then round = round or goes_round(key, ARGV[i + 1]) end
end
if old.version ~= version or round then return answer('conflict', redis.call('HGETALL', name)) end

for i = 13, 12 + sets, 2 do redis.call('HSET', name, ARGV[i], ARGV[i + 1]) end
for i = 13 + sets, 12 + sets + clears do redis.call('HDEL', name, ARGV[i]) end
redis.call('HINCRBY', name, 'version', 1)
if string.find(name, W .. 'outcome:', 1, true) then mind(key, old) end
append_event(key, event)
if heir ~= '' then
  for _, child in ipairs(nodes_of((named_node(key)))) do
    local under = node_record(child)
    if redis.call('HGET', under, 'parent') == key then
      redis.call('HSET', under, 'parent', heir, 'changed', now)
      redis.call('HINCRBY', under, 'version', 1)
      append_event(child, moved)
    end
  end
end
drop_draft(user, slot, form)
local returning = {}
if turned_red(old.light, redis.call('HGET', name, 'light')) then
  redis.call('HSET', name, 'red_at', now)
  returning = waiting_for('red:' .. key)
elseif not old.closed and redis.call('HEXISTS', name, 'closed') == 1 then
  returning = waiting_in_vain(key)
end
enqueue_all(13 + sets + clears, nil, returning)
return answer('stored', remember(op, step, redis.call('HGETALL', name)))
