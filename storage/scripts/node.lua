-- uses: op node
-- Reads one node with what belongs to it.
-- ARGV: key, how many of the newest check-ins, and of the newest events.
-- Returns what whole_node does.

return whole_node(ARGV[1], ARGV[2], ARGV[3])
