-- uses: nudge
-- Library: what is kept beside the runs of checklists.

-- Keeps the summary of a run, and whose running tests it is among. text: the
-- summary as JSON.
local function summarize(key, id, text)
  local summaries, member = W .. 'runs:' .. key, key .. ':' .. id
  local old = redis.call('HGET', summaries, id)
  if old then
    old = cjson.decode(old)
    if old.owner then redis.call('ZREM', W .. 'tests:' .. old.owner, member) end
  end
  redis.call('HSET', summaries, id, text)
  local new = cjson.decode(text)
  if new.running and new.owner then
    redis.call('ZADD', W .. 'tests:' .. new.owner, int(new.deadline or 0), member)
    wake('@' .. new.owner, math.max(clock(), tonumber(new.deadline or 0)))
  end
end
