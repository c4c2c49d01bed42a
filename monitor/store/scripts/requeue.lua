-- requeue: send a dead delivery again, as if queued now: its attempts and its age start anew.
-- KEYS 1 delivery (hash) · 2 channel (stream) · 3 dead (stream)
-- ARGV 1 delivery id · 2 token of this call           returns 1 if this call (or the one that it repeats) did it, else 0
local record = redis.call('HMGET', KEYS[1], 'status', 'dead', 'requeued')
if record[3] == ARGV[2] then return 1 end
if record[1] ~= 'dead' then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('XADD', KEYS[2], '*', 'id', ARGV[1])
redis.call('XDEL', KEYS[3], record[2])
redis.call('HDEL', KEYS[1], 'dead', 'settled')
redis.call('HSET', KEYS[1], 'status', 'queued', 'attempts', 0, 'queued', now, 'changed', now, 'requeued', ARGV[2])
return 1
