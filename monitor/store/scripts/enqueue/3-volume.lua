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
