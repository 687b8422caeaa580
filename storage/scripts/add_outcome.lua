-- uses: op idea outcome draft outbox
-- Adds an outcome of a team, and links an idea to it if one is named.
-- ARGV: op, team, number of values that follow, field, value, ...; idea or '',
-- its version, outcomes it is linked to then (the new one as 0), when it was
-- changed, event as JSON, whose draft, its slot and form to drop or '', then
-- nine values per outbox entry.
-- Returns {'stored', outcome, idea} with flat records ({} for no idea),
-- {'conflict', {}, idea}, {'no team'} or {'no idea'}.
-- Promises: numbers of a team's outcomes have no gap and are never used twice;
-- a conflict adds no outcome and is not kept as the operation's result.

local op, team, count = ARGV[1], ARGV[2], tonumber(ARGV[3])
local at = 4 + count
local idea, version, links, changed = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
local event, user, slot, form = ARGV[at + 4], ARGV[at + 5], ARGV[at + 6], ARGV[at + 7]
local name = W .. 'idea:' .. idea

local before = replay(op, 'add outcome')
if before then return before end
if redis.call('EXISTS', W .. 'team:' .. team) == 0 then return {'no team'} end
local old = {}
if idea ~= '' then
  old = record(redis.call('HGETALL', name))
  if not old.key then return {'no idea'} end
  if old.version ~= version then return {'conflict', {}, redis.call('HGETALL', name)} end
end

local number = int(redis.call('HINCRBY', W .. 'team:' .. team, 'outcomes', 1))
local key = team .. '-O' .. number
local fields = {'key', key, 'version', '1'}
for i = 4, 3 + count do fields[#fields + 1] = ARGV[i] end
redis.call('HSET', W .. 'outcome:' .. key, unpack(fields))
list_outcome(team, number)

local linked = {}
if idea ~= '' then
  redis.call('HSET', name, 'outcomes', (string.gsub(links, team .. '%-O0', key)), 'changed', changed)
  redis.call('HINCRBY', name, 'version', 1)
  linked = redis.call('HGETALL', name)
  refile(old, record(linked))
  redis.call('RPUSH', W .. 'history:' .. idea, about(event, key))
  announce(redis.call('INCR', W .. 'seq'), idea)
end
drop_draft(user, slot, form)
enqueue_all(at + 8, key)
return remember(op, 'add outcome', {'stored', fields, linked})
