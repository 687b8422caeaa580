-- uses: op
-- Library: who is looked at for a nudge, and when. Somebody is '@USER' or a TEAM, and
-- is in nudges:due until a look finds that nothing waits.

local nudge_days = 40 * 86400000 -- for which it is kept what became of a nudge

-- Sheets that say when their owner is nudged: a change has that looked at anew.
local decides_nudges = {nudges = true, ['team-nudges'] = true, holidays = true}

-- Has somebody looked at now, or at that time, unless they are before.
local function wake(who, at)
  at = at or clock()
  local planned = redis.call('ZSCORE', W .. 'nudges:due', who)
  if not planned or at < tonumber(planned) then redis.call('ZADD', W .. 'nudges:due', int(at), who) end
end

-- Keeps what became of the nudge of a day, 'STATE at due why'. due: in ms; why may
-- be empty.
local function note_nudge(who, day, state, at, due, why)
  local name = W .. 'nudged:' .. day
  redis.call('HSET', name, who, state .. ' ' .. int(at) .. ' ' .. int(due) .. ' ' .. why)
  redis.call('PEXPIRE', name, int(nudge_days))
end

-- State, time, moment it was due, and why of the nudge of a day; nil for none.
local function nudge_of(who, day)
  local noted = redis.call('HGET', W .. 'nudged:' .. day, who)
  if not noted then return nil end
  return string.match(noted, '^(%a+) (%d+) (%d+) (.*)$')
end

-- Keeps in step with an entry of the outbox what became of the nudge that it sends.
-- The entry's id says whose it is, and of which day.
local function nudge_moved(id, entry, state)
  local who, day = string.match(id, '^nudge:([^:]+):(%d+%-%d+%-%d+)$')
  if not who then return end
  local code, now = entry.code or '', clock()
  -- What is held back by more than Slack's limits makes room for others.
  if state == 'sending' or state == 'due' and (code == '' or code == 'ratelimited') then
    redis.call('SADD', W .. 'nudges:out', id)
  else
    redis.call('SREM', W .. 'nudges:out', id)
  end
  if state == 'sent' and (entry.message or '') == '' then state = code == 'nothing-to-say' and 'skipped' or 'missed' end
  if state == 'sending' then state = 'planned' end
  if state == 'due' then state = (code == 'do-not-disturb' or code == 'dnd-unknown') and 'held' or 'planned' end
  local was, _, due = nudge_of(who, day)
  if was ~= state then note_nudge(who, day, state, now, tonumber(due or entry.first or int(now)), state == 'planned' and '' or code) end
end
