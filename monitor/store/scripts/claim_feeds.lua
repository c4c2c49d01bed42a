-- claim_feeds: lease the due feeds of one shard whose hosts' gates are open, the longest overdue first.
-- A feed before a shut gate is put back to a time of its own behind all that queue there, so that a host's feeds spread
-- by themselves. Such a time is marked by half a millisecond: only feeds that queued pass a gate with a queue.
-- Repeated with the same token, the same answer.
-- KEYS 1 due (zset: feed -> ms) · 2 claims (hash: feed -> token) · 3 claimed (string: this claim's rows as JSON, expires)
--      4 states (hash: feed -> FeedState)
--      5 beginning of gates' names; behind it stands the host (string: next start, end of queue, ends of requests; expires)
-- ARGV 1 token · 2 most feeds to claim · 3 lease in ms · 4 lifetime of KEYS[3] in ms · 5 ms between starts at a host
--      6 requests in flight at a host · 7 ms that a request may take · 8 random seed · 9.. hosts without a gate
-- returns rows flat: feed, how overdue in ms, FeedState or ''
local before = redis.call('GET', KEYS[3])
if before then return cjson.decode(before) end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local most, spacing, slots, hold = tonumber(ARGV[2]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
math.randomseed(tonumber(ARGV[8]))
local open = {}
for i = 9, #ARGV do open[ARGV[i]] = true end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, 4 * most + 16)
local rows, leases, tokens = {}, {}, {}
for i = 1, #due, 2 do
  if #leases == 2 * most then break end
  local feed, score = due[i], tonumber(due[i + 1])
  local host = string.match(feed, '^(.*)%-') or feed
  local passes = open[host]
  if not passes then
    local key = KEYS[5] .. host
    local gate = redis.call('GET', key)
    local next, tail, flying = 0, 0, {}
    if gate then
      local numbers = {}
      for number in string.gmatch(gate, '%d+') do numbers[#numbers + 1] = tonumber(number) end
      next, tail = numbers[1], numbers[2]
      for j = 3, #numbers do if numbers[j] > now then flying[#flying + 1] = numbers[j] end end
    end
    passes = next <= now and #flying < slots and (tail <= now or score % 1 ~= 0)
    if passes then
      next = now + spacing
      flying[#flying + 1] = now + hold
    else
      local turn = math.floor(math.max(now + 1, next, tail) + spacing * math.random() / 5)
      redis.call('ZADD', KEYS[1], turn + 0.5, feed)
      tail = turn + spacing
    end
    local life = math.max(next, tail, now + hold) - now + 1000
    redis.call('SET', key, string.format('%d %d', next, tail) .. ' ' .. table.concat(flying, ' '), 'PX', life)
  end
  if passes then
    rows[#rows + 1] = feed
    rows[#rows + 1] = math.max(0, math.floor(now - score))
    rows[#rows + 1] = redis.call('HGET', KEYS[4], feed) or ''
    leases[#leases + 1] = now + ARGV[3]
    leases[#leases + 1] = feed
    tokens[#tokens + 1] = feed
    tokens[#tokens + 1] = ARGV[1]
  end
end
if #rows == 0 then return rows end
redis.call('ZADD', KEYS[1], unpack(leases))
redis.call('HSET', KEYS[2], unpack(tokens))
redis.call('SET', KEYS[3], cjson.encode(rows), 'PX', ARGV[4])
return rows
