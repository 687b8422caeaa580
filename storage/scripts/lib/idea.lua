-- Library: the lists an idea is in, and the stream of changes.

-- Every list that the facts of an idea select. idea: its record as a table.
local function lists(idea)
  local kind = W .. (idea.withdrawn and 'withdrawn:' or 'list:')
  local team = string.match(idea.key, '^[^-]+')
  local by, stage = '@' .. idea.author, ':' .. idea.stage
  return {
    kind .. team,
    kind .. team .. stage,
    kind .. team .. ':' .. by,
    kind .. team .. ':' .. by .. stage,
    kind .. by,
    kind .. by .. stage,
  }
end

local function file(idea)
  for _, list in ipairs(lists(idea)) do redis.call('ZADD', list, idea.order, idea.key) end
end

local function unfile(idea)
  for _, list in ipairs(lists(idea)) do redis.call('ZREM', list, idea.key) end
end

-- Tells followers that the idea changed, as change number seq.
local function announce(seq, key)
  redis.call('XADD', W .. 'changes', 'MAXLEN', '~', 4096, int(seq) .. '-1', 'idea', key)
end
