-- uses: op
-- Remembers what is known of a picture.
-- ARGV: digest, JSON of the picture, for how long in ms, its file or '' for trouble.
-- Returns {JSON of what is kept}.
-- Promises: a file that is known stays, whoever drew the same meanwhile; trouble
-- takes the place of no file.

local name = W .. 'picture:' .. ARGV[1]
local known = redis.call('GET', name)
if known and cjson.decode(known).file then return {known} end
redis.call('SET', name, ARGV[2], 'PX', ARGV[3])
return {ARGV[2]}
