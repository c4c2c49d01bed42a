-- knock: may a page of a host be asked for now? A host whose pages were refused is left alone until its time is over;
-- then one request goes to find out, and the others wait for what becomes of it. Repeating it costs that wait, no more.
-- KEYS 1 page gate (string: until when, ms · refusals in a row · 1 while one request finds out)
-- ARGV 1 ms that the others wait for the one
-- returns ms to stay away, 0 to go on · refusals so far
local gate = redis.call('GET', KEYS[1])
if not gate then return {0, 0} end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local till, refusals = string.match(gate, '^(%d+) (%d+)')
if till == '0' then return {0, tonumber(refusals)} end
if tonumber(till) > now then return {tonumber(till) - now, tonumber(refusals)} end
redis.call('SET', KEYS[1], string.format('%d %d 1', now + ARGV[1], refusals), 'KEEPTTL')
return {0, tonumber(refusals)}
