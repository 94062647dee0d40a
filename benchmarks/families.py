"""Time the families that read processes: competition, access, delivery and integrity.

Run: ``python benchmarks/families.py [PROCESSES]``. The store is that of ``measures.py`` with three
bids, two lots, one item and one contract more a process. Each family is asked as one question, by
service, area and period, three times over, in a process of its own.
"""

from __future__ import annotations

import multiprocessing
import statistics
import sys
import tempfile
from pathlib import Path

from convener.data.store import Store
from convener.measures.measure import catalogue
from measures import draw, make_store, peak_mb, seeded_tables, timed

FAMILIES = ("competition", "access", "delivery", "integrity")
RUNS = 3
BY = ("service", "area", "period")


def contested_tables(count: int) -> dict[str, str]:
    """Return SQL for a store of so many processes, each with its bids; always the same."""
    tables = seeded_tables(count)
    rows = f"(select range as k from range({count}))"
    bids = f"{rows}, (values (1), (2), (3)) t(n)"
    bidder = f"((({draw(3, 30_000)} * {draw(4, 30_000)} // 30000) + (n - 1) * 7919) % 30000)"
    day = f"timestamptz '2016-01-01' + to_days(({draw(1, 2900)})::int)"
    price = f"((1000 + {draw(5, 1_000_000)}) * (1 + (n - 1) * {draw(9, 100)} / 500.0))"
    tables["processes"] = (
        f"select p.*, {day} - to_days(({draw(10, 40)})::int) as tender_starts_at"
        f" from ({tables['processes'].replace('select ', 'select k, ', 1)}) p"
    ).replace("select p.*", "select p.* exclude (k)", 1)
    tables["bids"] = (
        "select 'seeded' as source, k as process_key, n::varchar as bid_id,"
        f" case when n > 1 and {draw(11, 20)} = n then 'disqualified' else 'valid' end as status,"
        f" {day} as bid_at, {price}::decimal(18,4) as amount, 'GBP' as currency from {bids}"
    )
    tables["tenderers"] = (
        "select 'seeded' as source, k as process_key, n::varchar as bid_id,"
        f" hash({bidder}) as party_key, 'Supplier ' || {bidder} || ' Ltd' as name from {bids}"
    )
    tables["lots"] = (
        "select 'seeded' as source, k as process_key, n::varchar as lot_id"
        f" from {rows}, (values (1), (2)) t(n)"
    )
    tables["items"] = (
        "select 'seeded' as source, k as process_key, 'award' as section, '1' as section_id,"
        f" '1' as item_id, (10 + {draw(12, 80)})::varchar || '000000' as code from {rows}"
    )
    tables["contracts"] = (
        "select *, ends_at as first_ends_at, false as terminated from ("
        "select 'seeded' as source, k as process_key, '1' as contract_id, '1' as award_id,"
        f" {day} as signed_at, {day} as starts_at, {day} + interval 3 year as ends_at,"
        f" (1000 + {draw(5, 1_000_000)})::decimal(18,4) as amount, 'GBP' as currency from {rows})"
    )
    return tables


def ask(folder: str, family: str) -> None:
    """Time one family, so that its memory is told apart from that of others."""
    names = tuple(one.name for one in catalogue().values() if one.family == family)
    store = Store(Path(folder))
    seconds = statistics.median(timed(store, names, BY) for _ in range(RUNS))
    print(f"{seconds:7.2f} s  {peak_mb():6.0f} MB  {len(names):2} of {family}", flush=True)


def main(count: int) -> None:
    """Make the store, then ask each family, each in a process of its own."""
    spawn = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        making = spawn.Process(target=make_store, args=(Path(folder), count, contested_tables))
        making.start()
        making.join()
        for family in FAMILIES:
            asking = spawn.Process(target=ask, args=(folder, family))
            asking.start()
            asking.join()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
