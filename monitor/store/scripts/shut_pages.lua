-- shut_pages: a host refused a page; its pages are left alone, longer each time. Requests that flew when the first was
-- refused count with it.
-- KEYS 1 page gate (string: until when, ms · refusals in a row · 1 while one request finds out)
-- ARGV 1 ms that the host asks for, or 0 · 2 the first wait, ms · 3 the longest · 4 ms that refusals are remembered after
--      5 refusals in a row from which the gate is shut: before, "until when" stays 0
-- returns ms to stay away from now on
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local asked, first, longest = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local till, refusals, finding = string.match(redis.call('GET', KEYS[1]) or '0 0 0', '^(%d+) (%d+) (%d)')
till, refusals = tonumber(till), tonumber(refusals)
local wait = asked
if till == 0 and asked == 0 and refusals + 1 < tonumber(ARGV[5]) then
  redis.call('SET', KEYS[1], string.format('0 %d 0', refusals + 1), 'PX', ARGV[4])
  return 0
end
if finding == '0' and till > now then
  wait = math.max(till - now, asked)
else
  -- What patience forgave does not lengthen the first wait.
  refusals = (till == 0) and 1 or refusals + 1
  if asked == 0 then wait = math.min(first * 2 ^ math.min(refusals - 1, 30), longest) end
end
redis.call('SET', KEYS[1], string.format('%d %d 0', now + wait, refusals), 'PX', wait + ARGV[4])
return wait
