-- Library: entries of the outbox. An entry is in exactly one outbox:STATE;
-- while it is due it is also in the lane of the channel or person it goes to.

local function lane_of(channel, user)
  if channel and channel ~= '' then return channel end
  return user or ''
end

-- When a hold ends; 0 when there is none.
local function held_until(name)
  return tonumber(redis.call('GET', W .. 'hold:' .. name) or '0')
end

-- Extends a hold to the given time.
local function hold(name, now, till)
  if till > held_until(name) then
    redis.call('SET', W .. 'hold:' .. name, int(till), 'PX', int(till - now))
  end
end

-- Notes when the first entry of a lane may be claimed.
local function plan(lane)
  local head = redis.call('ZRANGE', W .. 'lane:' .. lane, 0, 0, 'WITHSCORES')
  if head[1] then
    redis.call('ZADD', W .. 'outbox:lanes', int(math.max(tonumber(head[2]), held_until('to:' .. lane))), lane)
  else
    redis.call('ZREM', W .. 'outbox:lanes', lane)
  end
end

-- Puts an entry into a state. at: when it is due, its lease ends or it is
-- removed. from: its state before, or nil.
local function move(id, from, to, at)
  local name = W .. 'out:' .. id
  local lane = redis.call('HMGET', name, 'channel', 'user')
  lane = lane_of(lane[1], lane[2])
  if from then redis.call('ZREM', W .. 'outbox:' .. from, id) end
  redis.call('ZADD', W .. 'outbox:' .. to, int(at), id)
  redis.call('HSET', name, 'state', to, 'at', int(at))
  if to == 'due' then
    redis.call('ZADD', W .. 'lane:' .. lane, int(at), id)
    plan(lane)
  elseif from == 'due' then
    redis.call('ZREM', W .. 'lane:' .. lane, id)
    plan(lane)
  end
end

-- The message that shows the entry already, as "channel ts"; '' if none.
local function shown(entry)
  if entry.message and entry.message ~= '' then return entry.message end
  if entry.kind == 'idea.card' then
    return redis.call('HGET', W .. 'idea:' .. entry.subject, 'card') or ''
  end
  return ''
end

-- Ends an attempt as failed or unknown. Whoever captured an idea sees that of
-- its card in Home.
local function trouble(id, entry, state, code, now)
  local till = now + 30 * 86400000
  redis.call('HSET', W .. 'out:' .. id, 'code', code, 'prior', state)
  local author = entry.kind == 'idea.card' and redis.call('HGET', W .. 'idea:' .. entry.subject, 'author')
  if author then
    redis.call('HSET', W .. 'out:' .. id, 'author', author)
    redis.call('ZADD', W .. 'unconfirmed:' .. author, int(till), id)
  end
  move(id, entry.state, state, till)
end

-- The end of trouble.
local function settled(id, author)
  if author then
    redis.call('ZREM', W .. 'unconfirmed:' .. author, id)
    redis.call('HDEL', W .. 'out:' .. id, 'author')
  end
end

-- Adds or changes an entry. e: {id, kind, subject, channel, user, thread,
-- args, due, repeatable}, due in ms or '0' for now.
local function enqueue(e, now)
  local id, name = e[1], W .. 'out:' .. e[1]
  local due = tonumber(e[8])
  if due == 0 then due = now end
  local old = record(redis.call('HGETALL', name))
  local again = e[2] == 'idea.card' or e[9] == '1'
  if old.state and old.state ~= 'due' and not again then return end -- once is enough
  if old.state == 'due' then -- its lane may change
    local lane = lane_of(old.channel, old.user)
    redis.call('ZREM', W .. 'lane:' .. lane, id)
    plan(lane)
    due = math.min(due, tonumber(old.at))
  end
  redis.call('HSET', name, 'kind', e[2], 'subject', e[3], 'channel', e[4], 'user', e[5],
    'thread', e[6], 'args', e[7], 'repeatable', e[9])
  if not old.state then
    redis.call('HSET', name, 'first', int(due), 'attempt', '0', 'prior', 'due')
    move(id, nil, 'due', due)
  elseif old.state == 'due' then
    move(id, 'due', 'due', due)
  elseif old.state == 'sending' then
    redis.call('HSET', name, 'again', '1')
  elseif old.state == 'unknown' and e[9] ~= '1' and shown(old) == '' then
    return -- it may be there already: only a person sends it again
  else
    redis.call('HSET', name, 'first', int(due), 'prior', 'due')
    settled(id, old.author)
    move(id, old.state, 'due', due)
  end
end

-- JSON in which what something is about, known only now, takes the place of '#'.
local function about(text, key)
  return (string.gsub(text, '"about":"#"', '"about":"' .. key .. '"'))
end

-- Adds an entry for each of the parked ideas that come back: '*' in its id and
-- subject stands for the idea, in its id together with when it was parked. It
-- goes to the channel of the idea's team unless the entry names one.
local function enqueue_returns(e, returning, now)
  for _, key in ipairs(returning) do
    local one = {unpack(e)}
    local parking = redis.call('HGET', W .. 'idea:' .. key, 'parking')
    local at = parking and int(cjson.decode(parking).at) or '0'
    one[1] = string.gsub(e[1], '%*', key .. ':' .. at)
    one[3] = key
    if e[4] == '' and e[5] == '' then one[4] = redis.call('HGET', W .. 'team:' .. string.match(key, '^[^-]+'), 'channel') end
    enqueue(one, now)
  end
end

-- Adds the entries in ARGV from position i on, nine values each. '#' in id,
-- subject and what args are about becomes key. returning: the parked ideas that
-- come back by this; nil for none.
local function enqueue_all(i, key, returning)
  local now = clock()
  while i <= #ARGV do
    local e = {}
    for j = 1, 9 do e[j] = ARGV[i + j - 1] end
    if key then
      e[1] = string.gsub(e[1], '#', key)
      if e[3] == '#' then e[3] = key end
      e[7] = about(e[7], key)
    end
    if e[3] == '*' then enqueue_returns(e, returning or {}, now) else enqueue(e, now) end
    i = i + 9
  end
end
