-- claim_feeds: lease the due feeds of one shard whose hosts' gates are open, the longest overdue first.
-- A feed before a shut gate is put back to a time of its own behind all that queue there, so that a host's feeds spread
-- by themselves. Such a time is marked by half a millisecond: only feeds that queued pass a gate with a queue.
-- Repeated with the same token, the same feeds.
-- KEYS 1 due (zset: feed -> ms) · 2 claims (hash: feed -> token) · 3 claimed (string: this claim's feeds, expires)
--      4 states (hash: feed -> FeedState)
--      5 beginning of gates' names; behind it stands the host (string: next start, end of queue, ends of requests; expires)
-- ARGV 1 token · 2 most feeds to claim · 3 lease in ms · 4 lifetime of KEYS[3] in ms · 5 ms between starts at a host
--      6 requests in flight at a host · 7 ms that a request may take · 8 random seed · 9.. hosts without a gate
-- returns rows flat: feed, how overdue in ms, FeedState or ''
local before = redis.call('GET', KEYS[3])
if before then
  local rows = {}
  for feed in string.gmatch(before, '%S+') do
    rows[#rows + 1] = feed
    rows[#rows + 1] = 0
    rows[#rows + 1] = redis.call('HGET', KEYS[4], feed) or ''
  end
  return rows
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local most, spacing, slots, hold = tonumber(ARGV[2]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
math.randomseed(tonumber(ARGV[8]))
local open = {}
for i = 9, #ARGV do open[ARGV[i]] = true end
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, most + 8)
local rows, leases, tokens, won = {}, {}, {}, {}
for i = 1, #due, 2 do
  if #won == most then break end
  local feed, score = due[i], tonumber(due[i + 1])
  local host = string.match(feed, '^(.*)%-') or feed
  local passes = open[host]
  if not passes then
    local key = KEYS[5] .. host
    local gate = redis.call('GET', key)
    local next, tail, flying, requests = 0, 0, 0, ''
    if gate then
      local rest
      next, tail, rest = string.match(gate, '^(%d+) (%d+)(.*)$')
      next, tail = tonumber(next), tonumber(tail)
      for request in string.gmatch(rest, '%d+') do
        if tonumber(request) > now then
          flying = flying + 1
          requests = requests .. ' ' .. request
        end
      end
    end
    passes = next <= now and flying < slots and (tail <= now or score % 1 ~= 0)
    if passes then
      next = now + spacing
      requests = requests .. string.format(' %d', now + hold)
    else
      local turn = math.floor(math.max(now + 1, next, tail) + spacing * math.random() / 5)
      redis.call('ZADD', KEYS[1], turn + 0.5, feed)
      tail = turn + spacing
    end
    redis.call('SET', key, string.format('%d %d', next, tail) .. requests, 'PX', math.max(next, tail, now + hold) - now + 1000)
  end
  if passes then
    local n = 2 * #won
    leases[n + 1], leases[n + 2] = now + ARGV[3], feed
    tokens[n + 1], tokens[n + 2] = feed, ARGV[1]
    won[#won + 1] = feed
  end
end
if #won == 0 then return rows end
redis.call('ZADD', KEYS[1], unpack(leases))
redis.call('HSET', KEYS[2], unpack(tokens))
redis.call('SET', KEYS[3], table.concat(won, ' '), 'PX', ARGV[4])
local states = redis.call('HMGET', KEYS[4], unpack(won))
local late = {}
for i = 1, #due, 2 do late[due[i]] = math.max(0, math.floor(now - due[i + 1])) end
for i = 1, #won do
  rows[3 * i - 2], rows[3 * i - 1], rows[3 * i] = won[i], late[won[i]], states[i] or ''
end
return rows
