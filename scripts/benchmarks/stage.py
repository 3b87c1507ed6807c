"""What the benchmarks stand on: the released program, its sandbox store, and one job of it, measured."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = ROOT / "build" / "release" / "consent-sync"


def prepare(benchmarks=False):
    """Installs what is missing, builds the program, and what it is measured beside."""
    subprocess.run([ROOT / "scripts" / "setup", "bench"], check=True)
    if benchmarks:
        subprocess.run(["cmake", "--preset", "release", "-DCONSENT_SYNC_BENCHMARKS=ON"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run([ROOT / "scripts" / "build", "release"], check=True, stdout=subprocess.DEVNULL)


def pinned(core, command):
    if core is not None and shutil.which("taskset") and (os.cpu_count() or 1) > 1:
        return ["taskset", "-c", str(core), *map(str, command)]
    return [str(word) for word in command]


class Sandbox:
    """A store in a process of its own; `counters` is its own account once it has been stopped."""

    def __init__(self, directory, *flags, core=None):
        self.ca_file = directory / "ca.pem"
        self.process = subprocess.Popen(pinned(core, [PROGRAM, "sandbox", "--ca-file", self.ca_file, *flags]),
                                        stdout=subprocess.PIPE, text=True)
        self.url = re.match(r"Sandbox store at ([^;]*);", self.process.stdout.readline()).group(1)
        self.counters = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.counters = json.loads(self.process.communicate()[0].strip().splitlines()[-1])


def write_input(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        file.write("customer_id,allow,deny\n")
        file.writelines(f"{customer},essential|analytics,functional|targeting\n" for customer in range(1, rows + 1))


def run_job(directory, store, *flags, core=None, ledger=None, watch=None):
    """One sync of in.csv with a new ledger. Returns its summary.json, with wall_s, cpu_s and rss_mb. `watch` is given the running
    process, which it leaves to be waited for."""
    for name in directory.glob("ledger.db*"):
        name.unlink()
    environment = {"PATH": os.environ["PATH"], "BIGCOMMERCE_ACCESS_TOKEN": "sandbox-token"}
    command = pinned(core, [PROGRAM, "sync", directory / "in.csv", "--quiet", "--log-level", "warn",
                            "--store-hash", "sandbox", "--store-api-url", store.url,
                            "--store-ca-file", store.ca_file, "--ledger", ledger or f"sqlite:{directory}/ledger.db",
                            "--report-dir", directory / "reports", *flags])
    started = time.monotonic()
    process = subprocess.Popen(command, env=environment)
    if watch:
        watch(process)
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - started
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"consent-sync ended with exit code {os.waitstatus_to_exitcode(status)}")
    summary = json.loads((sorted((directory / "reports").iterdir())[-1] / "summary.json").read_text())
    return {**summary, "wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "rss_mb": usage.ru_maxrss / 1024}
