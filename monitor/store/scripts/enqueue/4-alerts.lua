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
local answer = cjson.encode({enqueued = answers, learnt = learnt})
redis.call('SET', KEYS[1], answer, 'PX', plan.call_lifetime)
return answer
