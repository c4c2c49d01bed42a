-- note_text: a short text stood on a page; how many addresses of its host have it? Repeating it changes nothing.
-- KEYS 1 short texts of a host (hash: digest of a text -> minute when it was last seen, digests of its addresses)
-- ARGV 1 digest of the text · 2 digest of the address · 3 addresses that are kept · 4 ms that a text is remembered
--      5 texts that are kept; beyond, the quarter seen longest ago goes
-- returns the number of addresses, this one included, at most ARGV 3
local now = math.floor(redis.call('TIME')[1] / 60)
local most, life = tonumber(ARGV[3]), tonumber(ARGV[4])
local seen, known = string.match(redis.call('HGET', KEYS[1], ARGV[1]) or '', '^(%d+)(.*)$')
if not seen or tonumber(seen) < now - life / 60000 then known = '' end
local addresses, is_new = 0, true
for address in string.gmatch(known, '[^ ]+') do
  addresses = addresses + 1
  if address == ARGV[2] then is_new = false end
end
if is_new and addresses < most then
  known = known .. ' ' .. ARGV[2]
  addresses = addresses + 1
end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d', now) .. known)
redis.call('PEXPIRE', KEYS[1], life)
if redis.call('HLEN', KEYS[1]) > tonumber(ARGV[5]) then
  local fields, texts = redis.call('HGETALL', KEYS[1]), {}
  for i = 1, #fields, 2 do
    if fields[i] ~= ARGV[1] then texts[#texts + 1] = {tonumber(string.match(fields[i + 1], '^%d+')), fields[i]} end
  end
  table.sort(texts, function(a, b) return a[1] < b[1] or (a[1] == b[1] and a[2] < b[2]) end)
  for i = 1, math.ceil(#texts / 4) do redis.call('HDEL', KEYS[1], texts[i][2]) end
end
return addresses
