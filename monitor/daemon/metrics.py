"""What the daemon counts, for Prometheus. Labels are bounded: channel, rule, result, reason; never a URL or a title."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

# Seconds; an alert's way is meant to take between a tenth of a second and some minutes.
_LATENCY = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600)
# Seconds from publication to our first sight: from a push to a feed that is polled once a day.
_DELAY = (5, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 43_200, 86_400)
CONTENT_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """All metrics of one daemon, in a registry of its own so that two daemons in one test don't meet."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        r = self.registry
        # result: not_modified (304), same_body, new_body, failed
        self.polls = Counter("monitor_feed_polls", "Polls of feeds by result", ["result"], registry=r)
        self.poll_failures = Counter(
            "monitor_feed_poll_failures", "Failed polls by kind, see FailureKind", ["kind"], registry=r
        )
        self.poll_seconds = Histogram("monitor_feed_poll_duration_seconds", "Duration of a poll", registry=r)
        self.poll_lag = Histogram(
            "monitor_feed_poll_lag_seconds", "From due time to start of a poll", buckets=_LATENCY, registry=r
        )
        self.feeds = Gauge("monitor_feeds", "Feeds in the lists", registry=r)
        self.feeds_by_state = Gauge(
            "monitor_feeds_by_state", "Feeds in the lists: new, ok, failing, gone", ["state"], registry=r
        )
        self.feeds_failing = Gauge("monitor_feeds_failing", "Feeds whose last poll by this daemon failed", registry=r)
        self.entries = Counter("monitor_entries_new", "Entries not seen before", registry=r)
        self.entry_delay = Histogram(
            "monitor_entry_delay_seconds", "From publication of an entry to its first sight", buckets=_DELAY, registry=r
        )
        self.entries_updated = Counter("monitor_entries_updated", "Known entries that changed", registry=r)
        self.websub_subscriptions = Gauge("monitor_websub_subscriptions", "Confirmed and not run out", registry=r)
        # mode: subscribe, unsubscribe; result: accepted, refused, failed
        self.websub_requests = Counter(
            "monitor_websub_requests", "Requests to hubs by mode and result", ["mode", "result"], registry=r
        )
        self.websub_verifications = Counter(
            "monitor_websub_verifications",
            "Hubs' questions at callbacks: confirmed, ended, denied, not_ours",
            ["result"],
            registry=r,
        )
        self.websub_pushes = Counter(
            "monitor_websub_pushes",
            "Pushes: fat, light, left_to_poll, unsigned, forged, late, too_big",
            ["result"],
            registry=r,
        )
        self.articles = Counter("monitor_articles", "Articles read, by status", ["status"], registry=r)
        self.matches = Counter("monitor_rule_matches", "Matches by rule", ["rule"], registry=r)
        self.match_seconds = Histogram(
            "monitor_rule_eval_seconds",
            "Matching one article against all rules",
            buckets=(0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 1),
            registry=r,
        )
        self.alerts = Counter("monitor_alerts", "Alert records written, by rule", ["rule"], registry=r)
        self.updates = Counter("monitor_alert_updates", "Alerts whose story changed, by rule", ["rule"], registry=r)
        self.deduplicated = Counter(
            "monitor_alerts_deduplicated", "Matches that joined an alert, by why", ["joined"], registry=r
        )
        self.remembered_texts = Gauge("monitor_remembered_texts", "Texts that copies are recognised of", registry=r)
        self.remembered_bytes = Gauge(
            "monitor_remembered_bytes", "Estimated room of what is remembered of texts and stories", registry=r
        )
        self.remembered_seconds = Gauge(
            "monitor_remembered_seconds",
            "How long texts are remembered; less than a week: the bound leaves no more",
            registry=r,
        )
        self.attempts = Counter(
            "monitor_delivery_attempts", "Attempts by channel and result", ["channel", "result"], registry=r
        )
        self.attempt_seconds = Histogram(
            "monitor_delivery_duration_seconds", "Duration of an attempt", ["channel"], buckets=_LATENCY, registry=r
        )
        self.alert_latency = Histogram(
            "monitor_alert_latency_seconds", "From first sight to delivery", ["channel"], buckets=_LATENCY, registry=r
        )
        self.queue_depth = Gauge("monitor_queue_depth", "Deliveries waiting, by channel", ["channel"], registry=r)
        self.queue_pending = Gauge("monitor_queue_pending", "Deliveries in flight, by channel", ["channel"], registry=r)
        self.queue_delayed = Gauge(
            "monitor_queue_delayed", "Deliveries waiting for a retry, by channel", ["channel"], registry=r
        )
        self.dead_letters = Gauge("monitor_dlq_depth", "Dead letters, by channel", ["channel"], registry=r)
        self.store_up = Gauge("monitor_redis_up", "1 while the store answers", registry=r)
        self.polling_paused = Gauge("monitor_polling_paused", "1 while back-pressure holds polling", registry=r)
        self.reload_ok = Gauge("monitor_config_reload_success", "1 if the last reload was taken over", registry=r)
        self.rules = Gauge("monitor_rules_loaded", "Rules in force", registry=r)
        self.bugs = Counter("monitor_bugs", "Unexpected exceptions, by place; each is logged", ["place"], registry=r)

    def render(self) -> bytes:
        """Return the exposition text."""
        return generate_latest(self.registry)
