-- settle_feed: end a claim: when its feed is due next and, after a poll, what that taught. A late worker changes nothing.
-- KEYS 1 due (zset: feed -> ms) · 2 claims (hash: feed -> token, with a dash once settled) · 3 states (hash: feed -> FeedState)
-- ARGV 1 feed · 2 token · 3 ms until due · 4 FeedState, or '' to keep the old one
-- returns 1 if settled, 0 if the feed was claimed by another meanwhile, or is listed no more
local claim = redis.call('HGET', KEYS[2], ARGV[1])
local settled = '-' .. ARGV[2] -- so that the same call made again is known, and the feed counts as free
if claim ~= ARGV[2] and claim ~= settled then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if ARGV[4] ~= '' then redis.call('HSET', KEYS[3], ARGV[1], ARGV[4]) end
redis.call('HSET', KEYS[2], ARGV[1], settled)
redis.call('ZADD', KEYS[1], now + ARGV[3], ARGV[1])
return 1
