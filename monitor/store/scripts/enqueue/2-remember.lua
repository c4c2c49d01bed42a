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
