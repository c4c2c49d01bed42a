-- shorten: forget what is older than a window that has become shorter; repeated, it does nothing more.
-- KEYS 1 remembered (hash: window; ms of the last step of the one who goes through all keys) · 2 to 4 what the names of copies,
--      stories and addresses begin with · then the keys to look at, of these kinds (strings)
-- ARGV 1 now in ms · lifetimes in ms: 2 of copies · 3 of stories · 4 of addresses · 5 the window · 6 "1" if these are the last keys
-- returns how many were forgotten, -1 if the window is another one by now: somebody else goes through all keys for that
local now, lifetimes = tonumber(ARGV[1]), {tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])}
local LAST = {8, 16, 4}  -- where a record says when its last article was
if redis.call('HGET', KEYS[1], 'window') ~= ARGV[5] then return -1 end
redis.call('HSET', KEYS[1], 'shortening', ARGV[1])
local forgotten = 0
for place = 5, #KEYS do
  local key = KEYS[place]
  for kind = 1, 3 do
    if string.sub(key, 1, #KEYS[kind + 1]) == KEYS[kind + 1] then
      local at = LAST[kind]
      local last = redis.call('GETRANGE', key, at, at + 7)
      local rest = #last == 8 and struct.unpack('<d', last) + lifetimes[kind] - now or 1
      if rest <= 0 then
        forgotten = forgotten + redis.call('UNLINK', key)
      else
        redis.call('PEXPIRE', key, math.ceil(rest))
      end
    end
  end
end
if ARGV[6] == '1' then redis.call('HDEL', KEYS[1], 'shortening') end
return forgotten
