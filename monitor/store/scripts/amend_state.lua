-- amend_state: replace what is known of a feed, if it is still what the caller has read.
-- KEYS 1 what is known of feeds (hash: feed -> FeedState)
-- ARGV 1 feed · 2 FeedState as read · 3 the new one
-- returns 1 if it was replaced, 0 if it is another one now, or gone
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
