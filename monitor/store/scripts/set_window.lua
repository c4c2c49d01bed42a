-- set_window: let texts be remembered for another time, unless another daemon has changed it; repeated, it does nothing.
-- KEYS 1 remembered (hash: window; shortening while older texts are still to be forgotten)
-- ARGV 1 ms before, "" for as usual · 2 ms after · 3 "1" if it has become shorter
-- returns 1, or 0 if the window was another one and nothing was written
if (redis.call('HGET', KEYS[1], 'window') or '') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'window', ARGV[2])
if ARGV[3] == '1' then redis.call('HSET', KEYS[1], 'shortening', 0) end
return 1
