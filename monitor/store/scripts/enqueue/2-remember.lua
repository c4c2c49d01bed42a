-- What is remembered: the first version of a text stays, the longest follows; an address keeps the copy that it was
-- given first, a headline and a probe the one that they were given last.
local learnt

local function next_number(id)
  last_number = (last_number + 1) % 4294967296
  local names = KEYS[10] .. math.floor(last_number / 64)
  redis.call('HSET', names, last_number % 64, id)
  if last_number % 64 < 2 then redis.call('PEXPIRE', names, BOUND.name_lifetime) end
  return last_number
end

local function count_in(texts, bytes)
  local slot = math.floor(now / BOUND.slot)
  if texts > 0 then redis.call('HINCRBY', KEYS[12], slot .. ':texts', texts) end
  redis.call('HINCRBY', KEYS[12], slot .. ':bytes', bytes)
end

-- Returns the copy's number.
local function remember_copy()
  local key, print = KEYS[6] .. telling.copy, ARGV[2]
  local known = remembered_copy(telling.copy)
  local number, words, told, story, first, longest
  if known then
    local rest
    number, words, told, story, first, rest = struct.unpack(COPY .. 'I2c0I2c0', known)
    told, longest = math.max(told, now), string.sub(known, rest)
    if telling.words > words then words, longest = telling.words, print end
  else
    number, words, told, story, first, longest = next_number(telling.copy), telling.words, now, telling.story, print, ''
    if #ARGV[7] > 0 then
      learnt = {version, redis.call('RPUSH', KEYS[11], struct.pack('<d', now) .. ARGV[7])}
      if learnt[2] > BOUND.most_waiting then redis.call('LPOP', KEYS[11]) end
    end
    count_in(1, #print + BOUND.text_bytes)
  end
  local record = struct.pack(COPY .. 'I2c0I2c0', number, words, told, #story, story, #first, first) .. longest
  redis.call('SET', key, record, 'PX', window)
  return number
end

-- The generation to write to: a new one each window, and when its buckets are full.
local function writable_generation()
  local newest = generations[#generations]
  local function is_full(length, texts) return texts * BOUND.most_probes >= 16 ^ length * BOUND.most_fields end
  local is_over = newest and newest.opened + window <= now
  if newest and not is_over and not is_full(newest.digits, newest.texts) then return newest end
  local length = newest and not is_over and newest.digits + 1 or BOUND.least_digits
  while is_over and is_full(length, newest.texts) do length = length + 1 end
  newest = {number = newest and newest.number + 1 or 1, digits = math.min(length, 6), opened = now, texts = 0}
  generations[#generations + 1] = newest
  return newest
end

local function write_probes(number)
  local generation, own = writable_generation(), struct.pack('<I4', number)
  generation.texts = generation.texts + 1
  if not generation.names then read_buckets(generation) end
  for place, name in ipairs(generation.names) do
    local probe, bucket = string.sub(probes, 4 * place - 3, 4 * place), generation.found[place]
    local at = bucket and place_in(bucket, probe)
    if not at then
      -- Of a bucket that somebody stuffs the rest is left out: a probe that is not found splits, and never merges.
      if not bucket or #bucket < 8 * BOUND.most_in_bucket then redis.call('APPEND', name, probe .. own) end
      redis.call('PEXPIRE', name, 2 * window)
    elseif string.sub(bucket, at + 4, at + 7) ~= own then
      redis.call('SETRANGE', name, at + 3, own)
    end
  end
end

local function write_state()
  local packed = {}
  for place, each in ipairs(generations) do
    packed[place] = struct.pack(GENERATION, each.number, each.digits, each.opened, each.texts)
  end
  redis.call('HSET', KEYS[2], 'revision', revision + 1, 'number', last_number, 'generations', table.concat(packed))
  -- Whoever watches over the memory empties their buckets.
  for _, each in ipairs(dead) do redis.call('HSET', KEYS[2], 'dead:' .. each.number, each.digits) end
end

local function write_terms(number)
  local own = struct.pack('<I4', number)
  read_postings()
  for place = 1, #heavy / 6 do
    local posting = postings[place] or ''
    local at = string.find(posting, own, 1, true)
    while at and at % 4 ~= 1 do at = string.find(posting, own, at + 1, true) end
    if at then posting = string.sub(posting, 1, at - 1) .. string.sub(posting, at + 4) end
    posting = string.sub(posting .. own, -4 * BOUND.most_postings)
    redis.call('SET', KEYS[9] .. string.sub(heavy, 6 * place - 5, 6 * place - 2), posting, 'PX', BOUND.story_rest)
  end
end

-- The words of a story move only if they are still those that the caller saw. Returns the story's number.
local function remember_story(number)
  local known = open_story(telling.story)
  local texts, first, last, words, lines = 0, now, now, '', '\n'
  if known then
    local rest
    number, texts, first, last, words, rest = struct.unpack(STORY .. 'I2c0', known)
    last, lines = math.max(last, now), string.sub(known, rest)
  elseif telling.story ~= telling.copy then
    number = next_number(telling.story)
  end
  if telling.texts > 0 and (not known or telling.seen_texts == texts) then
    texts, words = telling.texts, ARGV[6]
    if not known then count_in(0, #words + BOUND.story_bytes) end
  end
  local function add(kind, id)
    local line = kind .. id .. '\n'
    if #lines < BOUND.most_lines and not string.find(lines, '\n' .. line, 1, true) then lines = lines .. line end
  end
  for _, draft in ipairs(plan.drafts) do add('alert ', draft.id) end
  for _, related in ipairs(telling.related) do add('related ', related) end
  local lifetime = math.max(1, math.min(BOUND.story_rest, first + BOUND.story_lifetime - now))
  local record = struct.pack(STORY .. 'I2c0', number, texts, first, last, #words, words) .. lines
  redis.call('SET', KEYS[7] .. telling.story, record, 'PX', lifetime)
  return number
end

if telling then
  local number = remember_copy()
  local address_lifetime = scaled(BOUND.address_lifetime)
  if #probes > 0 then write_probes(number) end
  for _, position in ipairs(telling.addresses) do
    local record = struct.pack(PLACE, number, now) .. telling.address
    if kept_place(redis.call('GET', KEYS[position])) then
      redis.call('SETRANGE', KEYS[position], 4, struct.pack('<d', now))
      redis.call('PEXPIRE', KEYS[position], address_lifetime)
    else
      redis.call('SET', KEYS[position], record, 'PX', address_lifetime)
    end
  end
  if telling.headline > 0 then
    local record = struct.pack(PLACE, number, now) .. telling.headline_record
    redis.call('SET', KEYS[telling.headline], record, 'PX', math.min(BOUND.headline_lifetime, 2 * window))
  end
  if #telling.series > 0 then
    local key = KEYS[telling.series[1]]
    local figures = redis.call('HGET', key, telling.series_name) or ''
    if #figures < 64 and not string.find(figures, telling.figures, 1, true) then
      redis.call('HSET', key, telling.series_name, figures .. telling.figures)
      redis.call('PEXPIRE', key, scaled(BOUND.series_lifetime))
    end
  end
  local story = remember_story(number)
  if #heavy > 0 then write_terms(story) end
  write_state()
end
