-- publish_counts: replace the term counts by their next version, unless another daemon did; repeated, it does nothing.
-- KEYS 1 frequencies (string: the counts) · 2 read-terms (list) · 3 remembered (hash: their version among others)
-- ARGV 1 version before · 2 version after · 3 the counts · 4 texts at the head of the list that they know
-- returns 1, or 0 if the version was another one and nothing was written
if (redis.call('HGET', KEYS[3], 'frequencies') or '0') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
redis.call('HSET', KEYS[3], 'frequencies', ARGV[2])
redis.call('LTRIM', KEYS[2], ARGV[4], -1)
return 1
