-- uses: op
-- Notes that a process is connected to Slack, and what absence ends with that.
-- ARGV: how long none may have been before that is one, how long one is
-- remembered, the version of what this process derives, and how long none of an
-- older version must have been connected before what it stored is looked through;
-- all times in ms.
-- Returns {'lacks'} where what is derived may lack something that was stored by an
-- older version, which is gone now; else {}.

local last, now = redis.call('GET', W .. 'attended'), clock()
if last and now - tonumber(last) > tonumber(ARGV[1]) then
  redis.call('SET', W .. 'absence', last .. ' ' .. int(now), 'PX', ARGV[2])
end
redis.call('SET', W .. 'attended', int(now))

local own, silence, older = tonumber(ARGV[3]), tonumber(ARGV[4]), 0
redis.call('HSET', W .. 'releases', ARGV[3], int(now))
local releases = record(redis.call('HGETALL', W .. 'releases'))
for version, at in pairs(releases) do
  if (tonumber(version) or own) < own then older = math.max(older, tonumber(at)) end
end
local version = tonumber(redis.call('GET', W .. 'derived') or '')
if not version or older + silence > now then return {} end
if version < own or older > 0 and older + silence > tonumber(releases.derived or '0') then return {'lacks'} end
return {}
