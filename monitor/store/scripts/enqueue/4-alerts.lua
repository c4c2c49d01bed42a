local time = redis.call('TIME')
local clock = time[1] * 1000 + math.floor(time[2] / 1000) -- delayed deliveries are due by the server's clock

-- A delivery on its way, at once or after a wait in which it can still be rewritten.
local function send(draft, delivery, alert, wait, ...)
  local key = KEYS[plan.delivery] .. delivery.id
  redis.call('DEL', key)
  redis.call('HSET', key, 'delivery', delivery.json, 'alert', alert, 'channel', delivery.channel, 'status', 'queued',
    'attempts', 0, 'queued', now + wait, 'changed', now, ...)
  if wait > 0 then
    redis.call('HSET', key, 'next_try', clock + wait)
    redis.call('ZADD', KEYS[plan.delayed] .. delivery.channel, clock + wait, delivery.id)
  else
    redis.call('XADD', KEYS[plan.channel] .. delivery.channel, '*', 'id', delivery.id)
  end
  redis.call('ZADD', KEYS[4], now, delivery.id)
  redis.call('SADD', KEYS[5], delivery.channel)
  redis.call('SADD', KEYS[draft.told], delivery.id)
  redis.call('PEXPIRE', KEYS[draft.told], plan.alert_lifetime)
end

-- The delivery of a kind that waits for a channel and may still be rewritten; on the channel somebody may have read it.
local function waiting_for(record, kind, channel)
  local id = redis.call('HGET', record, kind .. ' to ' .. channel)
  local waits = id and redis.call('ZSCORE', KEYS[plan.delayed] .. channel, id)
    and redis.call('HGET', KEYS[plan.delivery] .. id, 'status') == 'queued'
  return waits and id
end

-- Tell channels at once or, soon after the last time, when the gap is over, together with what comes until then.
-- `rewrite` adds to a delivery that waits; returns whether something was sent that is not counted yet.
local function tell(draft, kind, gap, deliveries, rewrite, ...)
  local record = KEYS[draft.record]
  local alert = redis.call('HGET', record, 'alert')
  local planned = tonumber(redis.call('HGET', record, kind .. ' at') or '')
  local is_held = planned and planned > now
  local at = planned and math.max(now, is_held and planned or planned + gap) or now
  local is_sent = false
  for _, delivery in ipairs(deliveries) do
    local waiting = is_held and waiting_for(record, kind, delivery.channel)
    if waiting then
      redis.call('HSET', KEYS[plan.delivery] .. waiting, 'alert', alert, 'changed', now)
      rewrite(KEYS[plan.delivery] .. waiting)
    else
      is_sent = true
      send(draft, delivery, alert, at - now, ...)
      redis.call('HSET', record, kind .. ' to ' .. delivery.channel, delivery.id)
    end
  end
  if not is_held then redis.call('HSET', record, kind .. ' at', at) end
  return is_sent
end

-- One more site: the first at once, later ones as one message that names the newest.
local function tell_source(draft, sites)
  tell(draft, 'source', plan.source_gap, draft.follow, function(key)
    redis.call('HSET', key, 'report', draft.report, 'sources', sites)
    redis.call('HINCRBY', key, 'added', 1)
  end, 'report', draft.report, 'sources', sites, 'added', 1)
end

-- Returns whether people are told, and of all of it: beyond the budget an update is only counted.
local function tell_update(draft, news, sites)
  local record = KEYS[draft.record]
  local state = redis.call('HMGET', record, 'channels', 'update at', 'updates')
  local deliveries, known = {}, {}
  local function add(channels)
    for _, channel in ipairs(channels) do
      local id = draft.update.id .. '.' .. channel
      if not known[channel] then deliveries[#deliveries + 1] = {id = id, channel = channel, json = draft.update.json} end
      known[channel] = true
    end
  end
  add(state[1] and cjson.decode(state[1]) or {})
  add(draft.channels)
  local is_waiting = deliveries[1] and tonumber(state[2] or 0) > now
    and waiting_for(record, 'update', deliveries[1].channel)
  if not is_waiting and tonumber(state[3] or 0) >= plan.most_updates then
    redis.call('HINCRBY', record, 'untold', 1)
    return false, true
  end
  local changes, has_room = table.concat(news, ','), true
  local is_sent = tell(draft, 'update', plan.update_gap, deliveries, function(key)
    local before = redis.call('HGET', key, 'changes')
    redis.call('HSET', key, 'report', draft.report, 'sources', sites)
    has_room = #before + #changes < plan.most_changes
    if has_room then redis.call('HSET', key, 'changes', before .. ',' .. changes) end
  end, 'report', draft.report, 'sources', sites, 'changes', changes)
  if is_sent then redis.call('HINCRBY', record, 'updates', 1) end
  if not has_room then redis.call('HINCRBY', record, 'untold', 1) end
  return true, has_room
end

local function remember(said, facts)
  if #facts > 0 and redis.call('SCARD', said) < plan.most_said then redis.call('SADD', said, unpack(facts)) end
end

-- What an article says otherwise that its alert has not told: each is told once, whoever says it.
local function news_of(draft)
  local record, said, news = KEYS[draft.record], KEYS[draft.said], {}
  if redis.call('EXISTS', said) == 1 then
    for _, claim in ipairs(draft.claims) do
      if redis.call('SISMEMBER', said, claim.facts[1]) == 0 then news[#news + 1] = claim.change end
    end
  else
    remember(said, draft.facts)
  end
  local severity = tonumber(redis.call('HGET', record, 'severity') or draft.severity)
  if draft.severity > severity then
    local before, after = plan.severities[severity], plan.severities[draft.severity]
    news[#news + 1] = '{"kind":"severity","before":["' .. before .. '"],"after":["' .. after .. '"]}'
    local alert, old = redis.call('HGET', record, 'alert'), '"severity":"' .. before .. '"'
    local first, last = string.find(alert, old, 1, true)
    alert = string.sub(alert, 1, first - 1) .. '"severity":"' .. after .. '"' .. string.sub(alert, last + 1)
    redis.call('HSET', record, 'alert', alert)
  end
  redis.call('HSET', record, 'severity', math.max(severity, draft.severity))
  return news
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

-- Whether an article that an alert does not list makes it anew: after a time since it was made, or without a report.
local function comes_again(draft, record, reports)
  local state = redis.call('HMGET', record, 'created', 'last')
  local is_due = draft.repeat_after > 0 and state[1] + draft.repeat_after <= now
  local has_rested = draft.group_window > 0 and (state[2] or state[1]) + draft.group_window <= now
  return (is_due or has_rested) and redis.call('HEXISTS', reports, draft.article) == 0
end

-- The alerts: one record for each (rule, story) or surge; a later article is one more report of it, or an update.
local answers = {}
for _, draft in ipairs(plan.drafts) do
  local record, reports, sites, said = KEYS[draft.record], KEYS[draft.reports], KEYS[draft.sites], KEYS[draft.said]
  local is_new = redis.call('EXISTS', record) == 0 or draft.gathers > 0 or comes_again(draft, record, reports)
  local news = {}
  if is_new then
    redis.call('DEL', record, reports, sites, said)
    redis.call('HSET', record, 'alert', draft.json, 'created', now, 'severity', draft.severity,
      'channels', cjson.encode(draft.channels))
    remember(said, draft.facts)
    redis.call('ZADD', KEYS[3], now, draft.id)
    if draft.gathers > 0 then gather(plan.counts[draft.gathers], reports, sites) end
  else
    news = news_of(draft)
  end
  if redis.call('HEXISTS', reports, draft.article) == 0 then
    redis.call('HSET', record, 'last', now)
    if redis.call('HLEN', reports) < plan.most_reports then redis.call('HSET', reports, draft.article, draft.report) end
  end
  local is_new_site = redis.call('SADD', sites, draft.site) == 1 and not is_new
  local count = redis.call('SCARD', sites)
  if is_new then
    for _, delivery in ipairs(draft.tell) do send(draft, delivery, draft.json, 0, 'sources', count) end
  end
  local is_told, is_said = false, true
  if #news > 0 then is_told, is_said = tell_update(draft, news, count) end
  -- What had no room in a message that waits is news again when somebody says it again.
  for _, claim in ipairs(is_said and draft.claims or {}) do remember(said, claim.facts) end
  if is_new_site and not is_told then tell_source(draft, count) end
  for _, key in ipairs({record, reports, sites, said}) do redis.call('PEXPIRE', key, plan.alert_lifetime) end
  answers[#answers + 1] = {is_new and 'new' or #news > 0 and 'update' or 'repeat', is_new_site, count}
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - plan.alert_lifetime)
redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - plan.delivery_lifetime)
local answer = cjson.encode({enqueued = answers, learnt = learnt})
redis.call('SET', KEYS[1], answer, 'PX', plan.call_lifetime)
return answer
