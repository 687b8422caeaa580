-- uses: op history node parking draft outbox
-- Stores a check-in on an outcome.
-- ARGV: op, key, check-in as JSON without number and place, number of the check-in
-- that it corrects or 0, light, now, event as JSON, whose draft, its slot and form
-- to drop or '', then nine values per outbox entry.
-- Returns {'stored', number, flat record of the outcome}, {'closed', 0, flat
-- record}, {'no node'} or {'no check-in'}.
-- Promises: none is lost and none takes another's number; of the ideas that wait
-- for the outcome to turn red, none is missed.

local op, key, text, corrects, light, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5], ARGV[6]
local event, user, slot, form = ARGV[7], ARGV[8], ARGV[9], ARGV[10]
local name, checkins, step = W .. 'outcome:' .. key, W .. 'checkins:' .. key, 'check in ' .. key

local before = replay(op, step)
if before then return before end
local old = record(redis.call('HGETALL', name))
if not old.key then return {'no node'} end
if old.closed then return {'closed', 0, redis.call('HGETALL', name)} end

local number = redis.call('LLEN', checkins) + 1
local place = number
if corrects > 0 then
  local corrected = redis.call('LINDEX', checkins, corrects - 1)
  if not corrected then return {'no check-in'} end
  place = cjson.decode(corrected).place
end
text = '{"number":' .. int(number) .. ',"place":' .. int(place) .. ',' .. string.sub(text, 2)
redis.call('RPUSH', checkins, text)
local returning = {}
if place == number or not old.latest or place == cjson.decode(old.latest).place then
  redis.call('HSET', name, 'latest', text, 'light', light)
  if (old.light or '') ~= light then redis.call('HINCRBY', name, 'version', 1) end
  if turned_red(old.light, light) then
    redis.call('HSET', name, 'red_at', now)
    returning = waiting_for('red:' .. key)
  end
end
mind(key, old)
if tonumber(now) > tonumber(old.changed or old.created) then redis.call('HSET', name, 'changed', now) end
append_event(key, event)
drop_draft(user, slot, form)
enqueue_all(11, nil, returning)
return remember(op, step, {'stored', int(number), redis.call('HGETALL', name)})
