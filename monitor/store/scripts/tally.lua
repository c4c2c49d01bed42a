-- tally: what a volume rule's window holds, as if a site had just told it a story. Reads only.
-- KEYS 1 volume (hash: revision, since, alert, alerted, met) · 2 stories (zset: story -> when the rule first met it, ms)
--      3 sites (zset: site -> when the rule first met the newest story that it told, ms) · 4 gaps (zset: "from to" -> to)
-- ARGV 1 now in ms · 2 window in ms · 3 baseline in ms, 0 without one · 4 longest gap whose news still comes, in ms
--      5 story · 6 site
-- returns revision, stories, sites, whether they have grown, start of the window, stories of the baseline, how much of it
--         is known, how much of a gap lies before the window that holds its news, alert, when it was made, when last met
local now, within, baseline = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local state = redis.call('HMGET', KEYS[1], 'revision', 'since', 'alert', 'alerted', 'met')

-- The latest window that holds this article: another daemon may have counted a later one already.
local newest = redis.call('ZREVRANGEBYSCORE', KEYS[2], '(' .. now + within, now, 'WITHSCORES', 'LIMIT', 0, 1)
local last = tonumber(newest[2] or now)
local start = last - within

local first = redis.call('ZSCORE', KEYS[2], ARGV[5])
local is_new_story = not first
first = tonumber(first or now)
local told = tonumber(redis.call('ZSCORE', KEYS[3], ARGV[6]) or start)
local is_new_site = first > start and told <= start
local stories = redis.call('ZCOUNT', KEYS[2], '(' .. start, last) + (is_new_story and 1 or 0)
local sites = redis.call('ZCOUNT', KEYS[3], '(' .. start, '+inf') + (is_new_site and 1 or 0)

-- The baseline: from the start of the history on, less the time of which the news never came, or came in the window.
local before, watched, caught_up = 0, 0, 0
if baseline > 0 and state[2] then
  local from = math.max(start - baseline, tonumber(state[2]))
  watched = math.max(0, start - from)
  before = redis.call('ZCOUNT', KEYS[2], from, start)
  for _, gap in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], from, '+inf')) do
    local left, back = string.match(gap, '(%d+) (%d+)')
    left, back = tonumber(left), tonumber(back)
    if back <= start then
      watched = watched - math.max(0, back - math.max(left, from) - tonumber(ARGV[4]))
    elseif left < start then
      caught_up = start - left
      watched = math.max(0, watched - (start - math.max(left, from)))
    end
  end
end
return {state[1] or 0, stories, sites, (is_new_story or is_new_site) and 1 or 0, start, before, watched, caught_up,
  state[3] or '', state[4] or '', state[5] or ''}
