-- Library: where an outcome is found.

local function list_outcome(team, number)
  redis.call('ZADD', W .. 'outcomes:' .. team, number, team .. '-O' .. number)
end
