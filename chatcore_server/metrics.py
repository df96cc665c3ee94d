"""What Prometheus is told of the server, by a page in its own format."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from importlib.metadata import version

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from chatcore import Figures
from chatcore.domain.figures import Histogram


class Metrics(Collector):
    """Makes the page. The labels are words of ours, such as errors' codes: nothing that people choose."""

    def __init__(self, figures: Callable[[], Figures]) -> None:
        self._figures = figures
        self._registry = CollectorRegistry()
        self._registry.register(self)
        ProcessCollector(registry=self._registry)

    async def page(self) -> tuple[HTTPStatus, str]:
        """Write everything as it is now."""
        return HTTPStatus.OK, generate_latest(self._registry).decode()

    def collect(self) -> Iterator[Metric]:
        """Give each metric."""
        now = self._figures()
        done = now.done
        yield InfoMetricFamily("chatcore", "The version of chatcore.", {"version": version("chatcore")})
        connections = GaugeMetricFamily("chatcore_connections", "Connections that are open.", labels=["state"])
        connections.add_metric(["logged_in"], now.logged_in)
        connections.add_metric(["stranger"], now.strangers)
        yield connections
        for name, told, amount in (
            ("chatcore_sessions", "Sessions with an open connection.", now.sessions),
            ("chatcore_active_users", "Users who are shown active.", now.active),
            ("chatcore_pending_changes", "Messages and marks that wait for a commit.", now.waiting),
            ("chatcore_pending_hashes", "Log-ins that wait for their password to be looked at.", now.hashes),
        ):
            yield GaugeMetricFamily(name, told, amount)
        for name, told, amount in (
            ("chatcore_connections_opened", "Connections that have come.", done.connections),
            ("chatcore_messages", "Messages that were stored.", done.messages),
            ("chatcore_readers_cut", "Connections that were ended since their peer did not read.", done.cut),
        ):
            yield CounterMetricFamily(name, told, amount)
        for name, told, amounts in (
            ("chatcore_refused", "Requests that were refused; slow_down is who was throttled.", done.refused),
            ("chatcore_commits_failed", "Commits that were not made, as the database could not.", done.failed),
        ):
            family = CounterMetricFamily(name, told, labels=["code"])
            for code, amount in sorted(amounts.items()):
                family.add_metric([code], amount)
            yield family
        yield _histogram("chatcore_ack_seconds", "From a message or mark until its commit was done.", done.acks)
        yield _histogram("chatcore_commit_changes", "Messages and marks of a commit.", done.batches)


def _histogram(name: str, told: str, counted: Histogram) -> Metric:
    buckets, up_to = [], 0
    for bound, count in zip((*(str(float(bound)) for bound in counted.bounds), "+Inf"), counted.counts, strict=True):
        up_to += count
        buckets.append((bound, up_to))
    return HistogramMetricFamily(name, told, buckets=buckets, sum_value=counted.sum)
