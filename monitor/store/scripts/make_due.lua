-- make_due: let a feed be polled next. One that is being polled is polled again as soon as that has ended: what it is to
-- find may have come after the answer. Its claim is marked by a '!' for that (settle_feeds.lua).
-- KEYS 1 due (zset: feed -> ms) · 2 claims (hash: feed -> token, with a dash once settled)
-- ARGV 1 feed                                                                       returns 1, or 0 if it is not scheduled
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return 0 end
local claim = redis.call('HGET', KEYS[2], ARGV[1])
if claim and string.sub(claim, 1, 1) ~= '-' then
  if string.sub(claim, -1) ~= '!' then redis.call('HSET', KEYS[2], ARGV[1], claim .. '!') end
  return 1
end
local time = redis.call('TIME')
redis.call('ZADD', KEYS[1], 'XX', time[1] * 1000 + math.floor(time[2] / 1000), ARGV[1])
return 1
