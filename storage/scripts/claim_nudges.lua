-- uses: op idea
-- Hands out who is to be looked at for a nudge.
-- ARGV: token of this call, how many, lease in ms, how many nudges may wait in the
-- outbox, then lists of sheets that ask a person, as 'KIND LIST'.
-- Returns {now, wait in ms, {who, fence, flat record, settings as a flat record, {team,
-- ...}, waits, next in ms}, ...}: in which teams something waits for a person, whether
-- anything does ('1' or '0'), and when something else begins to ('' for never).
-- Promises: none are handed out while the outbox has no room for as many; somebody is
-- held by one claimer until its lease ends; the same token
-- gets the same people; who was held by a claimer that vanished is handed out again.

local token, n, lease, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = clock()
local looked = 20 -- of the things of one kind that wait for somebody

-- Adds to found what waits for somebody in a list, of which those up to a score do.
local function waits_in(found, list, till)
  local members = redis.call('ZRANGEBYSCORE', list, '-inf', till, 'LIMIT', 0, looked)
  for _, member in ipairs(members) do
    found.waits = true
    found.teams[string.match(member, '^[^-:]+')] = true
  end
  if till == '+inf' then return end
  local after = redis.call('ZRANGEBYSCORE', list, '(' .. till, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)[2]
  if after and (not found.next or tonumber(after) < found.next) then found.next = tonumber(after) end
end

-- Adds to found that a person has ideas without an outcome.
local function orphans_of(found, user, stage)
  for _, key in ipairs(redis.call('ZREVRANGE', W .. 'list:@' .. user .. ':' .. stage, 0, looked - 1)) do
    if redis.call('HEXISTS', W .. 'idea:' .. key, 'outcomes') == 0 then
      found.waits = true
      found.teams[string.match(key, '^[^-]+')] = true
    end
  end
end

local function waiting(user)
  local found = {teams = {}}
  waits_in(found, W .. 'polls:' .. user, '+inf')
  waits_in(found, W .. 'rounds:' .. user, '+inf')
  waits_in(found, W .. 'tests:' .. user, int(now))
  waits_in(found, W .. 'minds:' .. user, int(now))
  for i = 5, #ARGV do
    local kind, list = string.match(ARGV[i], '^(%S+) (%S+)$')
    waits_in(found, W .. 'listed:' .. kind .. ':@' .. user .. ':' .. list, '+inf')
  end
  for _, stage in ipairs(aimless_stages) do orphans_of(found, user, stage) end
  -- What its ideas changed is asked of a team's product owners.
  for _, team in ipairs(redis.call('SMEMBERS', W .. 'owns:' .. user)) do
    found.waits = true
    found.teams[team] = true
  end
  -- The question of the week is asked of those who want it, in the teams they named.
  local probe = redis.call('HGET', W .. 'sheet:nudges:@' .. user .. ':1', 'probe')
  for _, team in ipairs(probe and cjson.decode(probe) or {}) do
    found.waits = true
    found.teams[team] = true
  end
  for _, team in ipairs(redis.call('SMEMBERS', W .. 'wrote:' .. user)) do
    waits_in(found, W .. 'listed:review:' .. team .. ':open', '+inf')
  end
  return found
end

local function handed(who)
  local fence = redis.call('ZSCORE', W .. 'nudges:looking', who)
  if not fence then return nil end
  local flat = redis.call('HGETALL', W .. 'nudge:' .. who)
  local user = string.match(who, '^@(.+)$')
  if not user then
    return {who, int(tonumber(fence)), flat, redis.call('HGETALL', W .. 'sheet:team-nudges:' .. who .. ':1'), {who}, '1', ''}
  end
  local found, teams, settings = waiting(user), {}, redis.call('HGETALL', W .. 'sheet:nudges:' .. who .. ':1')
  for team in pairs(found.teams) do teams[#teams + 1] = team end
  table.sort(teams)
  return {who, int(tonumber(fence)), flat, settings, teams, found.waits and '1' or '0', found.next and int(found.next) or ''}
end

local reply, held = {int(now), 0}, {}
local before = redis.call('HGET', W .. 'op:' .. token, 'claim')
if before then
  for _, who in ipairs(cjson.decode(before)) do reply[#reply + 1] = handed(who) end
  return reply
end

for _, who in ipairs(redis.call('ZRANGEBYSCORE', W .. 'nudges:looking', '-inf', int(now), 'LIMIT', 0, 100)) do
  redis.call('ZREM', W .. 'nudges:looking', who)
  wake(who, now)
end

-- Few at a time would cost as many questions to Slack.
if most - redis.call('SCARD', W .. 'nudges:out') < n then n = 0 end
local due = redis.call('ZRANGEBYSCORE', W .. 'nudges:due', '-inf', int(now), 'WITHSCORES', 'LIMIT', 0, n)
for i = 1, #due, 2 do
  local who, name = due[i], W .. 'nudge:' .. due[i]
  redis.call('ZREM', W .. 'nudges:due', who)
  -- Its first moment is the next one from here, however late somebody looks.
  if redis.call('HEXISTS', name, 'due') == 0 then redis.call('HSETNX', name, 'since', int(tonumber(due[i + 1]))) end
  redis.call('ZADD', W .. 'nudges:looking', int(now + lease), who)
  held[#held + 1] = who
  reply[#reply + 1] = handed(who)
end
if #held > 0 then
  redis.call('HSET', W .. 'op:' .. token, 'claim', cjson.encode(held))
  redis.call('PEXPIRE', W .. 'op:' .. token, int(lease))
end
if #held == 0 then
  local wait = 60000
  for _, name in ipairs({'nudges:due', 'nudges:looking'}) do
    local first = redis.call('ZRANGE', W .. name, 0, 0, 'WITHSCORES')
    if first[2] then wait = math.min(wait, math.max(0, tonumber(first[2]) - now)) end
  end
  reply[2] = int(wait)
end
return reply
