-- uses: op history idea evidence draft outbox
-- Counts somebody who asks again for a parked idea.
-- ARGV: op, idea, who asks, now, what they ask as JSON, evidence as JSON and the
-- field of the tally it counts in or '' and '', event as JSON, slot and form of
-- their draft to drop or '', then nine values per outbox entry.
-- Returns {'stored', people, tripped, field, value, ...} with the idea: how many
-- asked since it was parked, and '1' when it waited for this one; {'not parked',
-- field, value, ...} or {'no idea'}.
-- Promises: who asks twice is counted once; the rule trips once; asking conflicts
-- with nothing, and with it no change of the idea does: its version stays.

local op, key, by, now, asking, piece, column = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local event, slot, form = ARGV[8], ARGV[9], ARGV[10]
local name = W .. 'idea:' .. key

local before = replay(op, 'ask again ' .. key)
if before then return before end
local old = record(redis.call('HGETALL', name))
if not old.key then return {'no idea'} end
if old.stage ~= 'parked' then
  local flat = redis.call('HGETALL', name)
  table.insert(flat, 1, 'not parked')
  return flat
end

local people, tripped = tonumber(old.asked or '0'), false
local who = (old.parkings or '0') .. ' ' .. by
redis.call('ZADD', W .. 'asked_at:' .. key, now, who)
if redis.call('HSET', W .. 'asked:' .. key, who, asking) == 1 then
  people = redis.call('HINCRBY', name, 'asked', 1)
  local parking = old.parking and cjson.decode(old.parking) or {}
  tripped = parking.asked_by == people and not parking.back and not old.withdrawn
end
if piece ~= '' then add_piece(key, piece, column, by) end
if tonumber(now) > tonumber(old.changed or old.created) then redis.call('HSET', name, 'changed', now) end

local result = redis.call('HGETALL', name)
refile(old, record(result))
append_event(key, event)
announce(redis.call('INCR', W .. 'seq'), key)
drop_draft(by, slot, form)
enqueue_all(11, nil, tripped and {key} or {})

table.insert(result, 1, tripped and '1' or '0')
table.insert(result, 1, int(people))
table.insert(result, 1, 'stored')
return remember(op, 'ask again ' .. key, result)
