-- uses: op history idea
-- Moves an idea in the order of its team's Product Backlog.
-- ARGV: op, key, where to ('top', 'up' or 'down'), event as JSON in which "#from" and
-- "#to" stand for its places, from 1.
-- Returns {'stored' or 'same', place from 1}, {'elsewhere'} when it does not stand in
-- the Product Backlog or {'no idea'}.
-- Promises: ideas change places and none is lost; two moves at once are both made;
-- at the end of the order an idea stays where it is, and nothing is noted.

local op, key, to, event = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local step = 'order ' .. key
local before = replay(op, step)
if before then return before end
if redis.call('EXISTS', W .. 'idea:' .. key) == 0 then return {'no idea'} end

local order = W .. 'ordered:' .. string.match(key, '^[^-]+')
local from = redis.call('ZREVRANK', order, key)
if not from then return {'elsewhere'} end

local function put(at, rank)
  redis.call('HSET', W .. 'idea:' .. at, 'rank', rank)
  redis.call('ZADD', order, rank, at)
end

if to == 'top' and from > 0 then
  put(key, int(redis.call('INCR', W .. 'seq'))) -- above any that was given before
elseif to ~= 'top' then
  local place = to == 'up' and from - 1 or from + 1
  local other = place >= 0 and redis.call('ZREVRANGE', order, place, place)[1]
  if other then
    local mine, theirs = redis.call('ZSCORE', order, key), redis.call('ZSCORE', order, other)
    put(key, int(tonumber(theirs)))
    put(other, int(tonumber(mine)))
  end
end

local now = redis.call('ZREVRANK', order, key)
if now == from then return remember(op, step, {'same', int(now + 1)}) end
append_event(key, (string.gsub(event, '#%a+', {['#from'] = int(from + 1), ['#to'] = int(now + 1)})))
return remember(op, step, {'stored', int(now + 1)})
