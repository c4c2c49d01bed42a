"""Rule files without a fault, which between them have every key and operator; test_mutations.py damages them."""

from __future__ import annotations

TALKS = """\
# yaml-language-server: $schema=rules.schema.json
lists:
  ministers:
    - {name: Wang Yi, aliases: [王毅, Ван И, "وانغ يي"]}
    - name: Antony Blinken
      aliases: [Blinken, 布林肯]
    - list:envoys
  envoys: [Geir Pedersen]
  ceasefire: [cease-fire, armistice, halt to the fighting, 停火]
rules:
  - id: minister-ceasefire
    title: "A minister speaks of a ceasefire: where, when"
    description: |
      Who said what of a ceasefire,
      in the Middle East.
    severity: high
    labels: {desk: world, topic: peace}
    channels: [desk, mail]
    repeat_after: 12h
    dedup: copy
    group_window: 72h
    realert_after_edit: true
    expires: 2027-01-31
    enabled: true
    when:
      all:
        - any: [list:ministers, foreign minister]
        - list:ceasefire
        - region:middle-east
      none: ["title:football"]
    tests:
      - match: {title: Wang Yi calls for cease-fire, text: "The minister, in Gaza: no."}
        evidence: [Wang Yi, Gaza]
      - no_match: Wang Yi opened a trade fair.
"""

QUERIES = """\
rules:
  - id: envoy-talks
    query: '(envoy OR title:mediator) NEAR/15 (talks OR negotiat*) AND country:QA NOT "job talks"'
    tests:
      - match: An envoy began talks in Doha.
      - no_match: The envoy flew home.
  - id: speech
    query: "lead:(speech OR address) AND =WHO"
    tests:
      - match: {title: A speech about the WHO}
      - no_match: {title: A speech}
"""

NEARNESS = """\
regions:
  red-sea:
    title: Red Sea
    countries: [YE, DJ]
    regions: [horn-of-africa]
    names: [Red Sea, Bab el-Mandeb]
defaults:
  severity: info
  channels: desk
  language: [en]
rules:
  - id: sanctions-near-oil
    when:
      near:
        within: 12
        of: [sanction*, any: [crude, oil tanker]]
        ordered: false
    tests:
      - match: {text: Sanctions on crude, language: en}
      - no_match: {text: Sanctions on salt, language: en}
  - id: same-breath
    when: {same: sentence, of: [missile*, region:red-sea]}
    tests:
      - match: {text: A missile hit Hodeidah., language: en}
      - no_match: {text: A missile. Hodeidah., language: en}
"""

NUMBERS = """\
rules:
  - id: two-of-three
    when:
      at_least: 2
      of: [hostages, prisoner exchange, aid convoy]
    tests:
      - match: Hostages and an aid convoy.
      - no_match: Hostages.
  - id: much-of-it
    when: {count: {at_least: 3, of: truce}}
    tests:
      - match: Truce, truce, truce.
      - no_match: Truce.
  - id: weighed
    when:
      score:
        at_least: 10
        terms: {ceasefire: 5, hostage*: 3, football: -20}
        title_factor: 3
    tests:
      - match: {title: Ceasefire}
      - no_match: {text: Ceasefire}
"""

VOLUMES = """\
rules:
  - id: earthquake-surge
    when: {all: [earthquake, "country:TR"]}
    volume: {stories: 3, sources: 3, within: 30m}
    tests:
      - match: An earthquake shook Izmir
      - no_match: An earthquake shook Lima
  - id: unusual-attention
    when: Example Works
    volume:
      factor: 4
      within: 6h
      baseline: 14d
      stories: 5
    tests:
      - match: Shares of Example Works fell
      - no_match: Shares fell
"""

ARTICLES = """\
rules:
  - id: by-property
    when:
      all:
        - regex: '(?i)strike of [0-9]+ days'
        - {source: [reuters.com], tags: [world], language: en}
        - {author: Ann Lee, url: example, feed: wire}
        - {summary: strike, text: strike, title: strike}
    tests:
      - match:
          title: A strike of 3 days
          summary: A strike
          text: The strike goes on
          url: https://example.org/1
          language: en
          source: reuters.com
          feed: wire
          authors: [Ann Lee]
          tags: [world]
      - no_match: A strike of 3 days
  - {id: short, when: "=OPEC", tests: [match: OPEC meets, no_match: opec]}
"""

GOOD = {
    "talks": TALKS,
    "queries": QUERIES,
    "nearness": NEARNESS,
    "numbers": NUMBERS,
    "volumes": VOLUMES,
    "articles": ARTICLES,
}
