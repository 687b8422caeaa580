-- uses: op
-- Reads which people are to be looked at for a nudge within a minute.
-- ARGV: how many at most.
-- Returns user ids, the first ones first.

local users = {}
for _, who in ipairs(redis.call('ZRANGEBYSCORE', W .. 'nudges:due', '-inf', int(clock() + 60000), 'LIMIT', 0, ARGV[1])) do
  users[#users + 1] = string.match(who, '^@(.+)$')
end
return users
