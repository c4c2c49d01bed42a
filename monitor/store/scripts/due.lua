-- due: put deliveries whose wait is over back on their channel, the longest overdue first.
-- Repeated, it moves what has become due since.
-- KEYS 1 delayed (zset: delivery -> ms) · 2 channel (stream)
-- ARGV 1 most deliveries to move                                                                    returns how many moved
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ids = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(ids) do
  redis.call('ZREM', KEYS[1], id)
  redis.call('XADD', KEYS[2], '*', 'id', id)
end
return #ids
