"""Threads for the network: ROWS changes against a static store, nginx with one worker on a core of its own, sent with
http.threads 1, 2 and 3 and http.connections 10 and 40; the client may use all cores. Prints requests a second while it sends,
and what each of its threads takes of the processor for a change meanwhile: no thread does more than a second's worth in a second,
so that the busiest one tells what rate is the most, however many cores there are. Medians of ROUNDS."""
import os
import pathlib
import statistics
import tempfile
import time

from benchmarks import stage
from benchmarks.responder import Responder

THREADS, CONNECTIONS = (1, 2, 3), (10, 40)
BETWEEN_LOOKS_S = 0.02


def add_arguments(parser):
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)


def cpu_ns(task):
    return int((pathlib.Path("/proc") / task / "schedstat").read_text().split()[0])


def role(process, task):
    name = (task / "comm").read_text().strip()
    if name.startswith("network-"):
        return name
    return "engine" if task.name == str(process.pid) else "ledger"  # while it sends there are no others


def has_ended(process):
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


class Watch:
    """What each thread has taken of the processor between the first request and the last: while the store's worker takes any."""

    def __init__(self, worker):
        self.worker = f"{worker}"
        self.at_first = self.at_last = {}

    def __call__(self, process):
        store, seen = cpu_ns(self.worker), {}
        while not has_ended(process):
            before, seen = seen, {**seen, **self.look(process)}
            answered = cpu_ns(self.worker)
            if answered != store:
                self.at_first = self.at_first or before
                self.at_last = seen
            store = answered
            time.sleep(BETWEEN_LOOKS_S)

    @staticmethod
    def look(process):
        seen = {}
        for task in pathlib.Path(f"/proc/{process.pid}/task").iterdir():
            try:
                seen[(role(process, task), task.name)] = cpu_ns(task.relative_to("/proc"))
            except (FileNotFoundError, ProcessLookupError):
                pass  # it has just ended
        return seen

    def us_each(self, changes):
        taken = {}
        for thread, ns in self.at_last.items():
            taken[thread[0]] = taken.get(thread[0], 0) + (ns - self.at_first.get(thread, 0)) / 1000 / changes
        return taken


def measure(directory, store, threads, connections):
    watch = Watch(store.worker())
    job = stage.run_job(directory, store, "--http-threads", threads, "--http-connections", connections, watch=watch)
    put = job["requests"]["put"]
    return {"rate": put / job["requests"]["sending_s"], **watch.us_each(put)}


def median_of(rounds):
    return {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}


def show(threads, connections, median):
    rate, engine, ledger = (median.pop(key) for key in ("rate", "engine", "ledger"))
    network = [median[name] for name in sorted(median)]
    busiest = max(engine, ledger, *network)
    each = " ".join(f"{us:5.1f}" for us in network)
    print(f"  {threads:>7} {connections:>11} {rate:>10.0f} {engine:>8.1f} {ledger:>8.1f}   {each:<18} {engine + ledger + sum(network):>7.1f} "
          f"{1e6 / busiest:>9.0f}", flush=True)


def run(arguments):
    stage.prepare()
    cases = [(threads, connections) for connections in CONNECTIONS for threads in THREADS]
    rounds = {case: [] for case in cases}
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        stage.write_input(directory / "in.csv", arguments.rows)
        with Responder(directory, core=0) as store:
            for _ in range(arguments.rounds):
                for case in cases:
                    rounds[case].append(measure(directory, store, *case))
    print(f"{arguments.rows} changes, {os.cpu_count()} cores, medians of {arguments.rounds} rounds; CPU in us a change")
    print(f"  {'threads':>7} {'connections':>11} {'requests/s':>10} {'engine':>8} {'ledger':>8}   {'network, each':<18} {'in all':>7} {'at most/s':>9}")
    for case in cases:
        show(*case, median_of(rounds[case]))
