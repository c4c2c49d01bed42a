-- renew_feeds: lengthen the leases of one claim in one shard. Feeds claimed by another meanwhile are left alone.
-- KEYS 1 due (zset: feed -> ms) · 2 claims (hash: feed -> token)
-- ARGV 1 token · 2 lease in ms · 3.. feeds                                                 returns how many were still ours
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ours = 0
for i = 3, #ARGV do
  local claim = redis.call('HGET', KEYS[2], ARGV[i])
  if claim == ARGV[1] or claim == ARGV[1] .. '!' then
    redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[i])
    ours = ours + 1
  end
end
return ours
