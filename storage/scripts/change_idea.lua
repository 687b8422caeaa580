-- uses: op history idea node parking draft outbox
-- Changes an idea that is still at the version the change was made from.
-- ARGV: op, key, version, event as JSON, whose draft, its slot and form to
-- drop or '', 'ideas sized points' that must stand in the team's Product
-- Backlog or '' for whatever does, '1' when a gate is overridden or '', 'ballots
-- ballot' that the idea must have had and have running or '' for whatever it has,
-- node whose suggestion is accepted by it or '', number of values to set, number of fields to clear, field, value, ..., field,
-- ..., then nine values per outbox entry.
-- Returns {'stored' or 'conflict', field, value, ...}, {'load', field, value,
-- ...} with what stands in the Product Backlog, {'closed', field, value, ...} with the
-- closed outcome that it would come to be linked to, or {'no idea'}.
-- Promises: fields that are not named stay as they are; a conflict changes
-- nothing and is not kept as the operation's result; who asks again for a parked
-- idea is counted anew from each parking on; of the ideas that wait for this one
-- to be delivered, none is missed.

local op, key, version, event = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local user, slot, form, guard, overridden, voted = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local accepted, sets, clears = ARGV[11], tonumber(ARGV[12]), tonumber(ARGV[13])
local name, team = W .. 'idea:' .. key, string.match(key, '^[^-]+')

local result = replay(op, 'change ' .. key)
if result then return result end

local function answer(status)
  local flat = redis.call('HGETALL', name)
  table.insert(flat, 1, status)
  return flat
end

local old = record(redis.call('HGETALL', name))
if not old.key then return {'no idea'} end
if old.version ~= version then return answer('conflict') end
if voted ~= '' and (old.ballots or '0') .. ' ' .. (old.ballot or '0') ~= voted then return answer('conflict') end
if guard ~= '' then
  local load = load_of(team)
  if load[2] .. ' ' .. load[4] .. ' ' .. load[6] ~= guard then
    table.insert(load, 1, 'load')
    return load
  end
end

for i = 14, 13 + sets, 2 do
  local closed = ARGV[i] == 'outcomes' and closed_among(ARGV[i + 1], old.outcomes)
  if closed then
    table.insert(closed, 1, 'closed')
    return closed
  end
end

local seq = redis.call('INCR', W .. 'seq')
for i = 14, 13 + sets, 2 do redis.call('HSET', name, ARGV[i], ARGV[i + 1]) end
for i = 14 + sets, 13 + sets + clears do redis.call('HDEL', name, ARGV[i]) end
redis.call('HINCRBY', name, 'version', 1)
if redis.call('HGET', name, 'stage') ~= old.stage then
  redis.call('HSET', name, 'stage_order', int(seq))
  redis.call('HDEL', name, 'rank')
end
local parked_before, parked_now = parked_at(old.parking), parked_at(redis.call('HGET', name, 'parking'))
if parked_before ~= parked_now then
  redis.call('HDEL', name, 'asked')
  if parked_now then redis.call('HINCRBY', name, 'parkings', 1) end
end
local new = record(redis.call('HGETALL', name))
refile(old, new)
if new.stage ~= old.stage and (new.stage == 'backlog' or new.stage == 'validated') then
  redis.call('HINCRBY', W .. 'team:' .. team, 'gated', 1)
  if overridden == '1' then redis.call('HINCRBY', W .. 'team:' .. team, 'overridden', 1) end
end
if accepted ~= '' then redis.call('HINCRBY', W .. 'feedback:' .. team, accepted .. ' accepted', 1) end
append_event(key, event)
announce(seq, key)
drop_draft(user, slot, form)
local returning = {}
if new.stage == 'delivered' and old.stage ~= 'delivered' then returning = waiting_for('delivered:' .. key) end
if (parked_before ~= parked_now or old.withdrawn) and overtaken(new) then returning[#returning + 1] = key end
enqueue_all(14 + sets + clears, nil, returning)
return remember(op, 'change ' .. key, answer('stored'))
