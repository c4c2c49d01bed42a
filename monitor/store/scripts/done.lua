-- done: the delivery reached its receiver. That is a fact, whoever sent it: take it off the channel wherever it waits.
-- KEYS 1 delivery (hash) · 2 channel (stream) · 3 delayed (zset) · 4 dead (stream)
-- ARGV 1 group · 2 entry of the stream · 3 delivery id · 4 lifetime of the record in ms
-- returns 1 if this call settled it, 0 if another did before
redis.call('XACK', KEYS[2], ARGV[1], ARGV[2])
redis.call('XDEL', KEYS[2], ARGV[2])
redis.call('ZREM', KEYS[3], ARGV[3])
local record = redis.call('HMGET', KEYS[1], 'status', 'settled', 'dead')
local status, settled, dead = record[1], record[2], record[3]
if not status then return 0 end
if dead then redis.call('XDEL', KEYS[4], dead) end
if status == 'delivered' then return settled == 'done ' .. ARGV[2] and 1 or 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('HDEL', KEYS[1], 'alert', 'next_try', 'dead', 'reason')
redis.call('HSET', KEYS[1], 'status', 'delivered', 'changed', now, 'settled', 'done ' .. ARGV[2])
redis.call('HINCRBY', KEYS[1], 'attempts', 1)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
