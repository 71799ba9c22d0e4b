"""Prints how long nobody could save, and how many saves were lost: `make failover`.

The primary is killed several times while twenty visitors save, as if its machine lost its power;
there are planned switchovers; and once, for comparison, commits wait for no standby. Takes about
a minute for each kill.
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import threading
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.failover import restarting, restoring
from tests.failover.cluster import (
    Cluster,
    Missing,
    Node,
    look_for_programs,
    temporary_folder,
)
from tests.failover.sites import Site
from tests.failover.visitors import Visitors

VISITORS = 20
PAUSE = 0.3  # seconds between two saves of one visitor
RECOVERED_WITHIN = 120  # seconds
SECONDS = 8  # of a turn, when speeds are compared
PARTS = {"restore": restoring.go_back, "restart": restarting.restart}
BEHIND = 0.5  # seconds for which nothing reaches the standbys before an asynchronous primary dies


@dataclass(frozen=True)
class Outage:
    """How long nobody could save, and how much of that after a database took writes again."""

    seconds: float
    ours: float


def main() -> int:
    parser = ArgumentParser(prog="make failover", description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--switchovers", type=int, default=3)
    parser.add_argument("--asynchronous", type=int, default=2)
    parser.add_argument("--speed", type=int, default=0, help="only measure saves a second")
    parser.add_argument("--part", choices=PARTS, help="what else was tried, and nothing more")
    chosen = parser.parse_args()
    try:
        look_for_programs()
    except Missing as missing:
        print(f"Install what is missing first: {missing}")
        return 2
    folder = temporary_folder()
    try:
        if chosen.part:
            return PARTS[chosen.part](folder)
        if chosen.speed:
            return compare(folder, chosen.speed)
        return fail_over(folder, chosen.kills, chosen.switchovers, chosen.asynchronous)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def fail_over(folder: Path, kills: int, switchovers: int, asynchronous: int) -> int:
    cluster = Cluster(folder)
    site = Site(cluster.url(), folder)
    make_database(cluster)
    visitors = Visitors(site.port, people(site, VISITORS * 4), VISITORS, PAUSE)
    try:
        with visitors:
            time.sleep(5)
            planned = [outage(cluster, visitors, cluster.switch_over) for _ in range(switchovers)]
            killed = [outage(cluster, visitors, cluster.primary.kill) for _ in range(kills)]
        lost, doubled = counted(site, visitors)
        show("planned switchovers", planned)
        show("kills of the primary", killed)
        print(f"saves: {len(visitors.saves)} acknowledged, {lost} lost, {doubled} doubled")
        print(f"answers: {dict(sorted(visitors.statuses.items()))}")
        if asynchronous:
            lose_some(cluster, site, asynchronous)
        return 1 if lost or doubled else 0
    finally:
        site.stop()
        cluster.stop()


def outage(
    cluster: Cluster, visitors: Visitors, act: Callable[[], None], *, synchronous: bool = True
) -> Outage:
    """Do it, wait until saves work, and let every node come back."""
    leader = cluster.primary
    writable = Writable([node for node in cluster.nodes if node is not leader])
    began = time.monotonic()
    act()
    began_again = writable.wait()
    while (saved := visitors.first_after(began_again)) is None:
        if time.monotonic() > began + RECOVERED_WITHIN:
            raise RuntimeError("saves do not work again")
        time.sleep(0.05)
    for node in cluster.nodes:
        if node.process.process.poll() is not None:
            node.process.start()
    cluster.settle(len(cluster.nodes), synchronous=synchronous)
    time.sleep(3)
    found = Outage(saved - began, saved - began_again)
    print(f"  {found.seconds:.1f} s, of which {found.ours:.1f} s ours", flush=True)
    return found


class Writable:
    """Watches, in threads, for the moment at which another node takes writes."""

    def __init__(self, nodes: list[Node]) -> None:
        self.found = threading.Event()
        for node in nodes:
            threading.Thread(target=self._watch, args=(node,), daemon=True).start()

    def _watch(self, node: Node) -> None:
        while not self.found.is_set():
            if node.is_writable():
                self.at = time.monotonic()
                self.found.set()
            time.sleep(0.1)

    def wait(self) -> float:
        if not self.found.wait(RECOVERED_WITHIN):
            self.found.set()
            raise RuntimeError("no other node takes writes")
        return self.at


def lose_some(cluster: Cluster, site: Site, times: int) -> None:
    """The same without waiting for a standby: what was acknowledged last is gone."""
    cluster.replicate(synchronously=False)
    visitors = Visitors(site.port, people(site, VISITORS, first=10_000), VISITORS, 0.05)

    def stall_and_kill() -> None:
        leader = cluster.primary
        leader.freeze_senders()
        time.sleep(BEHIND)
        leader.kill()

    with visitors:
        time.sleep(2)
        for _ in range(times):
            outage(cluster, visitors, stall_and_kill, synchronous=False)
    lost, doubled = counted(site, visitors)
    print(
        f"asynchronous, standbys {BEHIND} s behind, {times} kills:"
        f" {len(visitors.saves)} acknowledged, {lost} lost, {doubled} doubled"
    )


def compare(folder: Path, rounds: int) -> int:
    """Saves a second of two hosts and three nodes, and of one host and one node, by turns."""
    clusters: list[Cluster] = []
    sites: list[Site] = []
    speeds: tuple[list[float], list[float]] = ([], [])
    folder.chmod(0o755)  # PostgreSQL runs as somebody else
    try:
        for nodes, hosts in ((3, 2), (1, 1)):
            place = folder / f"of-{nodes}"
            place.mkdir()
            clusters.append(Cluster(place, nodes))
            make_database(clusters[-1])
            sites.append(Site(clusters[-1].url(), place, hosts))
        crowds = [people(site, 60) for site in sites]
        for turn in range(rounds + 1):
            for at, site in enumerate(sites):
                share = crowds[at][turn % 5 :: 5]
                visitors = Visitors(site.port, share, len(share), 0)
                with visitors:
                    time.sleep(SECONDS)
                if turn:  # the first warms up
                    speeds[at].append(len(visitors.saves) / SECONDS)
    finally:
        for site in sites:
            site.stop()
        for cluster in clusters:
            cluster.stop()
    large, small = map(statistics.median, speeds)
    print(f"two hosts, three nodes: {large:.0f} saves a second ({_all(speeds[0])})")
    print(f"one host, one node: {small:.0f} saves a second ({_all(speeds[1])})")
    print(f"ratio {large / small:.2f} (aim: 0.70)")
    return 0


def _all(speeds: list[float]) -> str:
    return ", ".join(f"{speed:.0f}" for speed in speeds)


def make_database(cluster: Cluster) -> None:
    with psycopg.connect(cluster.primary.url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE common_ground")


def people(site: Site, count: int, first: int = 0) -> list[str]:
    return list(json.loads(site.run("make", str(count), str(first))))


def counted(site: Site, visitors: Visitors) -> tuple[int, int]:
    """How many acknowledged saves are not there, and how many are there twice."""
    stored = Counter(json.loads(site.run("read")))
    lost = sum(not stored[one.words] for one in visitors.saves)
    return lost, sum(count > 1 for count in stored.values())


def show(what: str, outages: list[Outage]) -> None:
    if outages:
        seconds, ours = [one.seconds for one in outages], [one.ours for one in outages]
        print(
            f"{len(outages)} {what}: seconds until saves work, median"
            f" {statistics.median(seconds):.1f} (most {max(seconds):.1f});"
            f" ours {statistics.median(ours):.1f} (most {max(ours):.1f})"
        )


if __name__ == "__main__":
    sys.exit(main())
