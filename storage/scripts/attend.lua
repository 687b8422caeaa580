-- uses: op
-- Notes that a process is connected to Slack, and what absence ends with that.
-- ARGV: how long none may have been before that is one, and how long one is
-- remembered, both in ms.
-- Returns {}.

local last, now = redis.call('GET', W .. 'attended'), clock()
if last and now - tonumber(last) > tonumber(ARGV[1]) then
  redis.call('SET', W .. 'absence', last .. ' ' .. int(now), 'PX', ARGV[2])
end
redis.call('SET', W .. 'attended', int(now))
return {}
