-- claim_renewals: take the subscriptions of one shard that are due, so that of many daemons one asks their hubs.
-- A repetition finds them taken already: they come due again after the lease, which does no harm.
-- KEYS 1 renewals (zset: token -> ms, in the daemons' time)
-- ARGV 1 now in ms · 2 most to take · 3 lease in ms                                              returns the tokens
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, token in ipairs(due) do
  redis.call('ZADD', KEYS[1], ARGV[1] + ARGV[3], token)
end
return due
