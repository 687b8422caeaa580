-- uses: op history idea node team draft outbox
-- Adds a node to a team's tree, and links an idea to it if one is named.
-- ARGV: op, key with the number 0, how many of its kind a team may have, event as
-- JSON, whose draft, its slot and form to drop or '', number of values that follow,
-- field, value, ...; idea or '', its version, what it is linked to then (the new
-- node with the number 0), when it was changed, event as JSON; then nine values per
-- outbox entry.
-- Returns {'stored', node, idea} with flat records ({} for no idea),
-- {'conflict', {}, idea}, {'no team'}, {'no idea'} or {'full'}.
-- Promises: numbers of a team's nodes of one kind have no gap and are never used
-- twice; a conflict adds no node and is not kept as the operation's result.

local op, zero, most, event, user, slot, form = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6], ARGV[7]
local count = tonumber(ARGV[8])
local at = 9 + count
local idea, version, links, changed, linking = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4]
local team, letter = named_node(zero)
local list, name, step = kinds[letter].list, W .. 'idea:' .. idea, 'add ' .. kinds[letter].list

local before = replay(op, step)
if before then return before end
if redis.call('EXISTS', W .. 'team:' .. team) == 0 then return {'no team'} end
local old = {}
if idea ~= '' then
  old = record(redis.call('HGETALL', name))
  if not old.key then return {'no idea'} end
  if old.version ~= version then return {'conflict', {}, redis.call('HGETALL', name)} end
end
if redis.call('ZCARD', W .. list .. ':' .. team) >= most then return {'full'} end

local number = int(redis.call('HINCRBY', W .. 'team:' .. team, list, 1))
local key = team .. '-' .. letter .. number
local fields = {'key', key, 'version', '1'}
for i = 9, 8 + count do fields[#fields + 1] = ARGV[i] end
redis.call('HSET', node_record(key), unpack(fields))
list_node(key)
if letter == 'O' then mind(key, {}) end
append_event(key, event)

local linked = {}
if idea ~= '' then
  redis.call('HSET', name, 'outcomes', (string.gsub(links, team .. '%-' .. letter .. '0', key)), 'changed', changed)
  redis.call('HINCRBY', name, 'version', 1)
  linked = redis.call('HGETALL', name)
  refile(old, record(linked))
  append_event(idea, about(linking, key))
  announce(redis.call('INCR', W .. 'seq'), idea)
end
drop_draft(user, slot, form)
enqueue_all(at + 5, key)
return remember(op, step, {'stored', fields, linked})
