-- claim_feeds: lease the due feeds of one shard, the longest overdue first. Repeated with the same token, the same answer.
-- KEYS 1 due (zset: feed -> ms) · 2 claims (hash: feed -> token) · 3 claimed (string: this claim's feeds as JSON, expires)
-- ARGV 1 token · 2 most feeds to claim · 3 lease in ms · 4 lifetime of KEYS[3] in ms            returns the feeds claimed
local before = redis.call('GET', KEYS[3])
if before then return cjson.decode(before) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local feeds = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[2])
if #feeds == 0 then return feeds end
redis.call('SET', KEYS[3], cjson.encode(feeds), 'PX', ARGV[4])
for _, feed in ipairs(feeds) do
  redis.call('ZADD', KEYS[1], now + ARGV[3], feed)
  redis.call('HSET', KEYS[2], feed, ARGV[1])
end
return feeds
