-- enqueue: what is remembered of an article, its alerts and their deliveries, all or nothing. Before it writes, it looks
-- for what the article may be a copy or a part of, unless nothing was stored since the caller looked. Repeated with the
-- same token, the same answer; repeated with another (the article is read again), it adds nothing.
-- KEYS 1 call (string: this call's answer, expires) · 2 remembered (hash: revision, last number, window, generations,
--      version of the frequencies, digits of each dead generation)
--      3 alerts (zset) · 4 deliveries (zset) · 5 channels (set) · 11 read-terms (list) · 12 remembered-sizes (hash)
--      what the names of keys begin with: 6 copies and 7 stories, by id (strings) · 8 probes, by generation and bucket
--      (strings) · 9 terms (strings) · 10 names, by number / 64 (hashes)
--      then, at the positions that the plan names: pin, headline and addresses (strings), series (hashes), alert (hash),
--      reports (hash), sites, told and said (sets), what the names of delivery (hashes), channel (streams) and delayed
--      (zsets) begin with, and for each volume rule its volume (hash), stories, sites and articles (zsets), reports (hash)
-- ARGV 1 the plan as MessagePack, made by monitor/store/alerts.py · 2 the text's print · 3 probes, 4 bytes each, and
--      4 in hexadecimal · 5 heaviest terms, 4 bytes each and 2 for the share · 6 the story's words · 7 all terms, 4 bytes
-- returns {look...} with nothing written, if something was found that the caller has not met: revision, is a series,
--      pinned story, address, its copy, headline, names of all that was met, copies and stories,
--      id and record in turns; or JSON: {"conflict": []}, a volume rule has counted meanwhile and nothing was written;
--      or {"enqueued": [["new", "update" or "repeat", is_new_site, sites]...], "learnt": [version of the frequencies,
--      texts since]}
--
-- Records: a copy is number, words of its longest version, ms of its last article, and what codec.py packs; a story is
-- number, texts, ms of its first and last, and its words; then lines. An address and a headline begin with the copy's
-- number and ms of its last article. Numbers are ours, 4 bytes each: an article's id is four times as long.
local before = redis.call('GET', KEYS[1])
if before then return before end
local plan = cmsgpack.unpack(ARGV[1])
local now = plan.now
local telling = plan.telling
local probes, digits, heavy = ARGV[3], ARGV[4], ARGV[5]
-- Spans in ms are those of monitor/store/keys.py, where they say what they are of.
local DAY = 86400000
local BOUND = {
  min_shared = 2,  -- probes: finds all copies that are worth verifying, with 1 % of other texts beside them
  min_terms = 2,  -- of a story and an article, among the heaviest of each ...
  least_mass = 3277,  -- ... which are 5 % of the article's words, of 65535: finds all that it may join
  most_copies = 8, most_stories = 8,
  most_postings = 32,  -- stories that one term leads to, the newest
  most_probes = 24,  -- of a text
  least_digits = 3,  -- of a probe that name its bucket; one more when 128 lie in each
  most_fields = 128,
  most_in_bucket = 1024,
  most_waiting = 8000,  -- texts whose terms wait to be counted
  most_lines = 4096,  -- bytes of a story's alerts and of those related to it
  series_of = 3,  -- texts with other figures under one headline of a site
  -- What texts and stories take beside their prints and words: probes, names of keys, address; names and terms.
  text_bytes = 900, story_bytes = 400,
  slot = DAY / 4,
  copy_lifetime = 7 * DAY, name_lifetime = 28 * DAY, address_lifetime = 30 * DAY,
  headline_lifetime = 2 * DAY, series_lifetime = 45 * DAY,
  story_rest = 3 * DAY, story_lifetime = 7 * DAY,
}
local COPY, STORY, PLACE, GENERATION = '<I4I4d', '<I4I4dd', '<I4d', '<I4I4dI4'

local revision, last_number, window, generations, dead, version = 0, 0, 0, {}, {}, 0
if telling then
  local state = redis.call('HMGET', KEYS[2], 'revision', 'number', 'window', 'generations', 'frequencies')
  revision, last_number = tonumber(state[1] or 0), tonumber(state[2] or 0)
  window, version = tonumber(state[3] or BOUND.copy_lifetime), tonumber(state[5] or 0)
  BOUND.story_rest = math.min(BOUND.story_rest, window)
  for at = 1, #(state[4] or ''), 20 do
    local number, length, opened, texts = struct.unpack(GENERATION, state[4], at)
    -- A generation ended when the next began; a window later none of its texts is remembered.
    if #generations > 0 and opened + window <= now then dead[#dead + 1] = table.remove(generations) end
    generations[#generations + 1] = {number = number, digits = length, opened = opened, texts = texts}
  end
end

-- With less room things are forgotten earlier, as the texts are.
local function scaled(lifetime) return math.ceil(lifetime / BOUND.copy_lifetime * window) end

-- The index: a probe lies with the number of the copy that had it last, 8 bytes together. Its first digits name its
-- bucket; it is the least of many as a number, but those are its last ones.
local function read_buckets(generation)
  local names, prefix, length = {}, KEYS[8] .. generation.number .. ':', generation.digits - 1
  for at = 1, #digits, 8 do names[#names + 1] = prefix .. string.sub(digits, at, at + length) end
  generation.names, generation.found = names, #names > 0 and redis.call('MGET', unpack(names)) or {}
end

local function place_in(bucket, probe)
  local at = string.find(bucket, probe, 1, true)
  while at and at % 8 ~= 1 do at = string.find(bucket, probe, at + 1, true) end
  return at
end

local function by_weight(weights)
  local names = {}
  for name in pairs(weights) do names[#names + 1] = name end
  table.sort(names, function(one, other)
    if weights[one] ~= weights[other] then return weights[one] > weights[other] end
    return one < other
  end)
  return names
end

local function near_copies()
  local shared, near = {}, {}
  for _, generation in ipairs(generations) do read_buckets(generation) end
  for place = 1, #probes / 4 do
    local probe, counted = string.sub(probes, 4 * place - 3, 4 * place), nil
    for _, generation in ipairs(generations) do
      local bucket = generation.found[place]
      local at = bucket and place_in(bucket, probe)
      if at then
        local number = string.sub(bucket, at + 4, at + 7)
        counted = counted or {}
        if not counted[number] then
          counted[number] = true
          shared[number] = (shared[number] or 0) + 1
        end
      end
    end
  end
  for number, count in pairs(shared) do
    if count >= BOUND.min_shared then near[number] = count end
  end
  return by_weight(near)
end

local postings
local function read_postings()
  if postings or #heavy == 0 then return end
  local names = {}
  for at = 1, #heavy, 6 do names[#names + 1] = KEYS[9] .. string.sub(heavy, at, at + 3) end
  postings = redis.call('MGET', unpack(names))
end

local function near_stories()
  local ONE = 16777216  -- a term; the share it says is less
  local shared, near = {}, {}
  read_postings()
  for place = 1, #heavy / 6 do
    local posting, share = postings[place], ONE + struct.unpack('<I2', heavy, 6 * place - 1)
    if posting then
      for number in string.gmatch(posting, '....') do shared[number] = (shared[number] or 0) + share end
    end
  end
  for number, terms in pairs(shared) do
    if terms >= BOUND.min_terms * ONE and terms % ONE >= BOUND.least_mass then near[number] = terms % ONE end
  end
  return by_weight(near)
end

local function name_of(number)
  local index = struct.unpack('<I4', number)
  return redis.call('HGET', KEYS[10] .. math.floor(index / 64), index % 64)
end

local function remembered_copy(id)
  local record = redis.call('GET', KEYS[6] .. id)
  if not record or #record < 20 then return nil end
  local number, _, told = struct.unpack(COPY, record)
  if told + window <= now then return nil end
  return record, struct.pack('<I4', number)
end

local function open_story(id)
  local record = redis.call('GET', KEYS[7] .. id)
  if not record then return nil end
  local number, _, first, last = struct.unpack(STORY, record)
  if last + BOUND.story_rest <= now or first + BOUND.story_lifetime <= now then return nil end
  return record, struct.pack('<I4', number)
end

-- What an address stands for: copy, story and title words; nil if that is too long ago. What cannot be read is of
-- another program, and not known: one alert too many is better than none.
local function kept_place(record)
  if not record or #record <= 12 then return nil end
  if struct.unpack('<d', record, 5) + scaled(BOUND.address_lifetime) <= now then return nil end
  local is_read, place = pcall(cjson.decode, string.sub(record, 13))
  return is_read and type(place) == 'table' and type(place[1]) == 'string' and place or nil
end

-- Everything that the article may belong to, in the order of the answer, and whether there is something new.
local function look()
  local met, is_new = {}, false
  local function note(name)
    met[#met + 1] = name
    is_new = is_new or not plan.met[name]
  end
  local function meet(kind, number) note(kind .. struct.unpack('<I4', number)) end

  local pinned = redis.call('GET', KEYS[telling.pin])
  if pinned then
    note('p' .. redis.sha1hex(pinned))
  end
  local address, address_copy
  for _, position in ipairs(telling.addresses) do
    local known = redis.call('GET', KEYS[position])
    local place = kept_place(known)
    if place then
      meet('c', string.sub(known, 1, 4))
      if not address then address, address_copy = string.sub(known, 13), remembered_copy(place[1]) end
    end
  end
  local headline = telling.headline > 0 and redis.call('GET', KEYS[telling.headline])
  if headline and #headline > 12 and struct.unpack('<d', headline, 5) + BOUND.headline_lifetime > now then
    meet('h', string.sub(headline, 1, 4))
    headline = string.sub(headline, 13)
  else
    headline = nil
  end

  local copies, stories, listed = {}, {}, {}
  local function take_copy(id, number)
    local record, own = remembered_copy(id)
    if not record or listed[id] or (number and own ~= number) then return end
    listed[id] = true
    -- With another version, or in another story, it is not the one that was compared.
    local _, words, _, story = struct.unpack(COPY .. 'I2c0', record)
    note('c' .. struct.unpack('<I4', own) .. '.' .. words .. '.' .. redis.sha1hex(story))
    if #copies >= 2 * BOUND.most_copies then return end
    copies[#copies + 1] = id
    copies[#copies + 1] = record
  end
  -- Read again, perhaps with another text or with too little of it to be found by.
  take_copy(telling.article)
  for _, number in ipairs(near_copies()) do
    local id = #copies < 2 * BOUND.most_copies and name_of(number)
    if id then take_copy(id, number) end
  end
  for _, number in ipairs(near_stories()) do
    local id = #stories < 2 * BOUND.most_stories and name_of(number)
    local record, own
    if id then record, own = open_story(id) end
    if record and own == number then
      meet('s', number)
      stories[#stories + 1] = id
      stories[#stories + 1] = record
    end
  end
  if not is_new then return nil end
  return {revision, 0, pinned or '', address or '', address_copy or '', headline or '',
    table.concat(met, ' '), copies, stories}
end

-- A site that used the headline with other figures before, again and again: the headline says nothing.
local function is_series()
  local seen, count = {[telling.figures] = true}, 1
  for _, position in ipairs(telling.series) do
    local figures = redis.call('HGET', KEYS[position], telling.series_name) or ''
    for at = 1, #figures, 8 do
      local one = string.sub(figures, at, at + 7)
      if not seen[one] then count = count + 1 end
      seen[one] = true
    end
  end
  return count >= BOUND.series_of
end

if telling and plan.revision ~= revision then
  local found = look()
  if found then
    if #telling.series > 0 and is_series() then found[2] = 1 end
    return found
  end
end
-- Has a volume rule counted since? Then its verdict may be another.
for _, count in ipairs(plan.counts) do
  local counted = tonumber(redis.call('HGET', KEYS[count.volume], 'revision') or 0)
  if counted ~= count.revision then return '{"conflict":[]}' end
end
