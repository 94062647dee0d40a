"""Time twelve measures over a seeded store of a million processes: seconds, and memory at most.

Run: ``python benchmarks/measures.py [PROCESSES]``. Each measure is timed alone, then all twelve
are asked in one question, as a page does; beside them, ``ocdscardinal.coverage`` reads as many
lines, once. For a million these take 5.4 GB of disk.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from reading import PEER, RUNS, cost
from seeded_lines import write_lines

from convener.data.store import Source, Store, engine
from convener.data.tables import TABLES
from convener.measures.run import Question, measure

TWELVE = (
    "share-by-kind",
    "share-by-kind-by-count",
    "effective-number-of-kinds",
    "sme-share",
    "hhi",
    "cr4",
    "effective-number-of-providers",
    "area-dominance",
    "single-bid-share",
    "n-minus-1",
    "viable-providers",
    "award-against-estimate",
)
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)

# A number under `size` that looks drawn: the same for the same row and salt, in every version.
_NUMBER = "((k * 48271 + {salt} * 7919) % 2147483647 * 16807 % 2147483647 % {size})"


def draw(salt: int, size: int) -> str:
    return _NUMBER.format(salt=salt, size=size)


def seeded_tables(count: int) -> dict[str, str]:
    """Return SQL that makes each table of a store of so many processes; always the same."""
    rows = f"(select range as k from range({count}))"
    day = f"timestamptz '2016-01-01' + to_days(({draw(1, 2900)})::int)"
    region = f"'UK' || chr((67 + {draw(2, 12)})::int)"
    supplier = f"({draw(3, 30_000)} * {draw(4, 30_000)} // 30000)"
    amount = f"(1000 + {draw(5, 1_000_000)})::decimal(18,4)"
    code = f"['85311000', '85141000', '79611000', '98000000'][1 + ({draw(6, 4)})::int]"
    return {
        "processes": f"select 'seeded' as source, k as process_key, 'ocds-213czf-' || k as ocid,"
        f" {day} as released_at, 'Buyer ' || {draw(7, 400)} as buyer_name,"
        f" hash({draw(7, 400)} + 1000000) as buyer_key, 'Title ' || k as title, 'open' as method,"
        f" 'complete' as tender_status, {amount} as tender_amount, 'GBP' as tender_currency,"
        f" {day} as tender_ends_at, (1 + {draw(8, 6)})::int as tenderer_count,"
        " 'CPV' as code_scheme,"
        f" {code} as code, {region} as region, false as region_is_buyers from {rows}",
        "awards": "select 'seeded' as source, k as process_key, '1' as award_id,"
        f" 'active' as status, {day} as awarded_at, {amount} as amount, 'GBP' as currency,"
        f" {day} as starts_at, {day} + interval 3 year as ends_at from {rows}",
        "suppliers": "select 'seeded' as source, k as process_key, '1' as award_id, 1 as position,"
        f" hash({supplier}) as party_key, 'Supplier ' || {supplier} || ' Ltd' as name from {rows}",
        "contracts": "select 'seeded' as source, k as process_key, '1' as contract_id,"
        f" '1' as award_id, {day} as signed_at, {amount} as amount, 'GBP' as currency from {rows}",
        "releases": "select 'seeded' as source, k as process_key, 'ocds-213czf-' || k as ocid"
        f" from {rows}",
        "process_services": f"select k as process_key, left({code}, n::int) as service, level, ''"
        f" as because from {rows},"
        " (values (2, 'division'), (3, 'group'), (4, 'class')) t(n, level)",
        "identities": "select hash(k) as party_key, k as organisation_key,"
        " 'Supplier ' || k || ' Ltd' as name from range(30000) t(k)",
        "organisations": "select k as organisation_key, 'Supplier ' || k || ' Ltd' as name,"
        " ['private', 'charity', 'social-enterprise', 'mutual', 'unknown'][1 + k % 5] as kind,"
        " case when k % 10 = 0 then k // 10 else k end as owner_key,"
        " case when k % 3 = 0 then 'large' else 'sme' end as scale, k % 5 = 1 as is_vcse"
        " from range(30000) t(k)",
    }


def make_store(
    folder: Path, count: int, tables: Callable[[int], dict[str, str]] = seeded_tables
) -> Store:
    """Write the seeded store."""
    store = Store(folder)
    with store.writing(at=MOMENT) as load:
        connection = engine(threads=2, memory_limit="3GB")
        for table, sql in tables(count).items():
            path = load.part_path(table, 0)
            connection.execute(f"create table {table} ({TABLES[table].ddl})")
            connection.execute(f"insert into {table} by name {sql}")
            connection.execute(f"copy {table} to '{path}' (format parquet, compression zstd)")
            connection.execute(f"drop table {table}")
        connection.close()
        parts = load.parts_written()
        derived = {name: parts.pop(name) for name in list(parts) if name in _DERIVED}
        source = Source(
            "seeded", 1, "ocds", "seeded", "", MOMENT.isoformat(), load.name, parts=parts
        )
        manifest = load.manifest
        load.switch(type(manifest)(sources={"seeded": source}, derived=derived, next_number=2))
    return store


_DERIVED = {"process_services", "identities", "organisations"}


def timed(store: Store, names: tuple[str, ...], by: tuple[str, ...]) -> float:
    """Return the seconds that one question takes, from opening the store."""
    started = time.perf_counter()
    connection = store.connect(threads=2, memory_limit="512MB")
    rows = measure(connection, Question(names, by=by))
    connection.close()
    assert rows
    return time.perf_counter() - started


def peak_mb() -> float:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def peer_seconds(count: int) -> float:
    """Return the seconds in which the peer reads so many lines."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "lines.jsonl"
        write_lines(path, count)
        return cost(PEER, path).wall_s


def main(count: int) -> None:
    """Make the store in a process of its own, then time it here."""
    with tempfile.TemporaryDirectory() as folder:
        import multiprocessing

        making = multiprocessing.get_context("spawn").Process(
            target=make_store, args=(Path(folder), count)
        )
        making.start()
        making.join()
        store = Store(Path(folder))
        by = ("service", "area", "period")
        for name in TWELVE:
            print(f"{timed(store, (name,), by):7.2f} s  {peak_mb():6.0f} MB  {name}")
        all_twelve = statistics.median(timed(store, TWELVE, by) for _ in range(RUNS))
        print(f"{all_twelve:7.2f} s  {peak_mb():6.0f} MB  all twelve by {by}, median of {RUNS}")
        print(f"{timed(store, TWELVE, ('service',)):7.2f} s  {peak_mb():6.0f} MB  all by service")
    peer = peer_seconds(count)
    print(f"{peer:7.2f} s             the peer reads {count:,} lines")
    print(f"{all_twelve / peer:7.2f}               all twelve, of the peer's wall time")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
