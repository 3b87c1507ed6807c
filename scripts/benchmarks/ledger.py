"""What a ledger in PostgreSQL costs: bytes of each table, write-ahead log, transactions, flushes and CPU of the server. A store's first
import and two nights (nothing changed; 1 % changed, at the pace of a quota of 150 in 30 s), then STORES stores beside each other.
The server keeps its own defaults, with every commit on disk. tests/simulation/scale_model.py calculates with what this prints."""
import dataclasses
import datetime
import json
import os
import pathlib
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks import stage

sys.path.insert(0, str(stage.ROOT / "tests" / "support"))
from postgresql import PostgresServer  # noqa: E402

HASH = "bench{:05}"  # as long as the hash of a real store
TABLES = ["confirmed", "evidence_block", "input_row", "change_block", "row_block", "source_block"]
CHOICES = [("essential|analytics", "functional|targeting"), ("essential", "functional|analytics|targeting"),
           ("essential|functional|analytics|targeting", ""), ("essential|functional", "analytics|targeting")]


def add_arguments(parser):
    parser.add_argument("--customers", type=int, default=20_000, help="of the one store (default 20000)")
    parser.add_argument("--stores", type=int, default=20, help="beside each other, for a minute (default 20)")
    parser.add_argument("--program", type=pathlib.Path, help="in place of the released one, which else is built")


def write_input(path, customers, changed=frozenset()):
    """The same each time, but for those who have changed their minds; as little alike as what people do."""
    dice = random.Random(7)
    with open(path, "w", encoding="ascii") as file:
        file.write("customer_id,allow,deny,decided_at\n")
        for customer in range(1, customers + 1):
            choice, at = dice.randrange(len(CHOICES)), dice.randrange(2 * 365 * 86400)
            allow, deny = CHOICES[(choice + (customer in changed)) % len(CHOICES)]
            when = datetime.datetime(2022, 10, 1) + datetime.timedelta(seconds=at, days=730 * (customer in changed))
            file.write(f"{customer},{allow},{deny},{when.isoformat()}Z\n")


@dataclasses.dataclass
class Reading:
    """What the server has done so far."""
    wal_bytes: int
    whole_pages: int  # in it, of pages that are written for the first time since a checkpoint
    transactions: int  # that wrote
    flushes: int
    cpu_s: float
    at: float

    def __sub__(self, other):
        return Reading(*(mine - others for mine, others in zip(dataclasses.astuple(self), dataclasses.astuple(other))))


def stat_of(pid):
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def cpu_of(server):
    """Of all its processes, those that have ended too."""
    ticks = sum(int(ticks) for ticks in stat_of(server.process.pid)[11:15])
    for pid in children(server.process.pid):
        try:
            ticks += sum(int(ticks) for ticks in stat_of(pid)[11:13])
        except OSError:
            pass
    return ticks / os.sysconf("SC_CLK_TCK")


def read(server):
    answer = server.sql("SELECT pg_current_wal_insert_lsn() - '0/0', wal_fpi, pg_snapshot_xmax(pg_current_snapshot()), wal_sync FROM pg_stat_wal")
    return Reading(*map(int, answer.strip().split("|")), cpu_of(server), time.monotonic())


def sizes(server):
    """Bytes with indexes, and rows."""
    return {table: (int(server.sql(f"SELECT pg_total_relation_size('{table}')")), int(server.sql(f"SELECT count(*) FROM {table}")))
            for table in TABLES}


def environment(server):
    return {"PATH": os.environ["PATH"], "BIGCOMMERCE_ACCESS_TOKEN": "sandbox-token", "CONSENT_SYNC_LEDGER": server.url()}


def start(server, directory, store, *flags):
    command = [stage.PROGRAM, "sync", "in.csv", "--store-hash", HASH.format(0), "--store-api-url", store.url, "--store-ca-file",
               store.ca_file, *flags]
    return subprocess.Popen([str(word) for word in command], cwd=directory, env=environment(server), text=True,
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process, code=0):
    said = process.communicate()[1]
    if process.returncode != code:
        sys.exit(f"consent-sync ended with exit code {process.returncode}: {said}")


def wait_for(process, pattern):
    for line in process.stderr:
        if re.search(pattern, line):
            return
    sys.exit("consent-sync ended too soon")


def settled(server):
    server.sql("VACUUM ANALYZE")
    server.sql("CHECKPOINT")


def tell(what, per, name, used):
    print(f"{what}: a {name}: {used.wal_bytes / per:.0f} bytes of WAL with {used.whole_pages / per:.3f} whole pages, {used.transactions / per:.3f} transactions, "
          f"{used.flushes / per:.3f} flushes, {1e6 * used.cpu_s / per:.0f} us of the server's CPU")


def tell_sizes(when, all_sizes, changes):
    for table, (bytes_, rows) in all_sizes.items():
        if rows:
            print(f"{when}: {table}: {rows} rows, with indexes {bytes_ / changes:.0f} bytes a change")


def one_store(server, directory, customers):
    write_input(directory / "in.csv", customers)
    unlimited = ["--store-hash", HASH.format(0), "--customers", customers, "--quota", 0]
    with stage.Sandbox(directory, *unlimited) as store:
        settled(server)
        begun = read(server)
        process = start(server, directory, store, "--rate-max-requests-per-second", "1")
        wait_for(process, "sending")
        planned = read(server)
        tell("import, planning", customers, "row", planned - begun)
        tell_sizes("import, planned", sizes(server), customers)
        process.send_signal(signal.SIGTERM)
        finish(process, 143)
        begun = read(server)
        finish(start(server, directory, store))
        tell("import, sending as fast as it goes", customers, "change", read(server) - begun)
        tell_sizes("import, ended", sizes(server), customers)
        settled(server)
        before, begun = sizes(server), read(server)
        finish(start(server, directory, store))
        tell("night without a change", customers, "row", read(server) - begun)
        bytes_ = sizes(server)["row_block"][0] - before["row_block"][0]
        print(f"night without a change: row_block: {bytes_ / customers:.2f} bytes a row of the input")
    changed = frozenset(random.Random(7).sample(range(1, customers + 1), customers // 100))
    write_input(directory / "in.csv", customers, changed)
    port = store.url.rpartition(":")[2]  # a ledger knows a store at one address
    with stage.Sandbox(directory, "--store-hash", HASH.format(0), "--customers", customers, "--quota", 150, "--port", port) as store:
        settled(server)
        before, begun = sizes(server), read(server)
        process = start(server, directory, store)
        wait_for(process, "sending")
        planned = read(server)
        finish(process)
        used = read(server) - planned
        bytes_ = sizes(server)["evidence_block"][0] - before["evidence_block"][0]
    tell("night of 1 %, planning", customers, "row", planned - begun)
    tell("night of 1 %, sending at the pace of the quota", len(changed), "change", used)
    print(f"night of 1 %: {len(changed)} changes in {used.at:.0f} s; evidence_block: {bytes_ / len(changed):.0f} bytes a change")


def median_mb(pids, file, pattern):
    """Of what the kernel says of processes; some may have ended meanwhile."""
    found = []
    for pid in pids:
        try:
            text = pathlib.Path(f"/proc/{pid}/{file}").read_text()
        except OSError:
            continue
        found.append(sum(int(kilobytes) for kilobytes in re.findall(pattern, text, re.M)) / 1024)
    return statistics.median(found)


PRIVATE = "smaps_rollup", r"^Private_\w+: +(\d+) kB"
RESIDENT = "status", r"^VmHWM:\s+(\d+) kB"


def many_stores(server, directory, count):
    """All of them send at their quotas for about a minute."""
    rows = 300
    write_input(directory / "all.csv", rows)
    stores, entries = [], ""
    for place in range(1, count + 1):
        name = HASH.format(place)
        home = directory / name
        home.mkdir()
        (home / "in.csv").symlink_to(directory / "all.csv")
        store = stage.Sandbox(home, "--store-hash", name, "--customers", rows, "--quota", 150, "--latency", "100ms")
        stores.append(store)
        entries += f"  - {{hash: {name}, api_url: \"{store.url}\", ca_file: {store.ca_file}}}\n"
    (directory / "job.yaml").write_text(f"command: sync\ninput: {{path: \"{{store}}/in.csv\"}}\nstores_at_once: {count}\nstores:\n{entries}")
    settled(server)
    process = subprocess.Popen([str(stage.PROGRAM), "work", "job.yaml", "--batch", "bench"], cwd=directory, env=environment(server),
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for _ in range(count):
        wait_for(process, "sending")
    time.sleep(5)
    begun = read(server)
    ended = "SELECT coalesce(sum(rows), 0) FROM outcome_count JOIN run ON key = run WHERE outcome = 'applied' AND store > '{}'"
    applied = int(server.sql(ended.format(HASH.format(0))))
    time.sleep(30)
    used, changes = read(server) - begun, int(server.sql(ended.format(HASH.format(0)))) - applied
    sessions = server.sql("SELECT pid FROM pg_stat_activity WHERE application_name = 'consent-sync'").split()
    session_mb, programs = median_mb(sessions, *PRIVATE), children(process.pid)
    program_mb, resident_mb = median_mb(programs, *PRIVATE), median_mb(programs, *RESIDENT)
    finish(process)
    for store in stores:
        store.__exit__()
    print(f"{count} stores at once: {changes / used.at:.1f} changes a second, {used.transactions / used.at:.1f} transactions, "
          f"{used.flushes / used.at:.1f} flushes of the log, {len(sessions)} connections")
    tell(f"{count} stores at once", changes, "change", used)
    print(f"{count} stores at once: private memory of a connection {session_mb:.1f} MB, of a store's process {program_mb:.1f} MB; resident "
          f"at most, with what is shared, {resident_mb:.1f} MB (medians)")
    pages = server.sql("SELECT avg(stores) FROM (SELECT count(DISTINCT store) AS stores FROM confirmed WHERE store > "
                       f"'{HASH.format(0)}' GROUP BY (ctid::text::point)[0]) AS page")
    print(f"{count} stores at once: rows of {float(pages):.2f} stores on a page of confirmed")


def run(arguments):
    if arguments.program:
        stage.PROGRAM = arguments.program.resolve()
    else:
        stage.prepare()
    # Checkpoints come when this asks for them.
    server = PostgresServer(fsync="on", full_page_writes="on", autovacuum_naptime="1min", checkpoint_timeout="1h", max_wal_size="20GB")
    try:
        with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as many:
            one_store(server, pathlib.Path(one), arguments.customers)
            many_stores(server, pathlib.Path(many), arguments.stores)
    finally:
        server.remove()
