"""A dry run over ROWS shuffled rows (2 % of them second rows of a customer) against a ledger that knows 99 % of the
customers to be so, beside `sort -u -t, -k1,1n` of the same file in the same run. Prints wall time, the ratio to sort, CPU
time, peak memory, and where the time goes."""
import json
import os
import pathlib
import random
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks import stage

CHOICES = [("essential|analytics", "functional|targeting"),
           ("essential", "functional|analytics|targeting"),
           ("essential|functional|analytics|targeting", "")]
MASKS = {"essential": 1, "functional": 2, "analytics": 4, "targeting": 8}
BYTES_A_ROW = 500  # of disk, all told


def code_of(choice):
    """The byte that the ledger keeps for a choice."""
    allow, deny = (sum(MASKS[word] for word in words.split("|") if word) for words in choice)
    return allow | deny << 4


def write_input(path, rows, customers):
    dice = random.Random(7)
    ids = list(range(1, customers + 1))
    ids += dice.sample(ids, rows - customers)
    dice.shuffle(ids)
    cells = [",".join(choice) for choice in CHOICES]
    with open(path, "w", encoding="ascii") as file:
        file.write("customer_id,allow,deny,decided_at\n")
        for start in range(0, rows, 10_000):
            file.writelines(f"{customer},{cells[customer % 3]},2026-{line % 9 + 1:02}-{line % 28 + 1:02}T{line % 24:02}:"
                            f"{line % 60:02}:{line * 7 % 60:02}Z\n"
                            for line, customer in enumerate(ids[start:start + 10_000], start))


def fill_ledger(path, customers):
    """Confirms what the input says of all but every hundredth customer."""
    codes = [code_of(choice) for choice in CHOICES]
    with sqlite3.connect(path) as ledger:
        ledger.executemany("INSERT INTO confirmed (store, customer, choice, confirmed_at) VALUES ('bench', ?, ?, 0)",
                           ((customer, codes[customer % 3]) for customer in range(1, customers + 1) if customer % 100))
    ledger.close()


def timed(command, **more):
    started = time.monotonic()
    process = subprocess.Popen([str(word) for word in command], **more)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{command[0]} ended with exit code {os.waitstatus_to_exitcode(status)}")
    return {"wall": time.monotonic() - started, "cpu": usage.ru_utime + usage.ru_stime, "rss_mb": usage.ru_maxrss / 1024}


def dry_run(program, directory):
    reports = directory / "reports"
    shutil.rmtree(reports, ignore_errors=True)
    environment = {"PATH": os.environ["PATH"], "CONSENT_SYNC_STORE_HASH": "bench"}
    with open(directory / "log", "w+", encoding="utf-8") as log:
        measured = timed([program, "sync", directory / "in.csv", "--dry-run", "--quiet", "--ledger",
                          f"sqlite:{directory}/ledger.db", "--report-dir", reports], env=environment, stderr=log)
        log.seek(0)
        measured["log"] = log.read()
    summary = json.loads((next(reports.iterdir()) / "summary.json").read_text())
    return measured, summary


def make_ledger(program, directory):
    """The program itself makes its tables, over an input without rows."""
    (directory / "empty.csv").write_text("customer_id,allow,deny\n")
    subprocess.run([program, "sync", directory / "empty.csv", "--dry-run", "--quiet", "--log-level", "error", "--ledger",
                    f"sqlite:{directory}/ledger.db", "--report-dir", directory / "reports"], check=True,
                   env={"PATH": os.environ["PATH"], "CONSENT_SYNC_STORE_HASH": "bench"})


def add_arguments(parser):
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)


def in_a_process(work, *arguments):
    """Whatever memory it takes is gone with it: a process counts what its parent held when it was made to its own peak."""
    child = os.fork()
    if child == 0:
        work(*arguments)
        os._exit(0)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0:
        sys.exit("the input could not be made")


def run(arguments):
    rows, rounds = arguments.rows, arguments.rounds
    stage.prepare()
    program = stage.PROGRAM
    base = pathlib.Path(tempfile.gettempdir())
    if shutil.disk_usage(base).free < rows * BYTES_A_ROW:
        sys.exit(f"{base} has too little room: {rows * BYTES_A_ROW / 1e9:.1f} GB are needed")
    with tempfile.TemporaryDirectory(dir=base) as name:
        directory = pathlib.Path(name)
        customers = rows * 98 // 100
        in_a_process(write_input, directory / "in.csv", rows, customers)
        make_ledger(program, directory)
        fill_ledger(directory / "ledger.db", customers)
        shutil.copy(directory / "ledger.db", directory / "filled.db")
        ours, peers = [], []
        for _ in range(rounds):
            peers.append(timed(["sort", "-u", "-t,", "-k1,1n", "-o", directory / "sorted.csv", directory / "in.csv"]))
            shutil.copy(directory / "filled.db", directory / "ledger.db")
            for left in directory.glob("ledger.db-*"):
                left.unlink()
            measured, summary = dry_run(program, directory)
            expected = customers // 100
            if summary["outcomes"]["would_apply"] != expected or summary["rows"] != rows:
                sys.exit(f"the plan is wrong: {summary['outcomes']}")
            ours.append(measured)
        size = (directory / "in.csv").stat().st_size
    wall = statistics.median(measured["wall"] for measured in ours)
    peer = statistics.median(measured["wall"] for measured in peers)
    print(f"{rows} rows, {size / 1e6:.0f} MB, medians of {rounds} rounds")
    print(f"  sort -u                  {peer:7.1f} s wall  {statistics.median(m['cpu'] for m in peers):7.1f} s CPU"
          f"  {max(m['rss_mb'] for m in peers):7.0f} MB")
    print(f"  consent-sync --dry-run   {wall:7.1f} s wall  {statistics.median(m['cpu'] for m in ours):7.1f} s CPU"
          f"  {max(m['rss_mb'] for m in ours):7.0f} MB  {wall / peer:.2f} of sort's time")
    print("\n".join("    " + line for line in ours[-1]["log"].splitlines()))
