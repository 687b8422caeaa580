-- uses: op history idea parking run draft outbox
-- Changes a run that is still at the version the change was made from.
-- ARGV: op, idea, number of the run, version, summary as JSON, event as JSON
-- or '', whose draft, its slot and form to drop or '', number of values to set,
-- number of fields to clear, field, value, ..., field, ..., then nine values per
-- outbox entry.
-- Returns {'stored', field, value, ...} with all but the template, {'conflict',
-- field, value, ...} with all, or {'no run'}.
-- Promises: fields that are not named stay as they are; a conflict changes
-- nothing and is not kept as the operation's result; of the ideas that wait for
-- this run to pass, none is missed.

local op, key, id, version, summary, event = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local user, slot, form = ARGV[7], ARGV[8], ARGV[9]
local sets, clears = tonumber(ARGV[10]), tonumber(ARGV[11])
local name, step = W .. 'run:' .. key .. ':' .. id, 'change run ' .. key .. ':' .. id

local before = replay(op, step)
if before then return before end

local stored = redis.call('HGET', name, 'version')
if not stored then return {'no run'} end
if stored ~= version then
  local flat = redis.call('HGETALL', name)
  table.insert(flat, 1, 'conflict')
  return flat
end

for i = 12, 11 + sets, 2 do redis.call('HSET', name, ARGV[i], ARGV[i + 1]) end
for i = 12 + sets, 11 + sets + clears do redis.call('HDEL', name, ARGV[i]) end
redis.call('HINCRBY', name, 'version', 1)
local passed = has_passed(redis.call('HGET', W .. 'runs:' .. key, id))
summarize(key, id, summary)
if event ~= '' then append_event(key, event) end
announce(redis.call('INCR', W .. 'seq'), key)
drop_draft(user, slot, form)
local returning = {}
if has_passed(summary) and not passed then returning = waiting_for('test:' .. key .. ':' .. id) end
enqueue_all(12 + sets + clears, nil, returning)

local result, flat = {'stored'}, redis.call('HGETALL', name)
for i = 1, #flat, 2 do
  if flat[i] ~= 'template' then
    result[#result + 1] = flat[i]
    result[#result + 1] = flat[i + 1]
  end
end
return remember(op, step, result)
