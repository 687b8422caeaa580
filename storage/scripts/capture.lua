-- uses: op idea presence node draft outbox
-- Stores a new idea.
-- ARGV: op, token of this call or '' where the operation was begun before, team,
-- version of the team and '1' where it is private or '', as whoever asks remembers
-- it; '' and '' for whatever they are; here, whether here is 'private' or 'open' or '';
-- author, event as JSON, draft slot and form to drop or '', number of values that
-- follow, field, value, ..., then nine values per outbox entry.
-- Returns {'new' or 'again', field, value, ...}: of a new idea what ARGV does not say;
-- {'closed', field, value, ...} with the closed outcome that it would be linked to,
-- {'no team'}, or {'stale'}.
-- Promises: numbers of a team's ideas have no gap and are never used twice; nothing
-- is stored for a team that is not as it was said to be. A call that is repeated with
-- its token is answered as it was at first.

local op, token, team, version, private, here, kind = unpack(ARGV, 1, 7)
local author, event, slot, form, count = unpack(ARGV, 8, 12)
count = tonumber(count)

local done = redis.call('HMGET', W .. 'op:' .. op, 'capture', 'begun')
note_presence(author, here, kind)
if done[1] then
  redis.call('EXPIRE', W .. 'op:' .. op, 86400)
  local before = cjson.decode(done[1])
  before[1] = token ~= '' and token == done[2] and 'new' or 'again'
  return before
end

local held = redis.call('HMGET', W .. 'team:' .. team, 'version', 'private', 'channel')
if not held[1] then return {'no team'} end
local seen = note_kind(team, {private = held[2], channel = held[3]}, here, kind)
if version ~= '' and (seen or held[1] ~= version or (held[2] or '') ~= private) then return {'stale'} end

for i = 13, 12 + count, 2 do
  local closed = ARGV[i] == 'outcomes' and closed_among(ARGV[i + 1])
  if closed then
    table.insert(closed, 1, 'closed')
    return closed
  end
end

local key = team .. '-' .. int(redis.call('HINCRBY', W .. 'team:' .. team, 'ideas', 1))
local seq = redis.call('INCR', W .. 'seq')
local fields = {'key', key, 'order', int(seq), 'version', '1'}
for i = 13, 12 + count do fields[#fields + 1] = ARGV[i] end

redis.call('HSET', W .. 'idea:' .. key, unpack(fields))
redis.call('RPUSH', W .. 'history:' .. key, event)
local idea = record(fields)
file(idea)
weigh(idea, 1)
wrote(author, team)
drop_draft(author, slot, form)
announce(seq, key)
enqueue_about_new(13 + count, key)

table.insert(fields, 1, 'new')
local op_fields = {'capture', cjson.encode(fields)}
if token ~= '' then
  op_fields[3], op_fields[4] = 'begun', token
end
redis.call('HSET', W .. 'op:' .. op, unpack(op_fields))
redis.call('EXPIRE', W .. 'op:' .. op, 86400)
return fields
