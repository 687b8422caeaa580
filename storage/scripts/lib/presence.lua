-- Library: where people are, and which channels are private.

-- Notes that the person acts in a channel of that kind ('private', 'open' or ''
-- where Slack did not say).
local function note_presence(user, here, kind)
  if here == '' or user == '' then return end
  if kind ~= '' then
    redis.call('SET', W .. 'present:' .. user .. ':' .. here, kind, 'EX', 3600)
  else
    redis.call('SET', W .. 'present:' .. user .. ':' .. here, 'unknown', 'EX', 3600, 'NX')
  end
end

-- A team is private when its channel was last seen to be. Tells whether that is
-- something else now. team: its channel and private, as stored.
local function note_kind(key, team, here, kind)
  if kind == '' or here == '' or team.channel ~= here then return false end
  if (team.private == '1') == (kind == 'private') then return false end
  if kind == 'private' then
    redis.call('HSET', W .. 'team:' .. key, 'private', '1')
  else
    redis.call('HDEL', W .. 'team:' .. key, 'private')
  end
  return true
end

-- How the person is in the channel where: 'private', 'open' or 'unknown', or ''
-- when it is not known that they are.
local function place_in(where, private, user, here, kind)
  if user == '' or where == '' then return '' end
  if where == here and kind == '' then return 'unknown' end
  local place = redis.call('GET', W .. 'present:' .. user .. ':' .. where) or ''
  -- Having been in it while it was open is no proof of being in it now.
  if private and place ~= 'private' then return '' end
  return place
end
