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
