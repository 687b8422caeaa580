-- uses: nudge
-- Library: sheets. A sheet is named by its kind, its owner (a team or '@USER') and
-- its number: 'sprint:PAY:3'.

local function sheet_name(kind, owner, number)
  return kind .. ':' .. owner .. ':' .. number
end

-- Kind, owner and number of a sheet's name.
local function named_sheet(name)
  return string.match(name, '^([^:]+):([^:]+):(%d+)$')
end

-- Sheets with a history of their own, under the team's key and a letter: PAY-C3.
local sheet_letters = {canvas = 'C', story_map = 'M'}

-- The key of a sheet's history; nil where it has none.
local function sheet_history(name)
  local kind, owner, number = named_sheet(name)
  if sheet_letters[kind] then return owner .. '-' .. sheet_letters[kind] .. number end
end

-- How many of a kind an owner has at most, where that is bounded: the newest.
local kept_of = {['team-nudge'] = 60}

-- Drops what is too old of a kind. number: of the newest one.
local function drop_old(kind, owner, number)
  if not kept_of[kind] then return end
  local all = W .. 'listed:' .. kind .. ':' .. owner .. ':'
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', all, '-inf', int(tonumber(number) - kept_of[kind]))) do
    redis.call('DEL', W .. 'sheet:' .. kind .. ':' .. id, W .. 'said:' .. kind .. ':' .. id)
    redis.call('ZREM', all, id)
  end
end

-- A review that is open asks all who wrote in its team.
local function wake_writers(team)
  for _, user in ipairs(redis.call('SMEMBERS', W .. 'writers:' .. team)) do wake('@' .. user) end
end

-- Puts a sheet into the lists it has places in, with sign -1 out of them. places:
-- JSON {{owner, list, score}, ...}.
local function shelve(name, places, sign)
  local kind, owner, number = named_sheet(name)
  local id = owner .. ':' .. number
  if sign > 0 then redis.call('ZADD', W .. 'listed:' .. kind .. ':' .. owner .. ':', number, id) end
  for _, place in ipairs(places and cjson.decode(places) or {}) do
    local list = W .. 'listed:' .. kind .. ':' .. place[1] .. ':' .. place[2]
    if sign > 0 then
      redis.call('ZADD', list, int(place[3]), id)
      if string.sub(place[1], 1, 1) == '@' then wake(place[1]) end
      if kind == 'review' then wake_writers(place[1]) end
    else
      redis.call('ZREM', list, id)
    end
  end
end

-- Whether one of the lists that hold a single sheet, 'only ...', holds another one.
local function taken(name, places)
  local kind, owner, number = named_sheet(name)
  for _, place in ipairs(cjson.decode(places)) do
    local list = W .. 'listed:' .. kind .. ':' .. place[1] .. ':' .. place[2]
    if string.sub(place[2], 1, 5) == 'only ' and redis.call('ZCARD', list) > 0 and not redis.call('ZSCORE', list, owner .. ':' .. number) then
      return true
    end
  end
  return false
end

-- Takes a sheet out of one of the lists that it has places in.
local function leave(name, owner, list)
  local kind, of, number = named_sheet(name)
  if redis.call('ZREM', W .. 'listed:' .. kind .. ':' .. owner .. ':' .. list, of .. ':' .. number) == 0 then return end
  local left = {}
  for _, place in ipairs(cjson.decode(redis.call('HGET', W .. 'sheet:' .. name, 'places'))) do
    if place[1] ~= owner or place[2] ~= list then left[#left + 1] = place end
  end
  redis.call('HSET', W .. 'sheet:' .. name, 'places', cjson.encode(left))
end

-- {'OWNER:N', flat record, what was said {field, JSON, ...}} of a sheet; nothing was
-- said where that is not wanted.
local function whole_sheet(kind, id, said)
  local name = kind .. ':' .. id
  return {id, redis.call('HGETALL', W .. 'sheet:' .. name), said and redis.call('HGETALL', W .. 'said:' .. name) or {}}
end

-- The sheets that are wanted of one kind. number: of the one wanted, or '' for those
-- of a list, the highest score first, from the offset on; until: instead those with
-- the lowest scores up to it, or ''. Returns {how many the list has, sheets}.
local function sheets_wanted(kind, owner, number, list, offset, most, till, said)
  if number ~= '' then
    local one = whole_sheet(kind, owner .. ':' .. number, said)
    return #one[2] > 0 and {1, one} or {0}
  end
  local name, ids = W .. 'listed:' .. kind .. ':' .. owner .. ':' .. list, nil
  if till ~= '' then
    ids = redis.call('ZRANGEBYSCORE', name, '-inf', till, 'LIMIT', offset, most)
  else
    ids = redis.call('ZREVRANGE', name, offset, tonumber(offset) + tonumber(most) - 1)
  end
  local found = {redis.call('ZCARD', name)}
  for _, id in ipairs(ids) do found[#found + 1] = whole_sheet(kind, id, said) end
  return found
end

-- The sheets wanted in ARGV from position i on, eight values each: kind, owner ('' for
-- the team, '@' for the user), number, list, offset, how many, until, '1' with what
-- was said.
local function sheets_from(i, team, user)
  local all = {}
  while i + 7 <= #ARGV do
    local kind, owner, number, list, offset, most, till, said = unpack(ARGV, i, i + 7)
    if owner == '' then owner = team end
    if owner == '@' then owner = '@' .. user end
    all[#all + 1] = sheets_wanted(kind, owner, number, list, offset, most, till, said == '1')
    i = i + 8
  end
  return all
end
