"""Many stores and many workers: STORES sandbox stores, each with ROWS changes, taken off a list in a PostgreSQL 15 ledger by
one, two and four processes of `consent-sync work`. Once with a quota for each store, where only the number of stores at work
counts, and once without, where the cores do. Prints changes a second, and ratios to what the quota allows and to one worker.
And one store of as many rows with a ledger in PostgreSQL beside one in SQLite."""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from benchmarks import stage

sys.path.insert(0, str(stage.ROOT / "tests" / "support"))

AT_ONCE, QUOTA, WINDOW_S = 4, 20, 1


def add_arguments(parser):
    parser.add_argument("--stores", type=int, default=32)
    parser.add_argument("--rows", type=int, default=100)


class Stores:
    def __init__(self, directory, count, rows, quota):
        (directory / "in").mkdir()
        self.directory, self.sandboxes = directory, []
        entries = ""
        for place in range(count):
            name = f"s{place:03}"
            (directory / name).mkdir()
            stage.write_input(directory / "in" / f"{name}.csv", rows)
            store = stage.Sandbox(directory / name, "--store-hash", name, "--customers", rows, "--quota", quota, "--window", f"{WINDOW_S}s")
            self.sandboxes.append(store)
            entries += f"  - hash: {name}\n    api_url: {store.url}\n    ca_file: {store.ca_file}\n"
        (directory / "job.yaml").write_text(f"command: sync\ninput:\n  path: in/{{store}}.csv\nrate:\n  share: 1.0\nstores_at_once: {AT_ONCE}\n"
                                            f"stores:\n{entries}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for store in self.sandboxes:
            store.__exit__()

    def work(self, ledger, workers):
        """Seconds until the batch has ended."""
        environment = {"PATH": os.environ["PATH"], "BIGCOMMERCE_ACCESS_TOKEN": "sandbox-token", "CONSENT_SYNC_LEDGER": ledger,
                       "CONSENT_SYNC_SAFETY_CONFIRM_ABOVE": "0"}
        command = [stage.PROGRAM, "work", "job.yaml", "--batch", "bench", "--quiet", "--log-level", "warn"]
        started = time.monotonic()
        running = [subprocess.Popen([*command, "--report-dir", f"reports-{number}"], cwd=self.directory, env=environment) for number in range(workers)]
        codes = [process.wait() for process in running]
        if any(codes):
            sys.exit(f"the workers ended with exit codes {codes}")
        return time.monotonic() - started


def in_new_schema(server, name):
    server.sql(f"CREATE SCHEMA {name}")
    return server.url(options=f"-csearch_path%3D{name}")


def many(server, stores, rows, quota):
    alone = None
    for workers in (1, 2, 4):
        with tempfile.TemporaryDirectory() as name, Stores(pathlib.Path(name), stores, rows, quota) as job:
            seconds = job.work(in_new_schema(server, f"q{quota}_w{workers}"), workers)
        rate = stores * rows / seconds
        alone = alone or rate
        line = f"  {workers} worker{'s' if workers > 1 else ' '}  {rate:8.0f} changes/s  {rate / alone:5.2f} of one worker"
        if quota:
            line += f"  {rate / (workers * AT_ONCE * QUOTA / WINDOW_S):5.2f} of the quota of the stores at work"
        print(line, flush=True)


def one(server, rows):
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as name:
            directory = pathlib.Path(name)
            stage.write_input(directory / "in.csv", rows)
            with stage.Sandbox(directory, "--quota", 0, "--customers", rows) as store:
                job = stage.run_job(directory, store, ledger=in_new_schema(server, "one") if kind == "postgresql" else None)
        print(f"  {kind:10}  {rows / job['wall_s']:8.0f} changes/s end to end, {rows / job['requests']['sending_s']:.0f} sending, "
              f"{1e6 * job['cpu_s'] / rows:.0f} us of CPU each", flush=True)


def run(arguments):
    from postgresql import PostgresServer
    stage.prepare()
    server = PostgresServer()
    try:
        print(f"{arguments.stores} stores, {arguments.rows} changes each, {AT_ONCE} at a time in a worker, {QUOTA} requests a second for each:")
        many(server, arguments.stores, arguments.rows, QUOTA)
        print("without a quota:")
        many(server, arguments.stores, arguments.rows, 0)
        print(f"one store, {arguments.stores * arguments.rows} changes, without a quota:")
        one(server, arguments.stores * arguments.rows)
    finally:
        server.remove()
