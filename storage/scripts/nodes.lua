-- uses: op node
-- Reads nodes of a tree.
-- ARGV: team, whose nodes are wanted, or '' and keys of nodes that are wanted with
-- all above them.
-- Returns {flat record, ...} of nodes, see node_flat.

if ARGV[1] == '' then
  local keys = {}
  for i = 2, #ARGV do keys[#keys + 1] = ARGV[i] end
  return chain(keys)
end
local flats = {}
for _, key in ipairs(nodes_of(ARGV[1])) do flats[#flats + 1] = node_flat(key) end
return flats
