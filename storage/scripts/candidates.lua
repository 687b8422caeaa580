-- uses: op node
-- Reads what an idea could be linked to.
-- ARGV: idea, how many outcomes, ideas of each, the number of a change, how many
-- changes since then are wanted at most.
-- Returns {dismissed, feedback {'NODE ANSWER', n, ...}, {{key, statement, metric},
-- {statement of an opportunity under it, ...}, 'IDEA IDEA ...', ...}, number of the
-- latest change, 'IDEA IDEA ...' that changed since the one given, or '*' where that
-- is not known}, or {} without the idea; number 0 is one that is still to be captured.
-- Ideas of an outcome are those linked to it or to what is under it, up to the next
-- outcome.
-- Promises: the cost does not depend on how many ideas are stored.

local key, most, ideas, since, changes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local team = string.match(key, '^[^-]+')
local idea = redis.call('HMGET', W .. 'idea:' .. key, 'key', 'dismissed')
if not idea[1] and not string.match(key, '-0$') then return {} end

local children = {}
for _, list in ipairs({'opportunities', 'impacts'}) do
  for _, child in ipairs(redis.call('ZRANGE', W .. list .. ':' .. team, 0, -1)) do
    local stored = redis.call('HMGET', node_record(child), 'parent', 'statement')
    local under = stored[1] or ''
    children[under] = children[under] or {}
    table.insert(children[under], {child, stored[2]})
  end
end

-- Adds the newest ideas on a node and on all under it, and what the opportunities
-- among those say.
local function gather(node, said, linked)
  if #linked < ideas then
    for _, other in ipairs(redis.call('ZREVRANGE', W .. 'linked:' .. node, 0, ideas - 1 - #linked)) do linked[#linked + 1] = other end
  end
  local under = children[node] or {}
  children[node] = nil -- what goes round in a circle ends here
  for _, child in ipairs(under) do
    if child[2] then said[#said + 1] = child[2] end
    gather(child[1], said, linked)
  end
end

local outcomes, n = {}, 0
for _, outcome in ipairs(redis.call('ZREVRANGE', W .. 'outcomes:' .. team, 0, -1)) do
  if n == most then break end
  local stored = redis.call('HMGET', W .. 'outcome:' .. outcome, 'statement', 'metric', 'closed')
  if not stored[3] then
    local said, linked = {}, {}
    gather(outcome, said, linked)
    n = n + 1
    for _, part in ipairs({{outcome, stored[1], stored[2] or ''}, said, table.concat(linked, ' ')}) do outcomes[#outcomes + 1] = part end
  end
end

local now, changed = tonumber(redis.call('GET', W .. 'seq') or '0'), '*'
if since <= now and now - since <= changes then
  local entries = redis.call('XRANGE', W .. 'changes', int(since + 1) .. '-1', '+')
  if #entries == now - since then
    for i, entry in ipairs(entries) do entries[i] = entry[2][2] end
    changed = table.concat(entries, ' ')
  end
end
return {idea[2] or '', redis.call('HGETALL', W .. 'feedback:' .. team), outcomes, int(now), changed}
