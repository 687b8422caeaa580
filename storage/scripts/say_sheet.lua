-- uses: op acted sheet draft outbox
-- Keeps what somebody says to a sheet.
-- ARGV: op, kind, 'OWNER:N', field, JSON or '' to take back what was said under it,
-- whose draft, its slot and form to drop or '', owner of a list that the sheet leaves
-- and that list, or '' and '', when they acted as in acted.lua and on what of the field
-- or '' for all of it, '=' and what must be said under the field before or '' where that
-- is all the same, number of values that follow, field of the sheet, value it must have
-- ('' for none), ..., then nine values per outbox entry.
-- Returns {'stored', 'same', 'overtaken', 'else' or 'over', sheet} as whole_sheet gives
-- it, with what was said; {} when there is no such sheet.
-- Promises: nothing is said to a sheet that is not as it must be ('over'), where a later
-- act of the person stands ('overtaken'), or where something else was said than must be
-- ('else'); saying the same again changes nothing and adds no entry ('same').

local op, kind, id, field, text, user, slot, form, owner, list = unpack(ARGV, 1, 10)
local acted, on, was, count = unpack(ARGV, 11, 14)
local name = kind .. ':' .. id
local sheet, said = W .. 'sheet:' .. name, W .. 'said:' .. name

if redis.call('EXISTS', sheet) == 0 then return {} end
local step = 'say ' .. name
local before = replay(op, step)
if before then return {before[1], whole_sheet(kind, id, true)} end

for i = 15, 14 + tonumber(count), 2 do
  if (redis.call('HGET', sheet, ARGV[i]) or '') ~= ARGV[i + 1] then return {'over', whole_sheet(kind, id, true)} end
end
local now = redis.call('HGET', said, field) or ''
if was ~= '' and was ~= '=' .. now then return {'else', whole_sheet(kind, id, true)} end
if overtaken('said:' .. name, on == '' and field or field .. ' ' .. on, acted) then return {'overtaken', whole_sheet(kind, id, true)} end
local status = 'same'
if now ~= text then
  status = 'stored'
  if text == '' then redis.call('HDEL', said, field) else redis.call('HSET', said, field, text) end
  redis.call('HINCRBY', sheet, 'said', 1)
  enqueue_all(15 + tonumber(count), id)
end
if owner ~= '' then leave(name, owner, list) end
drop_draft(user, slot, form)
remember(op, step, {status})
return {status, whole_sheet(kind, id, true)}
