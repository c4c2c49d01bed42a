-- look_seen: what is remembered of entries. A mark that stands in an older generation is taken over into the newest.
-- KEYS 1 newest generation of the feed's marks (hash: digest of an entry's key -> mark) · 2 the one before · 3 the oldest
-- ARGV 1 ms that the newest is kept from now on · 2.. digests
-- returns 1 if there is any mark of the feed, else 0 · then the mark of each digest, or nil
local digests, answer, any = {}, {0}, 0
for i = 2, #ARGV do digests[i - 1] = ARGV[i] end
for i = 1, #digests do answer[i + 1] = false end
local renewed = {}
for generation, key in ipairs(KEYS) do
  local asked, places = {}, {}
  for i, digest in ipairs(digests) do
    if not answer[i + 1] then
      asked[#asked + 1] = digest
      places[#places + 1] = i + 1
    end
  end
  if any == 0 then any = redis.call('EXISTS', key) end
  local marks = #asked > 0 and redis.call('HMGET', key, unpack(asked)) or {}
  for i, place in ipairs(places) do
    answer[place] = marks[i]
    if marks[i] and generation > 1 then
      renewed[#renewed + 1] = asked[i]
      renewed[#renewed + 1] = marks[i]
    end
  end
end
if #renewed > 0 then
  redis.call('HSET', KEYS[1], unpack(renewed))
  redis.call('PEXPIRE', KEYS[1], ARGV[1])
end
answer[1] = any
return answer
