-- uses: op
-- Keeps a checklist as a team changed it.
-- ARGV: op, team, id, version it was read at (0 where the team had none of its
-- own), template as JSON, templates a team may keep.
-- Returns {'stored', version}, {'conflict', what is stored as 'version JSON' or
-- ''}, {'no team'} or {'full'}.
-- Promises: a conflict changes nothing and is not kept as the operation's
-- result.

local op, team, id, version, text, most = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], tonumber(ARGV[6])
local name = W .. 'templates:' .. team

local before = replay(op, 'save template ' .. id)
if before then return before end
if redis.call('EXISTS', W .. 'team:' .. team) == 0 then return {'no team'} end
local stored = redis.call('HGET', name, id)
local current = stored and string.match(stored, '^%d+') or '0'
if current ~= version then return {'conflict', stored or ''} end
if not stored and redis.call('HLEN', name) >= most then return {'full'} end

local new = int(tonumber(current) + 1)
redis.call('HSET', name, id, new .. ' ' .. text)
return remember(op, 'save template ' .. id, {'stored', new})
