-- Reads the tests that run and whose owner somebody is.
-- ARGV: user, team or '' for all, how many.
-- Returns {'idea:number', summary as JSON, ...} by deadline, the first first.
-- Tests of withdrawn ideas wait for the idea to be brought back.

local W = KEYS[1]
local tests = {}
for _, member in ipairs(redis.call('ZRANGE', W .. 'tests:' .. ARGV[1], 0, -1)) do
  if #tests >= 2 * tonumber(ARGV[3]) then break end
  local key, id = string.match(member, '^([^:]+):(%d+)$')
  local asked = ARGV[2] == '' or string.match(key, '^[^-]+') == ARGV[2]
  local summary = asked and redis.call('HGET', W .. 'runs:' .. key, id)
  if summary and redis.call('HEXISTS', W .. 'idea:' .. key, 'withdrawn') == 0 then
    tests[#tests + 1] = member
    tests[#tests + 1] = summary
  end
end
return tests
