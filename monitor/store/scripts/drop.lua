-- drop: a person wants a delivery not to be sent. One that still waits on its channel is thrown away when it is taken.
-- KEYS 1 delivery (hash) · 2 delayed (zset) · 3 dead (stream)
-- ARGV 1 delivery id · 2 lifetime of the record in ms            returns 1 if it is dropped, 0 if it was delivered or unknown
local record = redis.call('HMGET', KEYS[1], 'status', 'dead')
if record[1] == 'dropped' then return 1 end
if not record[1] or record[1] == 'delivered' then return 0 end
redis.call('ZREM', KEYS[2], ARGV[1])
if record[2] then redis.call('XDEL', KEYS[3], record[2]) end
local time = redis.call('TIME')
redis.call('HDEL', KEYS[1], 'alert', 'next_try', 'dead')
redis.call('HSET', KEYS[1], 'status', 'dropped', 'changed', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
