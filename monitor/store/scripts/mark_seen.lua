-- mark_seen: remember entries.
-- KEYS 1 newest generation of the feed's marks (hash: digest of an entry's key -> mark)
-- ARGV 1 ms that it is kept from now on · then digest · mark, in turns                          returns 1
redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
