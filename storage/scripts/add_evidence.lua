-- uses: op history idea evidence draft outbox
-- Adds a piece of evidence to an idea.
-- ARGV: op, idea, evidence as JSON, field of the tally it counts in, who adds
-- it, now, event as JSON, slot and form of their draft to drop or '', then nine
-- values per outbox entry.
-- Returns {'stored', field, value, ...} with the idea, or {'no idea'}.
-- Promises: adding conflicts with nothing, and with it no change of the idea
-- does: its version stays.

local op, key, piece, field, by = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local now, event, slot, form = ARGV[6], ARGV[7], ARGV[8], ARGV[9]
local name = W .. 'idea:' .. key

local before = replay(op, 'evidence ' .. key)
if before then return before end
local old = record(redis.call('HGETALL', name))
if not old.key then return {'no idea'} end

add_piece(key, piece, field, by)
if tonumber(now) > tonumber(old.changed or old.created) then redis.call('HSET', name, 'changed', now) end
append_event(key, event)
announce(redis.call('INCR', W .. 'seq'), key)
drop_draft(by, slot, form)
enqueue_all(10)

local result = redis.call('HGETALL', name)
table.insert(result, 1, 'stored')
return remember(op, 'evidence ' .. key, result)
