-- split: a report leaves its alert and becomes an alert of its own, which is queued; repeated, it does nothing more.
-- KEYS 1 old alert's reports (hash) · 2 its sites (set) · 3 new alert (hash) · 4 its reports (hash) · 5 its sites (set)
--      6 its deliveries (set) · 7 pin (string) · 8 alerts (zset) · 9 deliveries (zset) · 10 channels (set)
--      11 remembered (hash) · 12 the text that the article told first (string) · 13 what the new
--      alert has told (set) · then for each delivery itself (hash) and its channel (stream)
-- ARGV 1 article · 2 story · 3 new Alert · 4 its Report · 5 its site · 6 its severity as a number · 7 its channels as JSON
--      8 now in ms · 9 lifetimes of the alert and 10 of the pin in ms
--      then for each delivery its id, channel and Delivery
-- returns 'split', 'again' if that was done before, or 'missing' if the old alert has no such report
local article, story, alert, report, site, severity, channels, now, lifetime, pin_lifetime = unpack(ARGV, 1, 10)
if redis.call('HDEL', KEYS[1], article) == 0 then
  local is_done = redis.call('GET', KEYS[7]) == story and redis.call('EXISTS', KEYS[3]) == 1
  return is_done and 'again' or 'missing'
end
redis.call('SET', KEYS[7], story, 'PX', pin_lifetime)
-- Whoever has looked for the article's story is to look again.
redis.call('HINCRBY', KEYS[11], 'revision', 1)
-- The text goes with the article that told it first, so that its copies do, too; the record is as enqueue writes it.
local text = redis.call('GET', KEYS[12])
if text then
  local number, words, told, _, rest = struct.unpack('<I4I4dI2c0', text)
  local moved = struct.pack('<I4I4dI2c0', number, words, told, #story, story) .. string.sub(text, rest)
  redis.call('SET', KEYS[12], moved, 'KEEPTTL')
end

-- The site stays with the old alert if another article of it does.
local is_left = false
for _, kept in ipairs(redis.call('HVALS', KEYS[1])) do
  if cjson.decode(string.sub(kept, 2)).site == site then is_left = true end
end
if not is_left then redis.call('SREM', KEYS[2], site) end

if redis.call('EXISTS', KEYS[3]) == 1 then return 'split' end
redis.call('HSET', KEYS[3], 'alert', alert, 'created', now, 'severity', severity, 'channels', channels)
redis.call('HSET', KEYS[4], article, report)
redis.call('SADD', KEYS[5], site)
redis.call('ZADD', KEYS[8], now, string.match(KEYS[3], '[^:]+$'))
for argument = 11, #ARGV, 3 do
  local id, channel, delivery = unpack(ARGV, argument, argument + 2)
  local key = 14 + (argument - 11) / 3 * 2
  redis.call('HSET', KEYS[key], 'delivery', delivery, 'alert', alert, 'channel', channel, 'status', 'queued',
    'attempts', 0, 'sources', 1, 'queued', now, 'changed', now)
  redis.call('XADD', KEYS[key + 1], '*', 'id', id)
  redis.call('ZADD', KEYS[9], now, id)
  redis.call('SADD', KEYS[10], channel)
  redis.call('SADD', KEYS[6], id)
end
-- Nothing but its article: what a later version says otherwise is news.
redis.call('SADD', KEYS[13], '')
for _, key in ipairs({3, 4, 5, 6, 13}) do redis.call('PEXPIRE', KEYS[key], lifetime) end
return 'split'
