-- uses: op acted history sheet draft outbox
-- Adds a sheet or changes it.
-- ARGV: op, kind, owner, number ('' for the next one), version it was read at (0 for a
-- new one), how much had been said then or '', places as JSON or '' for those it has, what to forget: '' or 'said' with all that was said and the secret, whose draft,
-- its slot and form to drop or '', when they acted as in acted.lua and on what of the
-- sheet, number of values that follow, field, value, ...
-- ('' takes the field away), number of values that follow, key, event as JSON, ...,
-- then nine values per outbox entry.
-- Returns {'stored', 'conflict' or 'overtaken', sheet} as whole_sheet gives it, with what was said;
-- {'no team'}.
-- Promises: numbers of an owner's sheets of one kind have no gap and are never used
-- twice; a list that holds a single sheet, 'only ...', never gets a second one; a conflict changes nothing and is not kept as the operation's result, nor does what a later act
-- of the person stands against.

local op, kind, owner, number, version, seen, places, forget, user, slot, form, acted, on = unpack(ARGV, 1, 13)
local at = 14

local function part()
  local values, count = {}, tonumber(ARGV[at])
  for i = 1, count do values[i] = ARGV[at + i] end
  at = at + 1 + count
  return values
end

local step = 'sheet ' .. sheet_name(kind, owner, number)
local before = replay(op, step)
if before then return {'stored', whole_sheet(kind, before[1], true)} end
if string.sub(owner, 1, 1) ~= '@' and redis.call('EXISTS', W .. 'team:' .. owner) == 0 then return {'no team'} end

if number == '' then
  local last = redis.call('ZREVRANGE', W .. 'listed:' .. kind .. ':' .. owner .. ':', 0, 0, 'WITHSCORES')
  number = int(tonumber(last[2] or '0') + 1)
end
local id = owner .. ':' .. number
local name = kind .. ':' .. id
local stored = redis.call('HMGET', W .. 'sheet:' .. name, 'version', 'places', 'said')
if (stored[1] or '0') ~= version or seen ~= '' and (stored[3] or '0') ~= seen or places ~= '' and taken(name, places) then
  return {'conflict', whole_sheet(kind, id, true)}
end
if overtaken('sheet:' .. name, on, acted) then return {'overtaken', whole_sheet(kind, id, true)} end

if forget ~= '' then
  redis.call('DEL', W .. 'said:' .. name, W .. 'acted:said:' .. name)
  redis.call('HDEL', W .. 'sheet:' .. name, 'secret')
end
local fields = part()
for i = 1, #fields, 2 do
  if fields[i + 1] == '' then
    redis.call('HDEL', W .. 'sheet:' .. name, fields[i])
  else
    redis.call('HSET', W .. 'sheet:' .. name, fields[i], fields[i + 1])
  end
end
redis.call('HINCRBY', W .. 'sheet:' .. name, 'version', 1)
if places ~= '' then
  redis.call('HSET', W .. 'sheet:' .. name, 'places', places)
  if stored[2] then shelve(name, stored[2], -1) end
  shelve(name, places, 1)
end
drop_old(kind, owner, number)
if decides_nudges[kind] then wake(owner) end

local events = part()
for i = 1, #events, 2 do append_event(events[i], events[i + 1]) end
drop_draft(user, slot, form)
enqueue_all(at, id)
remember(op, step, {id})
return {'stored', whole_sheet(kind, id, true)}
