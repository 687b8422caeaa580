-- Library: drafts. A draft is kept as "ms form json": when it was saved, and
-- which opening of the form wrote it. Without json it is the mark that this
-- opening of the form is done with.

local function read_draft(user, slot)
  local stored = redis.call('HGET', W .. 'drafts:' .. user, slot)
  if not stored then return nil end
  local ms, form, text = string.match(stored, '^(%d+) (%S*) (.*)$')
  return tonumber(ms), form, text
end

-- A late report from a form that is done with, or one that was overtaken by a
-- later report from the same form, changes nothing.
local function keep_draft(user, slot, ms, form, text)
  local name, now = W .. 'drafts:' .. user, clock()
  local old_ms, old_form, old_text = read_draft(user, slot)
  if old_ms and form ~= '' and old_form == form and (old_text == '' or old_ms > ms) then return end
  local all = redis.call('HGETALL', name)
  for i = 1, #all, 2 do
    if tonumber(string.match(all[i + 1], '^%d+')) <= now - 86400000 then redis.call('HDEL', name, all[i]) end
  end
  redis.call('HSET', name, slot, int(ms) .. ' ' .. form .. ' ' .. text)
  redis.call('EXPIRE', name, 86400)
end

local function drop_draft(user, slot, form)
  if slot == '' then return end
  if form == '' then
    redis.call('HDEL', W .. 'drafts:' .. user, slot)
    return
  end
  redis.call('HSET', W .. 'drafts:' .. user, slot, int(clock()) .. ' ' .. form .. ' ')
  redis.call('EXPIRE', W .. 'drafts:' .. user, 86400)
end
