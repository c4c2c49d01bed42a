-- settle_feeds: end claims of one shard: when each feed is due next and, after a poll, what that taught. Late workers change
-- nothing. The request's place at the host's gate is free again; a host that asks us to wait shuts its gate. A feed that
-- was made due meanwhile (make_due.lua) is due at once.
-- KEYS 1 due (zset: feed -> ms) · 2 claims (hash: feed -> token, with a dash once settled) · 3 states (hash: feed -> FeedState)
--      4 items (hash: feed -> digests of its last document's items) · 5 beginning of gates' names, as in claim_feeds
-- ARGV for each feed six: feed · token · ms until due, or '' to free its place at the gate only
--      FeedState, or '' to keep the old one · items, or '-' to keep the old ones
--      ms that its host asks us to stay away, or -1 if its place is free already
-- returns for each feed 1 if settled, 0 if it was claimed by another meanwhile, or is listed no more
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local answers = {}
for i = 1, #ARGV, 6 do
  local feed, token, wait, state, items, away = unpack(ARGV, i, i + 5)
  local claim = redis.call('HGET', KEYS[2], feed)
  local settled = '-' .. token -- so that the same call made again is known, and the feed counts as free
  if claim == token .. '!' or claim == settled .. '!' then
    token, settled = token .. '!', settled .. '!'
    if wait ~= '' then wait = 0 end
  end
  local ours = claim == token or claim == settled
  away = tonumber(away)
  if claim == token and away >= 0 then
    local key = KEYS[5] .. (string.match(feed, '^(.*)%-') or feed)
    local gate = redis.call('GET', key)
    if gate or away > 0 then
      local numbers = {}
      for number in string.gmatch(gate or '0 0', '%d+') do numbers[#numbers + 1] = tonumber(number) end
      table.remove(numbers, 3)
      if away > 0 then numbers[1] = math.max(numbers[1], now + away) end
      local life = math.max(unpack(numbers)) - now + 1000
      for j = 1, #numbers do numbers[j] = string.format('%d', numbers[j]) end
      if life > 0 then redis.call('SET', key, table.concat(numbers, ' '), 'PX', life) end
    end
  end
  if ours and wait ~= '' then
    if state ~= '' then redis.call('HSET', KEYS[3], feed, state) end
    if items == '' then redis.call('HDEL', KEYS[4], feed) end
    if items ~= '' and items ~= '-' then redis.call('HSET', KEYS[4], feed, items) end
    redis.call('HSET', KEYS[2], feed, settled)
    redis.call('ZADD', KEYS[1], now + wait, feed)
  end
  answers[#answers + 1] = ours and 1 or 0
end
return answers
