-- uses: nudge
-- Library: entries of the outbox. An entry is in exactly one outbox:STATE;
-- while it is due it is also in a lane.

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

-- Notes when the first entry of a lane may be claimed. added: an entry that has just
-- been put into it, and is all that changed there; nil where something else did.
local function plan(lane, added)
  local head = redis.call('ZRANGE', W .. 'lane:' .. lane, 0, 0, 'WITHSCORES')
  if added and head[1] ~= added then return end -- it waits behind what is planned
  if head[1] then
    local at = math.max(tonumber(head[2]), held_until('to:' .. lane), held_until('under:' .. lane))
    redis.call('ZADD', W .. 'outbox:lanes', int(at), lane)
  else
    redis.call('ZREM', W .. 'outbox:lanes', lane)
  end
end

-- Where the record that an entry draws keeps which message shows it: its key and
-- field; nil where it keeps none. The entry 'sheet:KIND:OWNER:N' draws a sheet, and
-- with ':PART' behind it a part of one, which has a message of its own. What has a
-- picture keeps it in the entry itself: it is redrawn once the picture is there.
local function keeper(id, kind, subject)
  if kind == 'picture' or kind == 'health.report' or kind == 'ballot.result' then return W .. 'out:' .. id, 'message' end
  if kind == 'idea.card' then return W .. 'idea:' .. subject, 'card' end
  if kind == 'ballot' or kind == 'round' then return W .. id, 'message' end
  local sheet, part = string.match(id, '^(sheet:[^:]+:[^:]+:%d+):?(.*)$')
  if sheet then return W .. sheet, part == '' and 'message' or 'message ' .. part end
end

-- The message that shows the entry already, as "channel ts"; '' if none.
local function shown(id, entry)
  if entry.message and entry.message ~= '' then return entry.message end
  local name, field = keeper(id, entry.kind, entry.subject)
  return name and redis.call('HGET', name, field) or ''
end

-- A job sends nothing: it is about what is stored, and doing it twice is harmless.
local function is_job(entry)
  return entry.channel == '' and entry.user == ''
end

-- The lane of what is posted in a channel, sent to a person, or a job, which
-- waits for nothing.
local function post_lane(id, entry)
  if entry.channel and entry.channel ~= '' then return entry.channel end
  if entry.user and entry.user ~= '' then return entry.user end
  return id
end

-- Puts an entry into a state. at: when it is due, its lease ends or it is
-- removed. from: its state before, or nil. lane: where it stood when it was
-- backed up; nil for where it belongs: redraws of a message do not wait behind
-- what is posted beside it.
local function move(id, from, to, at, lane)
  local name = W .. 'out:' .. id
  local entry = record(redis.call('HGETALL', name))
  if from then redis.call('ZREM', W .. 'outbox:' .. from, id) end
  if from == 'due' or from == 'sending' then
    local old = entry.lane or post_lane(id, entry)
    if from == 'due' then
      redis.call('ZREM', W .. 'lane:' .. old, id)
    else
      redis.call('DEL', W .. 'hold:under:' .. old)
    end
    plan(old)
  end
  redis.call('ZADD', W .. 'outbox:' .. to, int(at), id)
  nudge_moved(id, entry, to)
  if to ~= 'due' then
    redis.call('HSET', name, 'state', to, 'at', int(at))
    return
  end
  if not lane then
    lane = shown(id, entry)
    if lane == '' then lane = post_lane(id, entry) end
  end
  redis.call('HSET', name, 'state', to, 'at', int(at), 'lane', lane)
  redis.call('ZADD', W .. 'lane:' .. lane, int(at), id)
  plan(lane)
end

-- Who misses a message that shows a record: whoever captured the idea, or started
-- the ballot or the round; nil for what nobody misses, as those of sheets.
local function missed_by(id, entry)
  local name = keeper(id, entry.kind, entry.subject)
  if not name or string.find(id, '^sheet:') then return nil end
  return redis.call('HGET', name, entry.kind == 'idea.card' and 'author' or 'started_by')
end

-- Ends an attempt as failed or unknown. Whoever misses the message sees that in
-- Home.
local function trouble(id, entry, state, code, now)
  local till = now + 30 * 86400000
  redis.call('HSET', W .. 'out:' .. id, 'code', code, 'prior', state)
  local author = missed_by(id, entry)
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

-- Adds an entry about what did not exist before: nothing can have been sent of it, and
-- no message shows it. e: as of enqueue.
local function enqueue_first(e, now)
  local id, due = e[1], tonumber(e[8])
  if due == 0 then due = now end
  local at = int(due)
  local lane = post_lane(id, {channel = e[4], user = e[5]})
  redis.call('HSET', W .. 'out:' .. id, 'kind', e[2], 'subject', e[3], 'channel', e[4], 'user', e[5], 'thread', e[6], 'args', e[7],
    'repeatable', e[9], 'first', at, 'attempt', '0', 'prior', 'due', 'state', 'due', 'at', at, 'lane', lane)
  redis.call('ZADD', W .. 'outbox:due', at, id)
  redis.call('ZADD', W .. 'lane:' .. lane, at, id)
  plan(lane, id)
end

-- Adds or changes an entry. e: {id, kind, subject, channel, user, thread,
-- args, due, repeatable}, due in ms or '0' for now.
local function enqueue(e, now)
  local id, name = e[1], W .. 'out:' .. e[1]
  local due = tonumber(e[8])
  if due == 0 then due = now end
  local old = record(redis.call('HGETALL', name))
  local again = keeper(id, e[2], e[3]) or e[9] == '1'
  if old.state and old.state ~= 'due' and not again then return end -- once is enough
  if old.state == 'due' then
    due = math.min(due, tonumber(old.at))
    -- What was stored before lanes were noted leaves the one it stands in.
    redis.call('HSET', name, 'lane', old.lane or post_lane(id, old))
  end
  local fields = {'kind', e[2], 'subject', e[3], 'channel', e[4], 'user', e[5], 'thread', e[6], 'args', e[7], 'repeatable', e[9]}
  if not old.state then
    for _, value in ipairs({'first', int(due), 'attempt', '0', 'prior', 'due'}) do fields[#fields + 1] = value end
  end
  redis.call('HSET', name, unpack(fields))
  if not old.state then
    move(id, nil, 'due', due)
  elseif old.state == 'due' then
    move(id, 'due', 'due', due)
  elseif old.state == 'sending' then
    redis.call('HSET', name, 'again', '1')
  elseif old.state == 'unknown' and e[9] ~= '1' and shown(id, old) == '' then
    return -- it may be there already: only a person sends it again
  else
    redis.call('HSET', name, 'first', int(due), 'prior', 'due')
    settled(id, old.author)
    move(id, old.state, 'due', due)
  end
end

-- JSON in which what something is about, known only now, takes the place of '#'.
local function about(text, key)
  text = string.gsub(text, '"about":"#"', '"about":"' .. key .. '"')
  text = string.gsub(text, '"round":"#"', '"round":"' .. key .. '"')
  text = string.gsub(text, '"sheet":"#"', '"sheet":"' .. key .. '"')
  return (string.gsub(text, '"ballot":"#"', '"ballot":"' .. key .. '"'))
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

-- The entry in ARGV at position i, nine values, where '#' in id, subject and what args
-- are about becomes key; nil for none.
local function entry_at(i, key)
  if i > #ARGV then return nil end
  local e = {unpack(ARGV, i, i + 8)}
  if key then
    e[1] = string.gsub(e[1], '#', key)
    if e[3] == '#' then e[3] = key end
    if e[7] ~= 'null' then e[7] = about(e[7], key) end
  end
  return e
end

-- Adds the entries in ARGV from position i on, see entry_at. returning: the parked
-- ideas that come back by this; nil for none.
local function enqueue_all(i, key, returning)
  local now, e = clock(), entry_at(i, key)
  while e do
    if e[3] == '*' then enqueue_returns(e, returning or {}, now) else enqueue(e, now) end
    i = i + 9
    e = entry_at(i, key)
  end
end

-- The same about what has just been made, and is called key.
local function enqueue_about_new(i, key)
  local now, e = clock(), entry_at(i, key)
  while e do
    enqueue_first(e, now)
    i = i + 9
    e = entry_at(i, key)
  end
end
