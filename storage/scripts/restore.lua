-- uses: op idea team outbox
-- Writes one record of a backup with all that is derived from it.
-- ARGV: kind, id, ttl in ms or 0, number of values that follow, field, value,
-- ..., then events of an idea.
-- Returns {'stored'}.
-- Promises: writing a record twice is writing it once, in any order with
-- others; counters end no lower than what was counted.

local kind, id, ttl, count = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local fields = {}
for i = 5, 4 + count do fields[#fields + 1] = ARGV[i] end
local r = record(fields)

local function raise(seq)
  if seq > tonumber(redis.call('GET', W .. 'seq') or '0') then redis.call('SET', W .. 'seq', int(seq)) end
end

if kind == 'workspace' then
  if r.seq then raise(tonumber(r.seq)) end
  return {'stored'}
end

local name = W .. kind .. ':' .. id
local ideas = redis.call('HGET', name, 'ideas')
redis.call('DEL', name)
for i = 1, count, 2 do redis.call('HSET', name, fields[i], fields[i + 1]) end
if ttl > 0 then redis.call('PEXPIRE', name, int(ttl)) end

if kind == 'idea' then
  local history = W .. 'history:' .. id
  redis.call('DEL', history)
  for i = 5 + count, #ARGV do redis.call('RPUSH', history, ARGV[i]) end
  file(r)
  local team, number = string.match(id, '^([^-]+)-(%d+)$')
  redis.call('SADD', W .. 'wrote:' .. r.author, team)
  if tonumber(number) > tonumber(redis.call('HGET', W .. 'team:' .. team, 'ideas') or '0') then
    redis.call('HSET', W .. 'team:' .. team, 'ideas', number)
  end
  raise(tonumber(r.order))
elseif kind == 'team' then
  if ideas and tonumber(ideas) > tonumber(r.ideas or '0') then redis.call('HSET', name, 'ideas', ideas) end
  enlist(r)
elseif kind == 'out' then
  if r.author then redis.call('ZADD', W .. 'unconfirmed:' .. r.author, r.at, id) end
  move(id, nil, r.state, tonumber(r.at))
end
return {'stored'}
