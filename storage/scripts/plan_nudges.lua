-- uses: op nudge outbox
-- Keeps what looks came to.
-- ARGV: for each look: who, fence, 'go' or 'hold' or 'miss' or 'wait' or 'rest', day
-- of what goes, is held or is missed, why, when that was due, when to look next or '',
-- when the next one is due or '', time zone, then the nine values of an outbox entry.
-- Returns who was looked at by somebody else meanwhile.
-- Promises: somebody has one nudge a day, however many look; who began to wait for one
-- while they were looked at is looked at again.

local stale, now, i = {}, clock(), 1

-- Keeps it, unless that day has its nudge.
local function keep(who, state, day, due, why)
  local was = nudge_of(who, day)
  if was and was ~= 'held' then return false end
  note_nudge(who, day, state, now, tonumber(due), why)
  local name = W .. 'nudge:' .. who
  if state == 'held' then redis.call('HSET', name, 'held', day) else redis.call('HSET', name, 'day', day) end
  if state == 'planned' then redis.call('HSET', name, 'at', int(now)) end -- a miss comes at no time
  return true
end

-- What was held back for a day, and is not any more, had nothing to say.
local function let_go(who)
  local day = redis.call('HGET', W .. 'nudge:' .. who, 'held')
  if not day then return end
  local was, _, due = nudge_of(who, day)
  if was == 'held' then note_nudge(who, day, 'skipped', now, tonumber(due), 'nothing-to-say') end
  redis.call('HDEL', W .. 'nudge:' .. who, 'held')
end

while i <= #ARGV do
  local who, fence, step, day, why, due, look, following, zone = unpack(ARGV, i, i + 8)
  local held = redis.call('ZSCORE', W .. 'nudges:looking', who)
  if not held or int(tonumber(held)) ~= fence then
    stale[#stale + 1] = who
  else
    redis.call('ZREM', W .. 'nudges:looking', who)
    if step == 'go' then
      if keep(who, 'planned', day, due, '') then enqueue({unpack(ARGV, i + 9, i + 17)}, now) end
    elseif step == 'hold' then
      keep(who, 'held', day, due, why)
    elseif step == 'miss' then
      keep(who, 'missed', day, due, why)
    end
    if step ~= 'hold' then let_go(who) end
    local name = W .. 'nudge:' .. who
    redis.call('HDEL', name, 'since')
    if following == '' then redis.call('HDEL', name, 'due') else redis.call('HSET', name, 'due', following) end
    if zone ~= '' then redis.call('HSET', name, 'zone', zone) end
    redis.call('PEXPIRE', name, int(nudge_days + math.max(0, (tonumber(look) or now) - now)))
    if look ~= '' then wake(who, tonumber(look)) end
  end
  i = i + 18
end
return stale
