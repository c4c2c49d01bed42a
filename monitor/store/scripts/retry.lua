-- retry: an attempt failed: try again after a wait. Only who still holds the entry may say so: not twice for one entry.
-- KEYS 1 delivery (hash) · 2 channel (stream) · 3 delayed (zset: delivery -> ms)
-- ARGV 1 group · 2 entry of the stream · 3 delivery id · 4 wait in ms · 5 reason
-- returns 1 if this call (or the one that it repeats) did it, 0 if the delivery was settled or taken over before
local mark = 'retry ' .. ARGV[2]
local record = redis.call('HMGET', KEYS[1], 'status', 'settled')
if record[2] == mark then return 1 end
-- The first write is one that a full memory allows, and then lets the script end: a failed attempt is never lost.
if redis.call('XACK', KEYS[2], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XDEL', KEYS[2], ARGV[2])
if record[1] ~= 'queued' and record[1] ~= 'retrying' then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZADD', KEYS[3], now + ARGV[4], ARGV[3])
redis.call('HSET', KEYS[1], 'status', 'retrying', 'reason', ARGV[5], 'next_try', now + ARGV[4], 'changed', now,
  'settled', mark)
redis.call('HINCRBY', KEYS[1], 'attempts', 1)
return 1
