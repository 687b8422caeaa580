-- Reads teams.
-- ARGV: names of sets of team keys.
-- Returns {flat record of a team, ...} of the union, in no order.

local W = KEYS[1]
local sets = {}
for i, name in ipairs(ARGV) do sets[i] = W .. name end
local teams = {}
for _, key in ipairs(redis.call('SUNION', unpack(sets))) do
  teams[#teams + 1] = redis.call('HGETALL', W .. 'team:' .. key)
end
return teams
