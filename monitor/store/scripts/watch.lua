-- watch: somebody listens for these volume rules. Repeated, it changes nothing but the time.
-- KEYS 1 volume (hash: since, watched) · 2 gaps (zset: "from to" -> to) · and so on, two for each rule
-- ARGV 1 now in ms · 2 longest pause that is no gap, in ms · 3.. lifetime of each rule's keys in ms
-- returns how many gaps were found
local now, found = tonumber(ARGV[1]), 0
for i = 1, #KEYS, 2 do
  local volume, gaps, lifetime = KEYS[i], KEYS[i + 1], ARGV[2 + (i + 1) / 2]
  local watched = tonumber(redis.call('HGET', volume, 'watched') or '')
  if not watched then
    redis.call('HSET', volume, 'since', now)
  elseif now - watched > tonumber(ARGV[2]) then
    redis.call('ZADD', gaps, now, string.format('%.0f %.0f', watched, now))
    found = found + 1
  end
  if not watched or now > watched then redis.call('HSET', volume, 'watched', now) end
  redis.call('ZREMRANGEBYSCORE', gaps, '-inf', now - lifetime)
  redis.call('PEXPIRE', volume, lifetime)
  redis.call('PEXPIRE', gaps, lifetime)
end
return found
