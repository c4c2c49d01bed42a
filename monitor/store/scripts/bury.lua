-- bury: give a delivery up, with the reason. Only who still holds the entry may, once.
-- KEYS 1 delivery (hash) · 2 channel (stream) · 3 dead (stream)
-- ARGV 1 group · 2 entry of the stream · 3 delivery id · 4 reason
-- returns 1 if this call (or the one that it repeats) did it, 0 if the delivery was settled or taken over before
local mark = 'bury ' .. ARGV[2]
local record = redis.call('HMGET', KEYS[1], 'status', 'settled')
if record[2] == mark then return 1 end
if redis.call('XACK', KEYS[2], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XDEL', KEYS[2], ARGV[2])
if record[1] ~= 'queued' and record[1] ~= 'retrying' then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local dead = redis.call('XADD', KEYS[3], '*', 'id', ARGV[3], 'reason', ARGV[4])
redis.call('HDEL', KEYS[1], 'next_try')
redis.call('HSET', KEYS[1], 'status', 'dead', 'reason', ARGV[4], 'changed', now, 'dead', dead, 'settled', mark)
redis.call('HINCRBY', KEYS[1], 'attempts', 1)
return 1
