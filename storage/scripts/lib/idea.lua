-- Library: the lists an idea is in, the totals of its team, and the stream of
-- changes.

-- Every list that the facts of an idea select, with the place it has there.
-- idea: its record as a table.
local function lists(idea)
  local kind = W .. (idea.withdrawn and 'withdrawn:' or 'list:')
  local team = string.match(idea.key, '^[^-]+')
  local by, stage = '@' .. idea.author, ':' .. idea.stage
  local order, staged = idea.order, idea.stage_order or idea.order
  local all = {
    {kind .. team, order},
    {kind .. team .. stage, staged},
    {kind .. team .. ':' .. by, order},
    {kind .. team .. ':' .. by .. stage, staged},
    {kind .. by, order},
    {kind .. by .. stage, staged},
  }
  if not idea.withdrawn and not idea.outcomes and idea.stage ~= 'parked' then
    all[#all + 1] = {W .. 'orphans:' .. team, order}
  end
  return all
end

local function file(idea)
  for _, list in ipairs(lists(idea)) do redis.call('ZADD', list[1], list[2], idea.key) end
end

local function unfile(idea)
  for _, list in ipairs(lists(idea)) do redis.call('ZREM', list[1], idea.key) end
end

-- Adds an idea to what its team has in the Product Backlog, or with sign -1
-- takes it away.
local function weigh(idea, sign)
  if idea.withdrawn or idea.stage ~= 'backlog' then return end
  local name = W .. 'totals:' .. string.match(idea.key, '^[^-]+')
  local function add(field, n)
    if redis.call('HINCRBY', name, field, int(n)) == 0 then redis.call('HDEL', name, field) end
  end
  add('ideas', sign)
  if idea.size then
    add('sized', sign)
    add('points', sign * tonumber(idea.size))
  end
end

-- Keeps lists and totals in step with a change of an idea.
local function refile(old, new)
  local moved = old.stage ~= new.stage or (old.withdrawn == nil) ~= (new.withdrawn == nil)
  if moved or (old.outcomes == nil) ~= (new.outcomes == nil) then
    unfile(old)
    file(new)
  end
  if moved or old.size ~= new.size then
    weigh(old, -1)
    weigh(new, 1)
  end
end

-- What stands in a team's Product Backlog, and how many moves there were, as a
-- flat record.
local function load_of(team)
  local now = redis.call('HMGET', W .. 'totals:' .. team, 'ideas', 'sized', 'points')
  local ever = redis.call('HMGET', W .. 'team:' .. team, 'promoted', 'overridden')
  return {
    'ideas', now[1] or '0', 'sized', now[2] or '0', 'points', now[3] or '0',
    'promoted', ever[1] or '0', 'overridden', ever[2] or '0',
  }
end

-- Tells followers that the idea changed, as change number seq.
local function announce(seq, key)
  redis.call('XADD', W .. 'changes', 'MAXLEN', '~', 4096, int(seq) .. '-1', 'idea', key)
end
