-- enqueue: an article's copy record, its alerts and their deliveries, all or nothing. Repeated with the same token, the
-- same answer; repeated with another (the article is read again), it adds nothing.
-- KEYS 1 call (string: this call's answer, expires) · 2 copy (hash; without an article the call again) · 3 alerts (zset)
--      4 deliveries (zset) · 5 channels (set) · then, at the positions that the plan names: address (strings), probes (hashes), alert (hash),
--      reports (hash), sites and told (sets), channel (streams), delivery (hashes), and for each volume rule its volume
--      (hash), stories, sites and articles (zsets), reports (hash)
-- ARGV 1 the plan as JSON, made by monitor/store/alerts.py
-- returns JSON: {"conflict": [copies]} with nothing written (no copies: a volume rule has counted meanwhile), or {"enqueued": [[is_new, is_new_site, sites]...]}
local before = redis.call('GET', KEYS[1])
if before then return before end
local plan = cjson.decode(ARGV[1])
local now = plan.now

-- Was a copy stored since the caller looked? Then its story may be ours.
local unchecked, shared = {}, {}
local function check(copy, weight)
  if not copy or plan.checked[copy] then return end
  shared[copy] = (shared[copy] or 0) + weight
  if shared[copy] >= plan.min_shared and shared[copy] - weight < plan.min_shared then unchecked[#unchecked + 1] = copy end
end
for _, address in ipairs(plan.addresses) do
  local known = redis.call('GET', KEYS[address])
  check(known and cjson.decode(known)[1], plan.min_shared)
end
for _, probe in ipairs(plan.probes) do
  local met = {}
  for _, bucket in ipairs(probe.buckets) do
    local copy = redis.call('HGET', KEYS[bucket], probe.probe)
    if copy and not met[copy] then check(copy, 1) end
    if copy then met[copy] = true end
  end
end
if #unchecked > 0 then return cjson.encode({conflict = unchecked}) end
-- Has a volume rule counted since? Then its verdict may be another.
for _, count in ipairs(plan.counts) do
  local revision = tonumber(redis.call('HGET', KEYS[count.volume], 'revision') or 0)
  if revision ~= count.revision then return '{"conflict":[]}' end
end

-- The copy: its first version stays, the longest follows. Addresses keep the copy they were given first.
local copy = plan.copy
if copy then
  local longest = redis.call('HGET', KEYS[2], 'words')
  if not longest then
    redis.call('HSET', KEYS[2], 'story', copy.story, 'first', copy.print, 'longest', '', 'words', copy.words)
  elseif tonumber(longest) < copy.words then
    redis.call('HSET', KEYS[2], 'longest', copy.print, 'words', copy.words)
  end
  redis.call('PEXPIRE', KEYS[2], copy.lifetime)
end
for _, address in ipairs(plan.addresses) do
  redis.call('SET', KEYS[address], copy.address, 'NX')
  redis.call('PEXPIRE', KEYS[address], copy.address_lifetime)
end
for _, probe in ipairs(plan.probes) do
  redis.call('HSET', KEYS[probe.write], probe.probe, copy.id)
  redis.call('PEXPIRE', KEYS[probe.write], plan.probes_lifetime)
end

-- The tallies of volume rules. A story counts once, at the time when the rule first met it; a site by its newest story.
for _, count in ipairs(plan.counts) do
  local volume, stories, sites = KEYS[count.volume], KEYS[count.stories], KEYS[count.sites]
  local articles, listed = KEYS[count.articles], KEYS[count.reports]
  redis.call('ZADD', stories, 'NX', count.at, count.story)
  local first = redis.call('ZSCORE', stories, count.story)
  redis.call('ZADD', sites, 'GT', first, count.site)
  redis.call('ZADD', articles, 'NX', first, count.article)
  redis.call('HSETNX', listed, count.article, count.report)
  redis.call('ZREMRANGEBYSCORE', stories, '-inf', count.stories_from)
  redis.call('ZREMRANGEBYSCORE', sites, '-inf', count.window_from)
  local old = redis.call('ZRANGEBYSCORE', articles, '-inf', count.window_from)
  for _, article in ipairs(redis.call('ZRANGE', articles, 0, -count.most - 1)) do old[#old + 1] = article end
  for _, article in ipairs(old) do
    redis.call('ZREM', articles, article)
    redis.call('HDEL', listed, article)
  end
  redis.call('HINCRBY', volume, 'revision', 1)
  local met = redis.call('HGET', volume, 'met')
  if count.met and (not met or count.at > tonumber(met)) then redis.call('HSET', volume, 'met', count.at) end
  if count.alert ~= '' then redis.call('HSET', volume, 'alert', count.alert, 'alerted', count.at) end
  for _, key in ipairs({volume, stories, sites, articles, listed}) do redis.call('PEXPIRE', key, count.lifetime) end
end

local function queue(draft, deliveries, alert, sites)
  for _, delivery in ipairs(deliveries) do
    redis.call('DEL', KEYS[delivery.record])
    redis.call('HSET', KEYS[delivery.record], 'delivery', delivery.json, 'alert', alert, 'channel', delivery.channel,
      'status', 'queued', 'attempts', 0, 'sources', sites, 'queued', now, 'changed', now)
    redis.call('XADD', KEYS[delivery.stream], '*', 'id', delivery.id)
    redis.call('ZADD', KEYS[4], now, delivery.id)
    redis.call('SADD', KEYS[5], delivery.channel)
    redis.call('SADD', KEYS[draft.told], delivery.id)
  end
  redis.call('PEXPIRE', KEYS[draft.told], plan.alert_lifetime)
end

-- The articles that a volume rule's window holds, as reports of the alert that they make together.
local function gather(count, reports, sites)
  local articles, listed = KEYS[count.articles], KEYS[count.reports]
  for _, article in ipairs(redis.call('ZRANGEBYSCORE', articles, '(' .. count.start, '+inf')) do
    redis.call('HSETNX', reports, article, redis.call('HGET', listed, article))
  end
  for _, site in ipairs(redis.call('ZRANGEBYSCORE', KEYS[count.sites], '(' .. count.start, '+inf')) do
    redis.call('SADD', sites, site)
  end
end

-- The alerts: one record for each (rule, story) or surge; a later article is one more report of it.
local answers = {}
for _, draft in ipairs(plan.drafts) do
  local record, reports, sites = KEYS[draft.record], KEYS[draft.reports], KEYS[draft.sites]
  local created = redis.call('HGET', record, 'created')
  local is_new = not created or draft.gathers > 0
  if created and draft.repeat_after > 0 and created + draft.repeat_after <= now then
    is_new = redis.call('HEXISTS', reports, draft.article) == 0
  end
  if is_new then
    redis.call('DEL', record, reports, sites)
    redis.call('HSET', record, 'alert', draft.json, 'created', now)
    redis.call('ZADD', KEYS[3], now, draft.id)
    if draft.gathers > 0 then gather(plan.counts[draft.gathers], reports, sites) end
  end
  if redis.call('HLEN', reports) < plan.most_reports then redis.call('HSETNX', reports, draft.article, draft.report) end
  local is_new_site = redis.call('SADD', sites, draft.site) == 1 and not is_new
  local count = redis.call('SCARD', sites)
  for _, key in ipairs({record, reports, sites}) do redis.call('PEXPIRE', key, plan.alert_lifetime) end
  if is_new then queue(draft, draft.tell, draft.json, count) end
  if is_new_site then queue(draft, draft.follow, redis.call('HGET', record, 'alert'), count) end
  answers[#answers + 1] = {is_new, is_new_site, count}
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - plan.alert_lifetime)
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - plan.delivery_lifetime)
local answer = #answers == 0 and '{"enqueued":[]}' or cjson.encode({enqueued = answers})
redis.call('SET', KEYS[1], answer, 'PX', plan.call_lifetime)
return answer
