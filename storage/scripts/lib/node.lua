-- uses: nudge
-- Library: nodes of a team's tree: outcomes (PAY-O3), opportunities (PAY-P5) and
-- impacts (PAY-I2).

local kinds = {
  O = {record = 'outcome:', list = 'outcomes'},
  P = {record = 'opportunity:', list = 'opportunities'},
  I = {record = 'impact:', list = 'impacts'},
}

-- What a node's key says: team, letter of its kind and number.
local function named_node(key)
  return string.match(key, '^([^-]+)%-([OPI])(%d+)$')
end

-- The name of a node's record.
local function node_record(key)
  local _, letter = named_node(key)
  return W .. kinds[letter].record .. key
end

-- Puts a node among those of its team. The list counts them under the same name.
local function list_node(key)
  local team, letter, number = named_node(key)
  redis.call('ZADD', W .. kinds[letter].list .. ':' .. team, number, key)
end

-- Keeps an open outcome among those that its owner minds, by when the next check-in
-- on it is due. old: its record before, or {}.
local function mind(key, old)
  if old.owner then redis.call('ZREM', W .. 'minds:' .. old.owner, key) end
  local new = record(redis.call('HGETALL', node_record(key)))
  if not new.owner or new.closed then return end
  local last = new.latest and cjson.decode(new.latest).at or new.created
  local due = tonumber(last) + 14 * 86400000 -- when a number counts as old
  redis.call('ZADD', W .. 'minds:' .. new.owner, int(due), key)
  wake('@' .. new.owner, math.max(clock(), due))
end

-- A node as a flat record, an opportunity with its newest piece of evidence as
-- 'newest' and how many there are as 'pieces'; {} when it is not stored.
local function node_flat(key)
  local _, letter = named_node(key)
  local flat = redis.call('HGETALL', W .. kinds[letter].record .. key)
  local newest = letter == 'P' and redis.call('LINDEX', W .. 'evidence:' .. key, -1)
  if newest then
    for _, value in ipairs({'newest', newest, 'pieces', redis.call('LLEN', W .. 'evidence:' .. key)}) do flat[#flat + 1] = value end
  end
  return flat
end

-- The keys of all nodes of a team.
local function nodes_of(team)
  local keys = {}
  for _, letter in ipairs({'O', 'P', 'I'}) do
    for _, key in ipairs(redis.call('ZRANGE', W .. kinds[letter].list .. ':' .. team, 0, -1)) do keys[#keys + 1] = key end
  end
  return keys
end

-- Those of the keys that are stored, with all above them, as flat records. Parents
-- that go round in a circle end where it closes.
local function chain(keys)
  local met, flats = {}, {}
  for _, key in ipairs(keys) do
    while key and not met[key] do
      met[key] = true
      local flat = node_flat(key)
      if #flat > 0 then flats[#flats + 1] = flat end
      key = record(flat).parent
    end
  end
  return flats
end

-- Whether a node would hang under itself.
local function goes_round(key, parent)
  local met = {}
  while parent and not met[parent] do
    if parent == key then return true end
    met[parent] = true
    parent = redis.call('HGET', node_record(parent), 'parent')
  end
  return false
end

-- The first closed outcome that one of the nodes is or hangs under, as a flat
-- record; nil where there is none. nodes: 'PAY-O1,PAY-P2', of which those in before
-- are left out, or nothing.
local function closed_among(nodes, before)
  for key in string.gmatch(nodes or '', '[^,]+') do
    local met = {}
    if string.find(',' .. (before or '') .. ',', ',' .. key .. ',', 1, true) then key = nil end
    while key and not met[key] do
      local _, letter = named_node(key)
      if letter == 'O' then
        if redis.call('HEXISTS', node_record(key), 'closed') == 1 then return redis.call('HGETALL', node_record(key)) end
        break
      end
      met[key] = true
      key = redis.call('HGET', node_record(key), 'parent')
    end
  end
end

-- {counts {stage or 'effect ANSWER', n, ...}, newest three {key, title, stage, ...}}
-- of the ideas on a node. newest: the set they are in.
local function ideas_on(counts, newest)
  local lines = {}
  for _, key in ipairs(redis.call('ZREVRANGE', newest, 0, 2)) do
    local idea = redis.call('HMGET', W .. 'idea:' .. key, 'title', 'stage')
    for _, value in ipairs({key, idea[1], idea[2]}) do lines[#lines + 1] = value end
  end
  return {counts, lines}
end

local function ideas_on_node(key)
  local counts = redis.call('HGETALL', W .. 'counts:' .. key)
  if #counts == 0 then return {{}, {}} end
  return ideas_on(counts, W .. 'linked:' .. key)
end

-- {flat record, evidence as JSON, newest check-ins as JSON, how many there are,
-- newest events as JSON, ideas on it} of a node; {} when it is not stored.
local function whole_node(key, checkins, events)
  local flat = redis.call('HGETALL', node_record(key))
  if #flat == 0 then return {} end
  local function newest(name, n)
    if tonumber(n) < 1 then return {} end
    return redis.call('LRANGE', W .. name .. key, -tonumber(n), -1)
  end
  return {
    flat, redis.call('LRANGE', W .. 'evidence:' .. key, 0, -1), newest('checkins:', checkins),
    redis.call('LLEN', W .. 'checkins:' .. key), newest('history:', events), ideas_on_node(key),
  }
end

-- Whether an outcome turned red. old and new: its light before and now, or nothing.
local function turned_red(old, new)
  return new == 'red' and old ~= 'red'
end
