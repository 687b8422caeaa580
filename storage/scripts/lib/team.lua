-- uses: nudge
-- Library: where a team is found, and what it counts.

local function owners(team)
  local list = {}
  for owner in string.gmatch(team.owners or '', '[^,]+') do list[#list + 1] = owner end
  return list
end

local function enlist(team)
  redis.call('SADD', W .. 'teams', team.key)
  redis.call('HSET', W .. 'channels', team.channel, team.key)
  wake(team.key)
  for _, owner in ipairs(owners(team)) do
    redis.call('SADD', W .. 'owns:' .. owner, team.key)
    wake('@' .. owner)
  end
end

local function delist(team)
  redis.call('SREM', W .. 'teams', team.key)
  redis.call('HDEL', W .. 'channels', team.channel)
  for _, owner in ipairs(owners(team)) do redis.call('SREM', W .. 'owns:' .. owner, team.key) end
end

-- Makes sure that the team's next number of what the counter counts is higher.
local function count_up(team, counter, number)
  local name = W .. 'team:' .. team
  if tonumber(number) > tonumber(redis.call('HGET', name, counter) or '0') then
    redis.call('HSET', name, counter, number)
  end
end
