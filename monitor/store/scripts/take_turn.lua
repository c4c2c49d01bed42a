-- take_turn: reserve the next start at a host for a request that no claim stands for, such as an article's page.
-- KEYS 1 gate (string: next start, end of queue, ends of requests in flight; ms)
-- ARGV 1 ms between starts · 2 longest wait in ms                                         returns how many ms to wait before;
-- more than the longest wait: nothing was reserved
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local gate = redis.call('GET', KEYS[1]) or '0 0'
local next, rest = string.match(gate, '^(%d+) ?(.*)$')
local start = math.max(now, tonumber(next))
if start - now > tonumber(ARGV[2]) then return start - now end
local life = math.max(start + ARGV[1] - now + 1000, redis.call('PTTL', KEYS[1]))
redis.call('SET', KEYS[1], string.format('%d', start + ARGV[1]) .. ' ' .. rest, 'PX', life)
return start - now
