-- uses: op
-- Lets one caller at a time draw a picture that there is no file of.
-- ARGV: digest, the caller's token, lease in ms.
-- Returns {'yours', ''}, or {'known', JSON of the picture or of another's lease}.
-- Promises: while a lease lasts, no other token gets it; its own gets it again.

local name, lease = W .. 'picture:' .. ARGV[1], cjson.encode({by = ARGV[2]})
local known = redis.call('GET', name)
if known and known ~= lease and not cjson.decode(known).trouble then return {'known', known} end
redis.call('SET', name, lease, 'PX', ARGV[3])
return {'yours', ''}
