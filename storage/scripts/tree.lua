-- uses: op node
-- Reads what a team's tree is made of.
-- ARGV: team, stages at which ideas without a link count, ...
-- Returns {nodes {flat record, ...}, {key, ideas on it, ...}, orphans, {'STAGE NODES',
-- how many ideas at it are linked to these several nodes, ...}}, see node_flat and
-- ideas_on.
-- Promises: the cost depends on the nodes and on how many sets of them ideas are
-- linked to together, and not on how many ideas are stored.

local team = ARGV[1]
local flats, ideas = {}, {}
for _, key in ipairs(nodes_of(team)) do
  flats[#flats + 1] = node_flat(key)
  local on = ideas_on_node(key)
  if #on[1] > 0 then
    ideas[#ideas + 1] = key
    ideas[#ideas + 1] = on
  end
end
local linked, orphans = record(redis.call('HGETALL', W .. 'counts:' .. team)), {}
for i = 2, #ARGV do
  local n = redis.call('ZCARD', W .. 'list:' .. team .. ':' .. ARGV[i]) - tonumber(linked[ARGV[i]] or '0')
  if n > 0 then
    orphans[#orphans + 1] = ARGV[i]
    orphans[#orphans + 1] = n
  end
end
return {flats, ideas, ideas_on(orphans, W .. 'orphans:' .. team), redis.call('HGETALL', W .. 'together:' .. team)}
