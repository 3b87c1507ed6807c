#!/usr/bin/env python3
"""On paper: 50,000 stores, 5 billion customers, 1 % of them changed each night, and what that takes. docs/scale.md shows what this
prints, and a test holds it to that. Bytes and times are as measured (scripts/bench ledger, docs/pace.md), the rest is arithmetic."""
import dataclasses

MB, GB, TB = 1e6, 1e9, 1e12

# --- What is to be done
STORES = 50_000
CUSTOMERS_OF_A_STORE = 100_000
CHANGED = 0.01
NIGHT_S = 3.5 * 3600  # from 02:17 to before 06:00
SHARE = 0.9  # rate.share
QUOTAS = {"Plus, Standard": 150, "Pro": 450}  # requests in 30 s
WINDOW_S = 30

# --- Measured: scripts/bench ledger --customers 100000 --stores 20, PostgreSQL 15, two quiet cores, every commit on disk
CONFIRMED_B = 157  # a row with its indexes
EVIDENCE_B = 180  # of a change, at the pace of a quota, where a commit has one or two; 74 where it has hundreds
CHANGE_BLOCK_B = 52  # of a change; likewise the next
SOURCE_BLOCK_B = 19
ROW_BLOCK_B = 4.0  # of a row of the input that needs nothing
WAL_OF_AN_UNCHANGED_ROW_B = 4
WAL_OF_A_PLANNED_CHANGE_B = 45
WAL_OF_A_CHANGE_B = 7133  # of customers here and there in a table, each page for the first time since a checkpoint
SERVER_S_OF_A_CHANGE = 23e-6  # CPU, sent as fast as it goes: 0.003 transactions each
SERVER_S_OF_A_PACED_CHANGE = 1208e-6  # at 150 in 30 s, 20 stores beside each other: 1.067 transactions each
SERVER_S_OF_A_TRANSACTION = (SERVER_S_OF_A_PACED_CHANGE - SERVER_S_OF_A_CHANGE) / 1.067
SERVER_S_OF_A_ROW = 4e-6
CONNECTION_MB = 1.9  # its private memory
# --- Measured: docs/pace.md and docs/operating.md, released program
WORKER_S_OF_A_CHANGE = 27e-6
WORKER_S_OF_A_ROW = 1.3e-6
PROCESS_MB = 30  # 20 to 30; 20.6 in the benchmark

# --- Assumed
PLAN_S = 2.0  # of a store's turn, to read, to plan and to report
COMMIT_EVERY_S = 0.2  # src/sync/recorder.cpp: a result waits so long for others to be committed with
LEASE_S = 30
FREEZE_AT = 200e6  # autovacuum_freeze_max_age, as PostgreSQL has it
CONNECTIONS_OF_A_STORE = 2.1  # two, and two more while it plans and reports
USABLE_OF_100 = 97  # the server keeps three for its superuser


@dataclasses.dataclass
class Night:
    quota: int
    commit_every_s: float = COMMIT_EVERY_S

    rows = STORES * CUSTOMERS_OF_A_STORE
    changes = rows * CHANGED

    @property
    def changes_a_second_of_a_store(self):
        return self.quota * SHARE / WINDOW_S

    @property
    def turn_s(self):
        return PLAN_S + CUSTOMERS_OF_A_STORE * CHANGED / self.changes_a_second_of_a_store

    @property
    def at_once(self):
        """Stores at work at the same time, for all to be done in the night."""
        return STORES * self.turn_s / NIGHT_S

    @property
    def changes_a_second(self):
        return self.changes / NIGHT_S

    @property
    def transactions_a_second(self):
        """A result is committed alone where the next comes later than it waits."""
        commits = min(self.changes_a_second_of_a_store, 1 / self.commit_every_s)
        return self.changes_a_second * commits / self.changes_a_second_of_a_store + self.at_once / (LEASE_S / 6)

    @property
    def wal(self):
        return self.changes * (WAL_OF_A_PLANNED_CHANGE_B + WAL_OF_A_CHANGE_B) + self.rows * WAL_OF_AN_UNCHANGED_ROW_B

    @property
    def server_cores(self):
        steady = (self.changes * SERVER_S_OF_A_CHANGE + self.rows * SERVER_S_OF_A_ROW) / NIGHT_S
        return steady + self.transactions_a_second * SERVER_S_OF_A_TRANSACTION

    @property
    def worker_cores(self):
        return (self.changes * WORKER_S_OF_A_CHANGE + self.rows * WORKER_S_OF_A_ROW) / NIGHT_S

    @property
    def connections(self):
        return self.at_once * CONNECTIONS_OF_A_STORE

    def hours_with(self, max_connections):
        return STORES / (max_connections / CONNECTIONS_OF_A_STORE) * self.turn_s / 3600

    @property
    def largest_store(self):
        """Customers of a store whose changes take the whole night."""
        return (NIGHT_S - PLAN_S) * self.changes_a_second_of_a_store / CHANGED


def values_of(answer):
    return answer if isinstance(answer, tuple) else (answer,)


def of_both(name, unit, value, **more):
    print(f"| {name} | " + " | ".join(unit.format(*values_of(value(Night(quota, **more)))) for quota in QUOTAS.values()) + " |")


def print_night():
    print("| one night | " + " | ".join(f"{plan}: {quota} in 30 s" for plan, quota in QUOTAS.items()) + " |")
    print("|---|" + "---|" * len(QUOTAS))
    of_both("changes", "{:,.0f} million", lambda night: night.changes / 1e6)
    of_both("a store's turn", "{:,.0f} s", lambda night: night.turn_s)
    of_both("stores at work at once, for all to end in 3.5 h", "{:,.0f}", lambda night: night.at_once)
    of_both("changes a second, all stores together", "{:,.0f}", lambda night: night.changes_a_second)
    of_both("workers: memory", "{:,.0f} GB", lambda night: night.at_once * PROCESS_MB * MB / GB)
    of_both("workers: cores", "{:.1f}", lambda night: night.worker_cores)
    of_both("database: connections", "{:,.0f}", lambda night: night.connections)
    of_both("database: their private memory", "{:.1f} GB", lambda night: night.connections * CONNECTION_MB * MB / GB)
    of_both("database: transactions that write, a second", "{:,.0f}", lambda night: night.transactions_a_second)
    of_both("database: cores", "{:.1f}", lambda night: night.server_cores)
    of_both("the two, if results waited a second", "{:,.0f} and {:.1f}", lambda night: (night.transactions_a_second, night.server_cores),
            commit_every_s=1.0)
    of_both("database: read of `confirmed`, to plan", "{:.0f} MB a second", lambda night: night.rows * CONFIRMED_B / NIGHT_S / MB)
    of_both("database: write-ahead log", "{:,.0f} GB", lambda night: night.wal / GB)
    of_both("the same", "{:.0f} MB a second", lambda night: night.wal / NIGHT_S / MB)
    of_both("the night with `max_connections` at its default of 100", "{:,.0f} h", lambda night: night.hours_with(USABLE_OF_100))
    of_both("largest store that can be done in the night", "{:.1f} million customers", lambda night: night.largest_store / 1e6)


def print_size():
    customers, changes = Night(150).rows, Night(150).changes
    kept = {"`confirmed`": (customers * CONFIRMED_B, 0),
            "`evidence_block`": (customers * EVIDENCE_B, changes * EVIDENCE_B),
            "`change_block`": (customers * CHANGE_BLOCK_B, changes * CHANGE_BLOCK_B),
            "`row_block`": (0, (customers - changes) * ROW_BLOCK_B)}
    print("| table | after the first import | more with each night |\n|---|---|---|")
    for name, (first, nightly) in kept.items():
        print(f"| {name} | {first / TB:.2f} TB | {nightly / GB:.0f} GB |")
    first, nightly = (sum(sizes) for sizes in zip(*kept.values()))
    print(f"| sum | {first / TB:.2f} TB | {nightly / GB:.0f} GB; {nightly * 365 / TB:.1f} TB a year |")
    at_work = Night(150).at_once * CUSTOMERS_OF_A_STORE * CHANGED * SOURCE_BLOCK_B
    print(f"| `source_block`, of the stores at work | | {at_work / GB:.2f} GB, and goes again |")


def print_import():
    print("| the first import | " + " | ".join(f"{plan}" for plan in QUOTAS) + " |\n|---|" + "---|" * len(QUOTAS))
    of_both("of one store", "{:.1f} h", lambda night: CUSTOMERS_OF_A_STORE / night.changes_a_second_of_a_store / 3600)
    of_both("of all, with as many at once as a night needs", "{:.0f} days, day and night",
            lambda night: night.rows / (night.at_once * night.changes_a_second_of_a_store) / 86400)


def print_vacuum():
    transactions = Night(150).transactions_a_second * NIGHT_S
    print(f"Each night uses {transactions / 1e6:.0f} million transaction ids: at the default `autovacuum_freeze_max_age` of 200 million every "
          f"table\nis read anew to freeze its rows after {FREEZE_AT / transactions:.0f} nights, at 1.5 billion after {1.5e9 / transactions:.0f}.")


if __name__ == "__main__":
    print_night()
    print()
    print_size()
    print()
    print_import()
    print()
    print_vacuum()
